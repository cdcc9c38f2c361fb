import { FOCUSABLE, h } from "../../dom.js";
import { createDialog } from "../dialog.js";

const KEYS: readonly [heading: string, rows: readonly [keys: string, what: string][]][] = [
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
export function createHelp(): HTMLDialogElement {
  const groups = KEYS.map(([heading, rows]) =>
    h(
      "section",
      {},
      h("h4", {}, heading),
      h("dl", {}, ...rows.flatMap(([keys, what]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, what)])),
    ),
  );
  return createDialog(
    "Keyboard",
    h("div", { class: "scroll helping", tabindex: 0, ...FOCUSABLE }, ...groups),
  );
}
