import { createSheet, type Keys } from "../../help.js";

const KEYS: Keys = [
  [
    "Checkpoints",
    [
      ["↑ ↓", "newer, older"],
      ["← →", "the lane to the left, to the right"],
      ["[ ]", "interrupt or error before, after"],
      ["P", "parent"],
      ["D", "child"],
      ["B", "next fork"],
      ["N", "newest, and follow"],
      ["M", "pin, to compare with"],
    ],
  ],
  [
    "Scrubber",
    [
      ["← →", "one step"],
      ["PgUp PgDn", "five steps"],
      ["Home End", "oldest, newest"],
      ["Space", "play, stop"],
    ],
  ],
  [
    "Actions",
    [
      ["F", "fork from here"],
      ["R", "re-run"],
      ["C", "copy as code"],
      ["Ctrl+1–5", "state, diff, writes, weight, stores"],
    ],
  ],
  [
    "Everywhere",
    [
      ["/", "find a thread"],
      ["L", "the log"],
      ["Space", "pause and resume"],
      ["Esc", "back, to the cell"],
      ["?", "this sheet"],
    ],
  ],
];

/** All there is to press. */
export const createTimelineHelp = () => createSheet(KEYS);
