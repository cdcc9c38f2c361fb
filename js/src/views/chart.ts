import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { div, FOCUSABLE, h, modified, setAttributes, setText, span, svg } from "../dom.js";
import { duration, moment, rate, ratio } from "../format.js";
import { type Bar, barSeconds, bars, niceMax } from "../history.js";
import { glyph } from "../icons.js";
import { stopAll } from "../stops.js";
import type { History } from "../wire.gen.js";
import { BARS, BASE, BELOW, HEIGHT, PLOT, RATIO, shapes, TOP } from "./chartshapes.js";

const PITCH = 6.5; // px from bar to bar, at least
const REDRAW = 250; // ms

export interface ChartInput {
  history: History;
  /** The right edge of the chart. */
  now: number;
  /** Seconds. */
  range: number;
  /** From when on the user counts. */
  mark: number | null;
  /** Whether they are known. */
  evictions: boolean;
  /** What the right edge is. */
  end: string;
}

/** Lookups per second as stacked bars, evictions below the axis, the hit ratio as a line above. */
export function createChart(input: ReadonlySignal<ChartInput>): { element: HTMLElement; dispose(): void } {
  const width = signal(0);
  const reading = signal<number | null>(null); // the id of the bar that is read

  const grid = svg("path", { class: "gridlines" });
  const baseline = svg("path", { class: "baseline" });
  const column = svg("rect", {
    class: "column",
    y: TOP,
    height: BASE + 5 + BELOW - TOP,
    visibility: "hidden",
  });
  const hits = svg("path", { class: "bar-hit" });
  const misses = svg("path", { class: "bar-miss" });
  const evictions = svg("path", { class: "bar-evict" });
  const line = svg("path", { class: "line-ratio" });
  const from = svg("path", { class: "from" });
  const label = (y: number, text = "") => svg("text", { y: y + 4, "text-anchor": "end" }, text);
  const scale = [0, 1, 2].map((i) => label(BASE - (i * PLOT) / 2));
  const percents = [label(TOP, "100\u2009%"), label(TOP + RATIO, "0\u2009%")];
  const first = svg("text", { y: HEIGHT - 3 });
  const last = svg("text", { y: HEIGHT - 3, "text-anchor": "end" });
  const at = svg("text", { class: "at", y: HEIGHT - 3, "text-anchor": "middle" });
  const picture = svg(
    "svg",
    { height: HEIGHT, "aria-hidden": "true" },
    ...[column, grid, baseline, hits, misses, evictions, line, from, ...scale, ...percents, first, last, at],
  );
  const plot = h(
    "div",
    {
      class: "plot",
      role: "slider",
      tabindex: 0,
      "aria-label": "Lookups per second, by time",
      ...FOCUSABLE,
    },
    picture,
  );
  const values = [h("b"), h("b"), h("b"), h("b")] as const;
  const legend = span(
    "legend",
    h("span", {}, glyph("hit"), "hit", values[0]),
    h("span", {}, glyph("miss"), "miss", values[1]),
    h("span", {}, glyph("evict"), "evicted", values[2]),
    h("span", {}, h("i", { class: "dash" }), "hit ratio", values[3]),
  );
  const element = h(
    "section",
    { class: "pad rate" },
    div("sect", h("h3", {}, "Lookups per second"), span("sp"), legend),
    plot,
  );

  let shown: Bar[] = [];
  let pitch = PITCH;
  let left = 26; // where the bars begin; the scale stands left of it

  function draw(): void {
    const { history, now, range, mark, end } = input.peek();
    setText(last, end);
    if (width.peek() < 100) return;
    const seconds = barSeconds(range, width.peek() - left, PITCH, history.interval);
    shown = bars(history, now, range, seconds);
    const top = niceMax(Math.max(...shown.map((bar) => bar.hits + bar.misses)));
    for (const [i, text] of scale.entries()) setText(text, rate((top * i) / 2));
    left = 10 + Math.ceil(6.2 * Math.max(...[...scale, ...percents].map((text) => text.textContent.length)));
    for (const text of [...scale, ...percents]) setAttributes(text, { x: left - 6 });
    const right = width.peek();
    pitch = (right - left) / shown.length;
    picture.setAttribute("width", String(right));
    const paths = shapes(shown, left, pitch, top);
    trace(hits, paths.hits);
    trace(misses, paths.misses);
    trace(evictions, paths.evictions);
    trace(line, paths.ratio);
    trace(grid, [TOP, TOP + RATIO, BARS, BARS + PLOT / 2].map((y) => `M${left} ${y}H${right}`).join(""));
    trace(baseline, `M${left} ${BASE}H${right}`);
    const begin = shown[0]!.time;
    const marked = mark === null ? -1 : (mark - begin) / (shown[0]!.seconds * shown.length);
    const x = Math.round(left + marked * (right - left)) + 0.5;
    trace(from, marked >= 0 && marked <= 1 ? `M${x} ${TOP - 4}V${BASE + 5 + BELOW}` : "");
    setAttributes(first, { x: left });
    setAttributes(last, { x: right });
    setText(first, `${range < 120 ? `${Math.round(range)} s` : duration(range)} ago`);
    drawReading(now);
  }

  function drawReading(now: number): void {
    const i = shown.findIndex((bar) => bar.id === reading.peek());
    const bar = shown[i];
    see(column, Boolean(bar));
    const most = Math.max(0, shown.length - 1);
    setAttributes(plot, { "aria-valuemin": 0, "aria-valuemax": most, "aria-valuenow": bar ? i : most });
    const figures = bar
      ? [
          rate(bar.hits),
          rate(bar.misses),
          input.peek().evictions ? rate(bar.evictions) : "unknown",
          ratio(bar.hits, bar.hits + bar.misses),
        ]
      : [];
    for (const [j, value] of values.entries()) setText(value, figures[j] ?? "");
    if (!bar) {
      setAttributes(plot, { "aria-valuetext": "arrow keys read the chart" });
      setText(at, "");
    } else {
      const x = left + i * pitch;
      setAttributes(column, { x: x - 0.25, width: pitch });
      const time = moment(bar.time, now);
      setText(at, time);
      setAttributes(at, { x: Math.min(Math.max(x + pitch / 2, left + 24), width.peek() - 24) });
      const [hit, miss, evicted, part] = figures;
      const spoken = `${time}: ${hit} hits, ${miss} misses, ${evicted} evictions per second, hit ratio ${part}`;
      setAttributes(plot, { "aria-valuetext": spoken });
    }
    // The ends make room for the time that is read.
    const place = bar ? (i + 0.5) / shown.length : 0.5;
    see(first, !bar || place >= 0.25);
    see(last, !bar || place <= 0.8);
  }

  function read(i: number | null): void {
    reading.value = i === null ? null : (shown[Math.min(Math.max(0, i), shown.length - 1)]?.id ?? null);
  }

  plot.addEventListener("keydown", (event) => {
    const i = shown.findIndex((bar) => bar.id === reading.peek());
    const end = shown.length - 1;
    const targets: Record<string, number> = {
      ArrowLeft: (i === -1 ? end + 1 : i) - 1,
      ArrowRight: (i === -1 ? end : i) + 1,
      Home: 0,
      End: end,
    };
    const target = targets[event.key];
    if (target === undefined || modified(event)) return;
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
    dispose: stopAll([...stops, () => observer.disconnect(), () => clearTimeout(timer)]),
  };
}

const trace = (path: SVGElement, d: string) => setAttributes(path, { d });

const see = (element: SVGElement, seen: boolean) =>
  setAttributes(element, { visibility: seen ? "visible" : "hidden" });
