import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { FOCUSABLE, h, setText, svg } from "../dom.js";
import { moment, rate } from "../format.js";
import { type Bar, barSeconds, bars, niceMax } from "../history.js";
import { glyph } from "../icons.js";
import type { History } from "../wire.gen.js";

const PITCH = 7; // px from bar to bar, at least
const TOP = 8;
const PLOT = 92;
const BELOW = 16; // evictions hang under the axis
const HEIGHT = TOP + PLOT + 5 + BELOW + 16;
const REDRAW = 250; // ms

export interface ChartInput {
  history: History;
  /** The right edge of the chart. */
  now: number;
  /** Seconds. */
  range: number;
}

/** Lookups per second as stacked bars, filled hits under hollow misses, evictions below the axis. */
export function createChart(input: ReadonlySignal<ChartInput>): { element: HTMLElement; dispose(): void } {
  const width = signal(0);
  const reading = signal<number | null>(null); // the id of the bar that is read

  const grid = svg("path", { class: "gridlines" });
  const baseline = svg("path", { class: "baseline" });
  const column = svg("rect", { class: "column", y: TOP, height: PLOT + 5 + BELOW, visibility: "hidden" });
  const hits = svg("path", { class: "bar-hit" });
  const misses = svg("path", { class: "bar-miss" });
  const evictions = svg("path", { class: "bar-evict" });
  const labels = [0, 1, 2].map((i) =>
    svg("text", { y: TOP + PLOT - (i * PLOT) / 2 + 4, "text-anchor": "end" }),
  );
  const from = svg("text", { y: HEIGHT - 3 });
  const to = svg("text", { y: HEIGHT - 3, "text-anchor": "end" }, "now");
  const at = svg("text", { class: "at", y: HEIGHT - 3, "text-anchor": "middle" });
  const picture = svg(
    "svg",
    { height: HEIGHT, "aria-hidden": "true" },
    ...[column, grid, baseline, hits, misses, evictions, ...labels, from, to, at],
  );
  const plot = h(
    "div",
    { class: "plot", role: "slider", tabindex: 0, "aria-label": "Lookups per second, by time", ...FOCUSABLE },
    picture,
  );
  const values = [h("b"), h("b"), h("b")] as const;
  const legend = h(
    "span",
    { class: "legend" },
    h("span", {}, glyph("hit"), "hit", values[0]),
    h("span", {}, glyph("miss"), "miss", values[1]),
    h("span", {}, glyph("evict"), "evicted", values[2]),
  );
  const element = h(
    "div",
    { class: "pad" },
    h("div", { class: "sect" }, h("h3", {}, "Lookups per second"), h("span", { class: "sp" }), legend),
    plot,
  );

  let shown: Bar[] = [];
  let pitch = PITCH;
  let left = 26; // where the bars begin; the scale stands left of it

  function draw(): void {
    const { history, now, range } = input.peek();
    if (width.peek() < 100) return;
    shown = bars(history, now, range, barSeconds(range, width.peek() - left, PITCH));
    const top = niceMax(Math.max(...shown.map((bar) => bar.hits + bar.misses)));
    for (const [i, label] of labels.entries()) setText(label, rate((top * i) / 2));
    left = 10 + Math.ceil(6.2 * Math.max(...labels.map((label) => label.textContent.length)));
    for (const label of labels) label.setAttribute("x", String(left - 6));
    const inner = width.peek() - left;
    pitch = inner / shown.length;
    const most = Math.max(1, ...shown.map((bar) => bar.evictions));
    const base = TOP + PLOT;
    const paths = { hits: "", misses: "", evictions: "" };
    for (const [i, bar] of shown.entries()) {
      const x = left + i * pitch + 0.5;
      const w = Math.max(2, pitch - 1.5);
      const hitHeight = bar.hits > 0 ? Math.max(1, (bar.hits / top) * PLOT) : 0;
      if (hitHeight > 0) paths.hits += box(x, base - hitHeight, w, hitHeight);
      if (bar.misses > 0) {
        const gap = hitHeight > 0 ? 1.5 : 0;
        const height = Math.max(1.5, (bar.misses / top) * PLOT - gap - 1);
        paths.misses += box(x + 0.5, base - hitHeight - gap - height - 0.5, w - 1, height);
      }
      if (bar.evictions > 0) {
        paths.evictions += box(x + w / 2 - 0.75, base + 5, 1.5, 4 + (bar.evictions / most) * (BELOW - 4));
      }
    }
    picture.setAttribute("width", String(width.peek()));
    hits.setAttribute("d", paths.hits);
    misses.setAttribute("d", paths.misses);
    evictions.setAttribute("d", paths.evictions);
    const right = left + inner;
    grid.setAttribute("d", `M${left} ${TOP}H${right}M${left} ${TOP + PLOT / 2}H${right}`);
    baseline.setAttribute("d", `M${left} ${base}H${right}`);
    from.setAttribute("x", String(left));
    to.setAttribute("x", String(right));
    setText(from, range < 120 ? `${range} s ago` : `${range / 60} min ago`);
    drawReading(now);
  }

  function drawReading(now: number): void {
    const i = shown.findIndex((bar) => bar.id === reading.peek());
    const bar = shown[i];
    column.setAttribute("visibility", bar ? "visible" : "hidden");
    plot.setAttribute("aria-valuemin", "0");
    plot.setAttribute("aria-valuemax", String(Math.max(0, shown.length - 1)));
    plot.setAttribute("aria-valuenow", String(bar ? i : Math.max(0, shown.length - 1)));
    const figures = bar ? [bar.hits, bar.misses, bar.evictions].map(rate) : [];
    for (const [j, value] of values.entries()) setText(value, figures[j] ?? "");
    if (!bar) {
      plot.setAttribute("aria-valuetext", "arrow keys read the chart");
      setText(at, "");
    } else {
      const x = left + i * pitch;
      column.setAttribute("x", String(x - 0.25));
      column.setAttribute("width", String(pitch));
      const time = moment(bar.time, now);
      setText(at, time);
      at.setAttribute("x", String(Math.min(Math.max(x + pitch / 2, left + 24), width.peek() - 24)));
      const [hit, miss, evicted] = figures;
      plot.setAttribute(
        "aria-valuetext",
        `${time}: ${hit} hits, ${miss} misses, ${evicted} evictions per second`,
      );
    }
    // The ends make room for the time that is read.
    const place = bar ? (i + 0.5) / shown.length : 0.5;
    from.setAttribute("visibility", bar && place < 0.25 ? "hidden" : "visible");
    to.setAttribute("visibility", bar && place > 0.8 ? "hidden" : "visible");
  }

  function read(i: number | null): void {
    reading.value = i === null ? null : (shown[Math.min(Math.max(0, i), shown.length - 1)]?.id ?? null);
  }

  plot.addEventListener("keydown", (event) => {
    const i = shown.findIndex((bar) => bar.id === reading.peek());
    const last = shown.length - 1;
    const targets: Record<string, number> = {
      ArrowLeft: (i === -1 ? last + 1 : i) - 1,
      ArrowRight: (i === -1 ? last : i) + 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    read(target);
  });
  plot.addEventListener("pointermove", (event) => {
    const x = event.clientX - plot.getBoundingClientRect().left - left;
    read(x < 0 ? null : Math.floor(x / pitch));
  });
  plot.addEventListener("pointerleave", () => read(null));
  plot.addEventListener("blur", () => read(null));

  const observer = new ResizeObserver(() => {
    width.value = plot.clientWidth;
  });
  observer.observe(plot);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawn = 0;
  const soon = () => {
    if (timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        drawn = Date.now();
        draw();
      },
      Math.max(0, drawn + REDRAW - Date.now()),
    );
  };
  const stops = [
    effect(() => {
      void input.value;
      untracked(soon);
    }),
    effect(() => {
      void width.value;
      untracked(draw);
    }),
    effect(() => {
      void reading.value;
      untracked(() => drawReading(input.peek().now));
    }),
  ];
  return {
    element,
    dispose: () => {
      observer.disconnect();
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}

function box(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${-round(width)}z`;
}

const round = (value: number) => Math.round(value * 10) / 10;
