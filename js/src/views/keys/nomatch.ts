import { effect, type ReadonlySignal } from "@preact/signals-core";
import { button, div, h, hasFocus, setText } from "../../dom.js";
import { counted } from "../../format.js";
import type { Link, View } from "../../link.js";
import { paintText } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { KeyQueries } from "./query.js";

const ALL = { filter: "", types: [], min_size: null, max_size: null, namespace: "" };
/** Readings in which a filter means something else, by what it has in it. */
const OTHERWISE = { text: /./s, glob: /[*?[]/, regex: /[\\^$.|?*+()[{]/ } as const;

/** In place of the rows where no key matches and none is left to be seen: why, and the ways out. */
export function createNoMatch(
  { state }: Link<KeyTableState>,
  query: KeyQueries,
  list: ReadonlySignal<{ size: number }>,
  leave: () => void,
): View {
  const filter = h("bdi", { class: "mono b" });
  const head = h("p", {}, h("span", {}, "No key matches"), " ", filter);
  const hidden = h("p");
  const acts = div("acts");
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

  /** The focus was on the rows, or is on a button that goes. */
  function refocus(): void {
    const rows = element.parentElement?.querySelector(".rows");
    if (element.hidden) hasFocus(element) && leave();
    else if (rows && hasFocus(rows)) acts.querySelector("button")?.focus();
  }

  element.hidden = true;
  const stop = effect(() => {
    const { total, progress, matching, query: asked } = state.value;
    const hide = list.value.size > 0 || total === 0 || progress !== null;
    if (hide !== element.hidden) setTimeout(refocus, 0); // once it is in the page
    element.hidden = hide;
    if (hide) return;
    paintText(filter, asked.filter, 200);
    setText(hidden, `${counted(total, "key")} ${total === 1 ? "is" : "are"} hidden.`);
    const now = JSON.stringify([asked, matching]);
    if (now === shown) return; // the buttons may have the focus
    shown = now;
    acts.replaceChildren(
      act(asked.filter === "" ? "Show all keys" : "Clear filter", ALL),
      ...(["text", "glob", "regex"] as const)
        .filter((mode) => mode !== matching && OTHERWISE[mode].test(asked.filter))
        .map((mode) => act(`Read it as ${mode}`, { mode })),
    );
  });
  return { element, dispose: stop };
}
