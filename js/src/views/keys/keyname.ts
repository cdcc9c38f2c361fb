import { h } from "../../dom.js";
import { splitKey } from "../../keys.js";
import { paintText, visible } from "../../text.js";

const LIMIT = 1_000;

/** A key with its namespace dimmed and cut first: what tells it apart is at its end. */
export function createKeyName(): { element: HTMLElement; paint(key: string, delimiters: string): void } {
  const namespace = h("bdi", { class: "ns" });
  const leaf = h("bdi", { class: "leaf" });
  const element = h("span", { class: "key" }, namespace, leaf);
  return {
    element,
    paint(key, delimiters) {
      const [first, last] = splitKey(key, delimiters);
      paintText(namespace, first, LIMIT);
      paintText(leaf, last, LIMIT);
      leaf.classList.toggle("keep", first !== "");
      element.title = visible(key, LIMIT);
    },
  };
}
