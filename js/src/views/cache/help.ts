import { createSheet, type Keys } from "../help.js";

const KEYS: Keys = [
  [
    "Everywhere",
    [
      ["E", "entries, overview"],
      ["M", "count from here, count all"],
      ["L", "the log"],
      ["Space", "pause and resume"],
      ["Esc", "back, to the cell"],
      ["?", "this sheet"],
    ],
  ],
  [
    "Charts",
    [
      ["1 2 3", "range: 1 min, 5 min, all"],
      ["← →", "read what is at a time, or a size"],
      ["Home End", "to its ends"],
    ],
  ],
  [
    "Misses, lookups",
    [
      ["↑ ↓", "move"],
      ["Enter", "unfold what happened and why"],
    ],
  ],
  [
    "Entries",
    [
      ["/", "filter"],
      ["↑ ↓", "move"],
      ["Enter", "open the answer, enter it"],
      ["C", "copy the prompt"],
      ["← →", "from head to head"],
    ],
  ],
];

/** All there is to press. */
export const createCacheHelp = () => createSheet(KEYS);
