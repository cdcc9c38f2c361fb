import { computed, effect, signal } from "@preact/signals-core";
import { button, h, setText } from "../dom.js";
import { count, counted, duration, rate, ratio } from "../format.js";
import { recentRate } from "../history.js";
import { type GlyphName, glyph } from "../icons.js";
import type { Link, View } from "../link.js";
import type { CacheState } from "../wire.gen.js";
import { createChart } from "./chart.js";
import { createFrame } from "./frame.js";

const RANGES = [60, 300] as const; // s

/** Counters of a cache, live, and a chart of its last minutes. */
export function createCacheCounters(link: Link<CacheState>): View {
  const { state } = link;
  const chosen = signal<number | null>(null);
  // Until there is more than the short range can show, it is the better picture.
  const range = computed(
    () => chosen.value ?? (link.now.value - state.value.since > RANGES[0] ? RANGES[1] : RANGES[0]),
  );
  const lookups = computed(() => state.value.hits + state.value.misses);

  const stopCells: (() => void)[] = [];
  const size = sizeCell(state);
  const hero = h(
    "dl",
    { class: "hero" },
    cell("Hit ratio", () => ratio(state.value.hits, lookups.value), { big: true }),
    cell("Hits", () => count(state.value.hits), { glyph: "hit" }),
    cell("Misses", () => count(state.value.misses), { glyph: "miss" }),
    cell("Evictions", () => count(state.value.evictions), { glyph: "evict" }),
    cell("Inserts", () => count(state.value.inserts), { glyph: "inserted" }),
    size.element,
  );

  const chart = createChart(
    computed(() => {
      const running = link.connection.value === "live" || link.connection.value === "connecting";
      const { history, now } = state.value;
      return { history, now: running ? link.now.value : now, range: range.value };
    }),
  );

  const rangeButtons = RANGES.map((seconds) =>
    button(
      {},
      () => {
        chosen.value = seconds;
      },
      `${seconds / 60} min`,
    ),
  );
  const ranges = h("span", { class: "seg", role: "group", "aria-label": "Time range" }, ...rangeButtons);

  const pace = h("span");
  const evicting = h("span");
  const others = h("span", { class: "wide" });
  const since = h("span", { class: "q" });
  const foot = h(
    "div",
    { class: "foot" },
    pace,
    h("i"),
    evicting,
    h("i", { class: "wide" }),
    others,
    h("span", { class: "sp" }),
    since,
  );

  const frame = createFrame({
    kind: "cache",
    link,
    summary: computed(() => {
      const limit = state.value.maxsize === null ? "no limit" : state.value.policy.toUpperCase();
      return `${limit} · ${counted(lookups.value, "lookup")}`;
    }),
    waiting: computed(() => {
      const { hits, misses } = link.latest.value;
      const waiting = hits + misses - lookups.value;
      return waiting > 0 ? `${counted(waiting, "lookup")} waiting` : "";
    }),
    empty: computed(() => {
      const { inserts, size: entries, title } = state.value;
      if (lookups.value + inserts + entries > 0) return null;
      return {
        head: "No lookups yet",
        hint: "Make it the global cache, then call a model.",
        code: `set_llm_cache(${title.name ?? "cache"})`,
      };
    }),
    tools: [ranges],
    body: [hero, chart.element, foot],
  });

  const stops = [
    size.dispose,
    effect(() => {
      for (const [i, each] of rangeButtons.entries()) {
        each.setAttribute("aria-pressed", String(RANGES[i] === range.value));
      }
    }),
    effect(() => {
      const { history, since: began } = link.latest.value;
      const now = link.now.value;
      const recent = (counts: number[]) => recentRate(history, counts, now);
      setText(pace, `${rate(recent(history.hits) + recent(history.misses))} lookups/s`);
      setText(evicting, `${rate(recent(history.evictions))} evictions/s`);
      setText(since, `watching for ${duration(now - began)}`);
    }),
    effect(() => {
      const { refreshes, clears } = state.value;
      setText(others, `${counted(refreshes, "refresh", "refreshes")} · ${counted(clears, "clear")}`);
    }),
    chart.dispose,
    frame.dispose,
  ];

  function cell(
    label: string,
    text: () => string,
    options: { glyph?: GlyphName; big?: boolean } = {},
  ): HTMLElement {
    const value = h("dd", { class: options.big ? "big" : null });
    stopCells.push(effect(() => setText(value, text())));
    return h("div", {}, h("dt", {}, options.glyph ? glyph(options.glyph) : null, label), value);
  }

  return {
    element: frame.element,
    dispose: () => {
      for (const stop of [...stops, ...stopCells]) stop();
    },
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
  const dispose = effect(() => {
    const { size, maxsize } = state.value;
    setText(value, count(size));
    meter.hidden = maxsize === null;
    if (maxsize === null) {
      setText(note, "no limit");
      return;
    }
    meter.setAttribute("aria-valuemax", String(maxsize));
    meter.setAttribute("aria-valuenow", String(size));
    fill.style.width = `${Math.min(100, (100 * size) / maxsize)}%`;
    setText(note, `of ${count(maxsize)}${size >= maxsize ? ", full" : ""}`);
  });
  return { element, dispose };
}
