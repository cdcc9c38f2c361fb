import { div } from "../../../dom.js";
import { createCheckpoint } from "../../checkpoint.js";
import type { Chooses, Pane, Shell, TimelineLink } from "../parts.js";

/** The checkpoint shown: its head, and its state. */
export function createPane(link: TimelineLink, shell: Shell, chosen: Chooses): Pane {
  const checkpoint = createCheckpoint(chosen, link.request, shell);
  return { element: div("pane", checkpoint.element), tab() {}, dispose: checkpoint.dispose };
}
