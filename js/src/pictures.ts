/** Icons and marks that few widgets need, for `icon` and `glyph`: each is only where it is used. */
import type { Mark } from "./icons.js";

export const EDIT = "M3.25 12.75l.6-2.8 6.7-6.7a1.2 1.2 0 0 1 1.7 0l.5.5a1.2 1.2 0 0 1 0 1.7l-6.7 6.7z";
export const FLAG = "M4 13.5v-11h7.5L9.75 5.5l1.75 3H4";
export const LOCK = "M4 7.25h8v5.5H4zM5.75 7V5.5a2.25 2.25 0 0 1 4.5 0V7";
export const UP = "M8 12.5v-9M4.5 7 8 3.5 11.5 7";
export const STEP_BACK = "M11 4v8L5.5 8zM4 4.5v7";
export const STEP_ON = "M5 4v8l5.5-4zM12 4.5v7";
export const FORK =
  "M5 2.25a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM5 10.75a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM11 4.25a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zM5 5.25v5.5M11 7.25c0 2-3 1.75-6 2.25";
export const RERUN = "M12.5 8A4.5 4.5 0 1 1 11 4.65M12.75 2.75v2.5h-2.5";

export const IDLE: Mark = ["q", "M5 3a2 2 0 1 1 0 4 2 2 0 0 1 0-4z"];
export const STOPPED: Mark = ["q", "M5 1.75a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5z", true];
export const FORKED: Mark = ["s", "M5 1.6 8.4 5 5 8.4 1.6 5z"];
export const UPDATED: Mark = ["s", "M2.4 2.4h5.2v5.2H2.4z"];
