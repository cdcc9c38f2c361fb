import { effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals-core";
import { FOCUSABLE, h, setText, svg } from "../../dom.js";
import { count } from "../../format.js";
import type { View } from "../../link.js";
import {
  type Box,
  linePath,
  logScale,
  nearest,
  overlap,
  type Point,
  placeFlags,
  round,
  sizeTicks,
  type Unit,
  valueTicks,
} from "./whatifmath.js";
import { promise, tickText } from "./whatiftext.js";

const TOP = 8;
const PLOT = 112;
const BASE = TOP + PLOT;
const HEIGHT = BASE + 20;
const LINE = 14; // of text
const PAGE = 5; // sizes

export interface Line {
  policy: string;
  label: string;
  /** For each size; null where they are not known. */
  values: number[] | null;
  present: boolean;
  on: boolean;
  strong: boolean;
}

export interface Shown {
  unit: Unit;
  sizes: number[];
  lines: Line[];
  /** The present size's position, and whether that is a limit. */
  now: number;
  limited: boolean;
  /** At the present size and policy. */
  value: number | null;
  hint: { size: number; value: number | null } | null;
}

/** What would be hit or saved, by size: curves, the present size, the suggested one, and a crosshair. */
export function createPlot(
  input: ReadonlySignal<Shown>,
  reading: Signal<number | null>, // a size
  say: (at: number) => string,
): View {
  const width = signal(0);
  const grid = svg("path", { class: "gridlines" });
  const marks = svg("path", { class: "ticks" });
  const axis = svg("path", { class: "baseline" });
  const scale = svg("g");
  const curves = svg("g", { class: "curves" });
  const nowLine = svg("path", { class: "nowline" });
  const hintLine = svg("path", { class: "hintline" });
  const nowDot = svg("circle", { class: "nowdot", r: 3.5 });
  const hintDot = svg("circle", { class: "hintdot", r: 4 });
  const nowText = svg("text", { class: "at" });
  const hintText = [svg("text", { class: "hint b" }), svg("text", { class: "hint" })] as const;
  const cross = svg("path", { class: "cross" });
  const dots = svg("g", { class: "dots" });
  const at = svg("text", { class: "at b", y: HEIGHT - 4 });
  const picture = svg(
    "svg",
    { height: HEIGHT, "aria-hidden": "true" },
    ...[grid, marks, axis, scale, nowLine, hintLine, curves, cross, dots, nowDot, hintDot],
    ...[nowText, ...hintText, at],
  );
  const plot = h(
    "div",
    { class: "plot", role: "slider", tabindex: 0, "aria-label": "What if maxsize were", ...FOCUSABLE },
    picture,
  );

  let area: Box = { left: 0, right: 0, top: TOP, bottom: BASE - 3 };
  let sizeLabels: { element: SVGTextElement; box: Box }[] = [];
  let x: (size: number) => number = () => 0;
  let y: (value: number) => number = () => 0;

  function draw(): void {
    const shown = input.peek();
    const { sizes, lines, unit, limited, hint } = shown;
    if (width.peek() < 100 || sizes.length === 0) return;
    picture.setAttribute("width", String(width.peek()));
    const visible = lines.filter((line) => line.on && line.values);
    // Curves that are switched off keep the scale as it is.
    const known = [...lines.flatMap((line) => line.values ?? []), shown.value ?? 0];
    const most = Math.max(...known);
    const ticks = valueTicks(most, unit);
    y = (value) => BASE - (most > 0 ? (value / (most * 1.04)) * PLOT : 0);
    const names = ticks.map((tick) => tickText(tick, unit));
    const left = 10 + Math.ceil(6.2 * Math.max(...names.map((name) => name.length)));
    const right = width.peek() - 5; // half a dot
    area = { ...area, left, right: width.peek() };
    x = logScale(sizes, left, right);

    const across = ticks.slice(1).map((tick) => `M${left} ${round(y(tick))}H${width.peek()}`);
    grid.setAttribute("d", across.join(""));
    axis.setAttribute("d", `M${left} ${BASE}H${width.peek()}`);
    scale.replaceChildren(
      ...names.map((name, i) =>
        svg("text", { x: left - 6, y: round(y(ticks[i]!)) + 4, "text-anchor": "end" }, name),
      ),
    );
    drawSizes(sizes, right - left);
    curves.replaceChildren(
      ...visible.map((line) =>
        svg("path", { class: classOf(line), d: linePath(pointsOf(shown, line.values!)) }),
      ),
    );

    const now = { x: x(sizes[shown.now]!), y: y(shown.value ?? 0) };
    upTo(nowLine, nowDot, now, shown.value !== null);
    const hinted = hint && { x: x(hint.size), y: y(hint.value ?? 0) };
    const apart = hint !== null && hint.size !== sizes[shown.now];
    upTo(hintLine, hintDot, hinted, hint?.value != null);
    hintLine.classList.toggle("off", !apart);
    setText(nowText, limited ? `now ${count(sizes[shown.now]!)}` : "now without limit");
    setText(hintText[0], apart ? `maxsize ${count(hint.size)}` : "");
    setText(hintText[1], apart && hint.value !== null ? promise(hint.value, unit) : "");
    const points = visible.map((line) => pointsOf(shown, line.values!));
    const flags = [{ x: now.x, width: nowText.getComputedTextLength(), height: LINE }];
    if (hinted && apart) {
      const wide = Math.max(...hintText.map((text) => text.getComputedTextLength()));
      flags.unshift({ x: hinted.x, width: wide, height: 2 * LINE });
    }
    const places = placeFlags(flags, area, points);
    put(nowText, places.at(-1)!, 0);
    if (apart) for (const [i, text] of hintText.entries()) put(text, places[0]!, 1 - i);
    drawReading();
  }

  function drawSizes(sizes: readonly number[], wide: number): void {
    const ticks = sizeTicks(sizes, wide, 46);
    marks.setAttribute(
      "d",
      [...ticks.keys()].map((size) => `M${round(x(size))} ${BASE}v${ticks.get(size) ? 4 : 2}`).join(""),
    );
    sizeLabels = [];
    const made = [...ticks].flatMap(([size, labelled]) => (labelled ? [label(size)] : []));
    scale.append(...made);
    sizeLabels = made.map((element) => ({ element, box: settle(element) }));
  }

  function label(size: number): SVGTextElement {
    return svg("text", { x: x(size), y: HEIGHT - 4, "text-anchor": "middle" }, count(size));
  }

  /** Keeps a label under the axis within the picture. */
  function settle(text: SVGTextElement): Box {
    const half = text.getComputedTextLength() / 2;
    const center = Math.min(
      Math.max(Number(text.getAttribute("x")), area.left + half - 4),
      area.right - half,
    );
    text.setAttribute("x", String(round(center)));
    return { left: center - half - 6, right: center + half + 6, top: 0, bottom: 1 };
  }

  function pointsOf({ sizes }: Shown, values: readonly number[]): Point[] {
    return values.map((value, i) => ({ x: x(sizes[i]!), y: y(value) }));
  }

  function drawReading(): void {
    const { sizes, lines, now } = input.peek();
    const size = reading.peek();
    const i = size === null ? now : nearest(sizes, size);
    plot.setAttribute("aria-valuemin", String(sizes[0] ?? 0));
    plot.setAttribute("aria-valuemax", String(sizes.at(-1) ?? 0));
    plot.setAttribute("aria-valuenow", String(sizes[i] ?? 0));
    plot.setAttribute("aria-valuetext", say(i));
    const shows = size !== null && width.peek() >= 100;
    for (const element of [cross, dots, at]) element.setAttribute("visibility", shows ? "visible" : "hidden");
    let taken: Box | null = null;
    if (shows) {
      const center = x(sizes[i]!);
      cross.setAttribute("d", `M${round(center)} ${TOP}V${BASE}`);
      dots.replaceChildren(
        ...lines.flatMap(({ on, values, present }) =>
          on && values
            ? [
                svg("circle", {
                  cx: round(center),
                  cy: round(y(values[i]!)),
                  r: 2.5,
                  class: present && "present",
                }),
              ]
            : [],
        ),
      );
      at.setAttribute("x", String(center));
      at.setAttribute("text-anchor", "middle");
      setText(at, count(sizes[i]!));
      taken = settle(at);
    }
    // The labels of the axis make room for the size that is read.
    for (const { element, box } of sizeLabels) {
      element.setAttribute("visibility", taken && overlap(taken, box) ? "hidden" : "visible");
    }
  }

  plot.addEventListener("keydown", (event) => {
    const { sizes, now } = input.peek();
    const last = sizes.length - 1;
    const size = reading.peek();
    const i = size === null ? now : nearest(sizes, size);
    const targets: Record<string, number> = {
      ArrowLeft: i - 1,
      ArrowDown: i - 1,
      ArrowRight: i + 1,
      ArrowUp: i + 1,
      PageDown: i - PAGE,
      PageUp: i + PAGE,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    reading.value = sizes[Math.min(Math.max(0, target), last)] ?? null;
  });
  const point = (event: PointerEvent) => {
    const { sizes } = input.peek();
    const place = event.clientX - plot.getBoundingClientRect().left;
    const far = sizes.map((size) => Math.abs(x(size) - place));
    reading.value = place < area.left - 8 ? null : (sizes[far.indexOf(Math.min(...far))] ?? null);
  };
  plot.addEventListener("pointermove", point);
  plot.addEventListener("pointerdown", point);
  for (const left of ["pointerleave", "blur"]) {
    plot.addEventListener(left, () => {
      reading.value = null;
    });
  }

  const observer = new ResizeObserver(() => {
    width.value = plot.clientWidth;
  });
  observer.observe(plot);
  const stops = [
    effect(() => {
      void [input.value, width.value];
      untracked(draw);
    }),
    effect(() => {
      void reading.value;
      untracked(drawReading);
    }),
  ];
  return {
    element: plot,
    dispose: () => {
      observer.disconnect();
      for (const stop of stops) stop();
    },
  };
}

export const classOf = ({ policy, present, strong }: Pick<Line, "policy" | "present" | "strong">) =>
  `curve ${policy}${present ? " present" : ""}${strong ? " strong" : ""}`;

/** A line from the axis up to a point, and a dot there. */
function upTo(line: SVGPathElement, dot: SVGCircleElement, point: Point | null, known: boolean): void {
  const shows = point && known ? "visible" : "hidden";
  dot.setAttribute("visibility", shows);
  line.setAttribute("visibility", point ? "visible" : "hidden");
  if (!point) return;
  line.setAttribute("d", `M${round(point.x)} ${BASE}V${known ? round(point.y) : TOP}`);
  dot.setAttribute("cx", String(round(point.x)));
  dot.setAttribute("cy", String(round(point.y)));
}

/** `up` lines of text above the lowest of its place. */
function put(
  text: SVGTextElement,
  { side, left, right, bottom }: ReturnType<typeof placeFlags>[number],
  up: number,
): void {
  text.setAttribute("x", String(round(side === "right" ? left : right)));
  text.setAttribute("y", String(bottom - 3 - up * LINE));
  text.setAttribute("text-anchor", side === "right" ? "start" : "end");
}
