import { createSheet, type Keys } from "../help.js";

const KEYS: Keys = [
  [
    "Keys",
    [
      ["↑ ↓ PgUp PgDn Home End", "move"],
      ["Shift ↑ ↓ · Shift click", "select a range"],
      ["Ctrl or ⌘ click", "add or take away"],
      ["Ctrl or ⌘ A", "select all that match"],
      ["Enter", "open the value, enter it"],
      ["C", "copy the key"],
      ["Del", "delete what is selected"],
    ],
  ],
  [
    "Everywhere",
    [
      ["/", "filter"],
      ["T", "namespaces"],
      ["S", "space"],
      ["F", "latest changes"],
      ["L", "the log"],
      ["Space", "pause and resume"],
      ["Esc", "back: value, grid, cell"],
      ["?", "this sheet"],
    ],
  ],
  [
    "Filter",
    [
      ["text", "keys with it; lower case finds any case"],
      ["user:*", "whole keys, with * ? and […]"],
      ["^user:\\d+$", "as regex: keys in which it matches"],
      ["Esc", "clear"],
    ],
  ],
  [
    "Heads",
    [
      ["Enter", "sort: up, down, as stored"],
      ["← →", "from head to head"],
      ["Shift ← →", "resize the column"],
    ],
  ],
  [
    "Value",
    [
      ["1 … 9", "format"],
      ["C", "copy"],
      ["← →", "open and close nodes"],
    ],
  ],
];

/** All there is to press. */
export const createHelp = () => createSheet(KEYS);
