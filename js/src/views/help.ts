import { FOCUSABLE, h } from "../dom.js";
import { createDialog } from "./dialog.js";

export type Keys = readonly (readonly [
  heading: string,
  rows: readonly (readonly [keys: string, what: string])[],
])[];

const LONG = 10; // characters of keys that need a wide column

/** What there is to press, in groups. */
export function createSheet(keys: Keys): HTMLDialogElement {
  const groups = keys.map(([heading, rows]) =>
    h(
      "section",
      {},
      h("h4", {}, heading),
      h(
        "dl",
        { class: rows.some(([keys]) => keys.length > LONG) ? "long" : null },
        ...rows.flatMap(([keys, what]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, what)]),
      ),
    ),
  );
  return createDialog(
    "Keyboard",
    h("div", { class: "scroll helping", tabindex: 0, ...FOCUSABLE }, ...groups),
  );
}
