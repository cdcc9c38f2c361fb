import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { h, setText } from "../../dom.js";
import { bytes, count, ratio } from "../../format.js";
import { type GlyphName, glyph } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { CacheState, Counts } from "../../wire.gen.js";
import { figure, limitOf, whyUnknown } from "../unknown.js";
import { savedCell } from "./saved.js";

/** The figures one looks for first. */
export function createHero(link: Link<CacheState>, counts: ReadonlySignal<Counts>): View {
  const { state } = link;
  const size = sizeCell(state);
  const saved = savedCell(link, () => counts.value.hits);
  const stops = [size.dispose, saved.dispose];
  const figures = h(
    "dl",
    { class: "hero" },
    cell("Hit ratio", null, () => ratio(counts.value.hits, counts.value.hits + counts.value.misses)),
    cell("Hits", "hit", () => count(counts.value.hits), "hits"),
    cell("Misses", "miss", () => count(counts.value.misses), "misses"),
    cell("Evictions", "evict", () => count(counts.value.evictions), "evictions"),
    size.element,
    saved.element,
  );

  function cell(label: string, mark: GlyphName | null, text: () => string, name = ""): HTMLElement {
    const value = h("dd", { class: mark ? null : "big" });
    stops.push(effect(() => figure(value, state.value, name, text())));
    return h("div", {}, h("dt", {}, mark && glyph(mark), label), value);
  }

  return {
    element: h("div", {}, figures, saved.box),
    dispose: stopAll(stops),
  };
}

/** "128 of 128, full" with a meter, or "2,164 no limit" without. */
function sizeCell(state: Link<CacheState>["state"]): { element: HTMLElement; dispose(): void } {
  const fill = h("i");
  const meter = h(
    "span",
    { class: "meter", role: "meter", "aria-label": "Capacity used", "aria-valuemin": 0 },
    fill,
  );
  const value = h("span");
  const note = h("small");
  const element = h("div", {}, h("dt", {}, "Size", meter), h("dd", {}, value, " ", note));
  const figures = computed(() => {
    const { size, maxsize, bytes: total, bytes_how: how } = state.value;
    const why = (name: string) => whyUnknown(state.value, name);
    const weight = total === null || why("bytes") ? "" : Object.values(bytes(total)).join("\u00a0");
    const limit = limitOf(state.value);
    return JSON.stringify([
      size,
      maxsize,
      weight && ` · ${how === "exact" ? "" : "~"}${weight}`,
      why("size") ? `${count(size)} seen, ${limit}` : limit,
    ]);
  });
  const dispose = effect(() => {
    const [size, maxsize, weight, limit] = JSON.parse(figures.value) as [
      number,
      number | null,
      string,
      string,
    ];
    figure(value, state.peek(), "size", count(size));
    meter.hidden = maxsize === null;
    if (maxsize === null) {
      setText(note, limit + weight);
      return;
    }
    meter.setAttribute("aria-valuemax", String(maxsize));
    meter.setAttribute("aria-valuenow", String(size));
    fill.style.width = `${Math.min(100, (100 * size) / Math.max(1, maxsize))}%`;
    setText(note, `of ${count(maxsize)}${size >= maxsize ? ", full" : ""}${weight}`);
  });
  return { element, dispose };
}
