import { effect } from "@preact/signals-core";
import { button, div, h, setText, span } from "../../dom.js";
import { bytes, count } from "../../format.js";
import { glyph, icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText } from "../../text.js";
import type { KeyQuery, KeyTableState, Problem } from "../../wire.gen.js";
import { type KeyQueries, narrows } from "./query.js";

/** Above the grid where the list is not all keys: what it is of, how much of it that is, or what is wrong. */
export function createWhere(
  { state }: Link<KeyTableState>,
  query: KeyQueries,
  crumbs: HTMLElement,
  problemId: string,
  leave: () => void,
): View {
  const chips = span("chips");
  const of = span("of", crumbs, chips);
  const problem = h("span", { class: "problem evict", id: problemId });
  const matches = span("s");
  const element = div("where", of, problem, span("sp"), matches);

  const stops = [
    effect(() => {
      const { size, total, progress, problem: wrong, query: listed } = state.value;
      const asking = JSON.stringify(listed) !== JSON.stringify(query.value.value);
      element.hidden = !wrong && !narrows(query.value.value);
      of.hidden = matches.hidden = wrong !== null;
      problem.replaceChildren(...(wrong ? explain(wrong) : []));
      setText(
        matches,
        `${asking ? "…" : count(size)} of ${count(total)} match${progress === null ? "" : " so far"}`,
      );
    }),
    effect(() => paintChips(chips, query, leave)),
  ];
  return {
    element,
    dispose: stopAll(stops),
  };
}

function explain({ message, at }: Problem): Node[] {
  const text = span("ell");
  paintText(text, message, 300);
  return [glyph("error"), text, ...(at === null ? [] : [span("at", `at character ${count(at + 1)}`)])];
}

/** What else narrows the list, each to be taken away. */
function paintChips(element: HTMLElement, query: KeyQueries, leave: () => void): void {
  const { types, min_size: min, max_size: max } = query.value.value;
  const parts: [label: string, without: Partial<KeyQuery>][] = types.map((type) => [
    type,
    { types: types.filter((other) => other !== type) },
  ]);
  if (min !== null || max !== null) parts.push([sizeRange(min, max), { min_size: null, max_size: null }]);
  element.replaceChildren(
    ...parts.map(([label, without]) => {
      const text = h("bdi", { class: "ell" });
      paintText(text, label, 60);
      const all = `Without ${label}`;
      return button(
        { class: "btn small facet", title: all, "aria-label": all },
        () => {
          query.set(without);
          leave();
        },
        text,
        icon("close"),
      );
    }),
  );
}

function sizeRange(min: number | null, max: number | null): string {
  const text = (n: number) => Object.values(bytes(n)).join(" ");
  if (min === null) return `up to ${text(max ?? 0)}`;
  return max === null ? `${text(min)} and more` : `${text(min)} to ${text(max)}`;
}
