import { div, h, setText, span } from "../../dom.js";
import { ago, bytes, count, plain } from "../../format.js";
import { glyph } from "../../icons.js";
import { splitKey } from "../../keys.js";
import type { Link } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { KeyTableState, OpenKey, Packed } from "../../wire.gen.js";
import type { PaneOptions } from "../value/pane.js";
import { seen } from "./rows.js";

const SHOWN = 40; // characters from each end of a part of the key, for four lines; all of it on hover
/** Of a size. */
export const HOW = { exact: "", sampled: ", estimated from a part", shallow: ", without what it refers to" };

/** Which key it is, and what is known of its value. */
export function createHead({ state, now }: Link<KeyTableState>): PaneOptions["head"] {
  const [namespace, leaf, type] = [h("bdi", { class: "ns" }), h("bdi", { class: "leaf" }), h("bdi")];
  const [size, changed, unpacked] = [span(""), span(""), div("")];
  const gone = span("evict", glyph("error"), " deleted");
  const key = h("h3", { class: "valkey" }, namespace, leaf);
  const element = div("vh s", key, div("about", type, size, changed, gone), unpacked);

  function paint(open: OpenKey, packed: Packed | null): void {
    const [first, last] = splitKey(open.key, state.value.delimiters);
    paintText(namespace, ends(first));
    paintText(leaf, seen(ends(last)));
    key.title = visible(open.key);
    paintText(type, open.type, 80);
    setText(size, open.size === null ? "" : `${open.how === "exact" ? "" : "~"}${amount(open.size)}`);
    size.title = `${count(open.size ?? 0)} bytes${HOW[open.how]}`;
    setText(changed, open.changed === null ? "" : `changed ${ago(open.changed, now.value)}`);
    changed.title = new Date(1_000 * (open.changed ?? 0)).toLocaleString();
    gone.hidden = !open.gone;
    const part = packed && (packed.complete ? "opened to" : "opened in part, to");
    paintText(
      unpacked,
      packed ? `${packed.name}, ${amount(packed.size)}, ${part} ${amount(packed.opened)}` : "",
    );
  }
  return { element, paint };
}

const amount = (n: number) => plain(bytes(n));

/** What tells one key from the next is rarely in the middle. */
function ends(text: string): string {
  return text.length <= 2 * SHOWN ? text : `${text.slice(0, SHOWN)}…${text.slice(-SHOWN)}`;
}
