import { button, h, setText } from "../../dom.js";
import type { TopKey } from "../../wire.gen.js";
import { createKeyName } from "./keyname.js";

/** The first keys of an order; one clicked is opened. `figure` is what it is ordered by, and that in full. */
export function createTop(
  title: string,
  jump: (id: number) => void,
  figure: (key: TopKey) => [short: string, full: string],
): { element: HTMLElement; show(keys: readonly TopKey[], delimiters: string, empty: string): void } {
  const list = h("ul");
  const note = h("p", { class: "note q" });
  const element = h(
    "section",
    { "aria-label": title },
    h("div", { class: "sect" }, h("h3", {}, title)),
    list,
    note,
  );
  const paints: ((key: TopKey, delimiters: string) => void)[] = [];
  let shown: readonly TopKey[] = [];

  function addRow(): void {
    const i = paints.length;
    const name = createKeyName();
    const number = h("span", { class: "num s" });
    const row = button({ class: "row top" }, () => jump(shown[i]!.id), name.element, number);
    list.append(h("li", {}, row));
    paints.push((key, delimiters) => {
      name.paint(key.key, delimiters);
      const [short, full] = figure(key);
      setText(number, short);
      number.title = full;
    });
  }

  return {
    element,
    show(keys, delimiters, empty) {
      shown = keys;
      while (paints.length < keys.length) addRow();
      for (const [i, key] of keys.entries()) paints[i]!(key, delimiters);
      for (const [i, row] of [...list.children].entries()) (row as HTMLElement).hidden = i >= keys.length;
      setText(note, keys.length === 0 ? empty : "");
    },
  };
}
