import { effect } from "@preact/signals-core";
import { button, h, setText } from "../../dom.js";
import { counted } from "../../format.js";
import type { Link, View } from "../../link.js";
import { paintText } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { KeyQueries } from "./query.js";

const ALL = { filter: "", types: [], min_size: null, max_size: null, namespace: "" };
const OTHERWISE = { text: ["glob", "regex"], glob: ["text", "regex"], regex: ["text", "glob"] } as const;

/** In place of the rows where no key matches: why, and the ways out. */
export function createNoMatch({ state }: Link<KeyTableState>, query: KeyQueries, leave: () => void): View {
  const filter = h("bdi", { class: "mono b" });
  const head = h("p", {}, h("span", {}, "No key matches"), " ", filter);
  const hidden = h("p");
  const acts = h("div", { class: "acts" });
  const element = h("div", { class: "empty nomatch", role: "status" }, head, hidden, acts);
  let shown = "";

  function act(label: string, changes: Parameters<KeyQueries["set"]>[0]): HTMLElement {
    return button(
      {},
      () => {
        query.set(changes);
        leave();
      },
      label,
    );
  }

  const stop = effect(() => {
    const { size, total, progress, matching, query: asked } = state.value;
    element.hidden = size > 0 || total === 0 || progress !== null;
    if (element.hidden) return;
    paintText(filter, asked.filter, 200);
    setText(hidden, `${counted(total, "key")} ${total === 1 ? "is" : "are"} hidden.`);
    const now = JSON.stringify([asked, matching]);
    if (now === shown) return; // the buttons may have the focus
    shown = now;
    acts.replaceChildren(
      act(asked.filter === "" ? "Show all keys" : "Clear filter", ALL),
      ...(asked.filter === "" ? [] : OTHERWISE[matching].map((mode) => act(`Read it as ${mode}`, { mode }))),
    );
  });
  return { element, dispose: stop };
}
