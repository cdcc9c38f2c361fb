import type * as Signals from "@preact/signals-core";
import { give } from "../given_signals.js";
import { createEffects } from "../views/log/effects.js";
import { createLog } from "../views/log/log.js";
import { createTop } from "../views/log/top.js";

const panes = { createEffects, createLog, createTop };

export type LogPanes = typeof panes;

/** The log of what a widget shows, travel to its moments, and what a step did to stores and caches. */
export default function logPanes(signals: typeof Signals): LogPanes {
  give(signals);
  return panes;
}
