import { h, setText } from "../../dom.js";
import { age, bytes, count } from "../../format.js";
import { glyph } from "../../icons.js";
import { splitKey } from "../../keys.js";
import { paintText, visible } from "../../text.js";
import type { OpenKey, Packed } from "../../wire.gen.js";

const SHOWN = 240; // characters of a part of the key; all of it on hover

const HOW: Record<OpenKey["how"], string> = {
  exact: "exact",
  sampled: "estimated from a part of it",
  shallow: "of the object alone, without what it refers to",
};

const amount = (n: number) => {
  const { digits, unit } = bytes(n);
  return `${digits} ${unit}`;
};

/** Which key it is, and what is known of its value. */
export function createHead(): {
  element: HTMLElement;
  paint(open: OpenKey, packed: Packed | null, delimiters: string, now: number): void;
} {
  const namespace = h("bdi", { class: "ns" });
  const leaf = h("bdi", { class: "leaf" });
  const key = h("h3", { class: "valkey" }, namespace, leaf);
  const type = h("bdi");
  const size = h("span");
  const changed = h("span");
  const gone = h("span", { class: "evict" }, glyph("error"), " deleted");
  const unpacked = h("div", { class: "s" });
  const element = h(
    "div",
    { class: "vh" },
    key,
    h("div", { class: "s about" }, type, size, changed, gone),
    unpacked,
  );

  return {
    element,
    paint(open, packed, delimiters, now) {
      const [first, last] = splitKey(open.key, delimiters);
      paintText(namespace, middle(first));
      paintText(leaf, middle(last));
      key.title = visible(open.key);
      paintText(type, open.type, 80);
      type.title = visible(open.type);
      size.hidden = open.size === null;
      if (open.size !== null) {
        setText(size, `${open.how === "exact" ? "" : "~"}${amount(open.size)}`);
        size.title = `${count(open.size)} bytes, ${HOW[open.how]}`;
      }
      changed.hidden = open.changed === null;
      if (open.changed !== null) {
        const { digits, unit } = age(open.changed, now);
        const date = unit === "" && digits !== "now";
        setText(changed, `changed ${date ? `on ${digits}` : unit ? `${digits} ${unit} ago` : digits}`);
        changed.title = new Date(open.changed * 1000).toLocaleString();
      }
      gone.hidden = !open.gone;
      unpacked.hidden = packed === null;
      if (packed) {
        const { name, size, opened, complete } = packed;
        const part = complete ? `opened to ${amount(opened)}` : `the first ${amount(opened)} opened`;
        paintText(unpacked, `${name}, ${amount(size)}, ${part}`, 200);
        unpacked.title = `${count(size)} bytes hold ${complete ? "" : "more than "}${count(opened)}`;
      }
    },
  };
}

/** The ends of a long text: what tells one key from the next is rarely in the middle. */
function middle(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN / 2)}…${text.slice(-SHOWN / 2)}`;
}
