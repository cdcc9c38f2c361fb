import type * as Signals from "@preact/signals-core";
import { give } from "../given_signals.js";
import { createActs } from "../views/timeline/acts/actions.js";
import { createTimelineMenu } from "../views/timeline/acts/menu.js";
import { createPane } from "../views/timeline/panes/pane.js";

const panes = { createActs, createPane, createTimelineMenu };

export type CheckpointPanes = typeof panes;

/** What of the timeline comes after its first paint: the checkpoint's pane, and all that acts. */
export default function checkpointPanes(signals: typeof Signals): CheckpointPanes {
  give(signals);
  return panes;
}
