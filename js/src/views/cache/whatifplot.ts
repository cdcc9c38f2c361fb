import { effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals-core";
import { FOCUSABLE, h, modified, setAttributes, setText, svg } from "../../dom.js";
import { count } from "../../format.js";
import type { View } from "../../link.js";
import { stopAll } from "../../stops.js";
import {
  type Box,
  linePath,
  logScale,
  nearest,
  overlap,
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
  suggestion: { size: number; value: number | null } | null;
}

/** What would be hit or saved, by size: curves, the present size, the suggested one, and a crosshair. */
export function createPlot(
  input: ReadonlySignal<Shown>,
  reading: Signal<number | null>, // a size
  say: (at: number) => string,
): View {
  const width = signal(0);
  const made = <K extends "g" | "path" | "text">(tag: K, name: string) => svg(tag, { class: name });
  const grid = made("path", "gridlines");
  const ticks = made("path", "ticks");
  const axis = made("path", "baseline");
  const scale = made("g", "");
  const curves = made("g", "");
  const dots = made("g", "dots");
  const cross = made("path", "cross");
  const at = made("text", "at b");
  const nowText = made("text", "at");
  const hintText = [made("text", "hint b"), made("text", "hint")] as const;
  const now = { line: made("path", "nowline"), dot: svg("circle", { class: "nowdot", r: 3.5 }) };
  const hint = { line: made("path", "hintline"), dot: svg("circle", { class: "hintdot", r: 4 }) };
  const picture = svg(
    "svg",
    { height: HEIGHT, "aria-hidden": "true" },
    ...[grid, ticks, axis, scale, now.line, hint.line, curves, cross, dots, now.dot, hint.dot],
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
    const { sizes, lines, unit, limited, value, suggestion, ...shown } = input.peek();
    const present = sizes[shown.now];
    const right = width.peek();
    if (right < 100 || present === undefined) return;
    const values = lines.map((line) => line.values ?? []);
    const most = Math.max(value ?? 0, ...values.flat()); // curves that are off keep the scale as it is
    const steps = valueTicks(most, unit);
    const names = steps.map((step) => tickText(step, unit));
    const left = 10 + Math.ceil(6.2 * Math.max(...names.map((name) => name.length)));
    area = { ...area, left, right };
    x = logScale(sizes, left, right - 5); // half a dot
    y = (value) => BASE - (most > 0 ? (value / (most * 1.04)) * PLOT : 0);

    setAttributes(picture, { width: right });
    setAttributes(axis, { d: `M${left} ${BASE}H${right}` });
    setAttributes(grid, {
      d: steps.map((step) => (step ? `M${left} ${round(y(step))}H${right}` : "")).join(""),
    });
    scale.replaceChildren(
      ...names.map((name, i) =>
        svg("text", { x: left - 6, y: y(steps[i]!) + 4, "text-anchor": "end" }, name),
      ),
    );
    const points = values.map((each) => each.map((value, i) => ({ x: x(sizes[i]!), y: y(value) })));
    const on = points.filter((_, i) => lines[i]!.on);
    curves.replaceChildren(
      ...points.flatMap((each, i) =>
        lines[i]!.on ? [svg("path", { class: classOf(lines[i]!), d: linePath(each) })] : [],
      ),
    );
    drawSizes(sizes, right - left);

    const apart = suggestion && suggestion.size !== present ? suggestion : null;
    stand(now, present, value);
    stand(hint, suggestion?.size, suggestion?.value ?? null);
    if (!apart) hide(hint.line);
    setText(nowText, limited ? `now ${count(present)}` : "now without limit");
    setText(hintText[0], apart ? `maxsize ${count(apart.size)}` : "");
    setText(hintText[1], apart && apart.value !== null ? promise(apart.value, unit) : "");
    const flag = (size: number, ...texts: SVGTextElement[]) => ({
      x: x(size),
      width: Math.max(...texts.map((text) => text.getComputedTextLength())),
      height: LINE * texts.length,
      texts,
    });
    const arranged = (...hints: SVGTextElement[]) => {
      const flags = [...(apart ? [flag(apart.size, ...hints)] : []), flag(present, nowText)];
      return placeFlags(flags, area, on).map((place, i) => ({ ...place, texts: flags[i]!.texts }));
    };
    let places = arranged(...hintText);
    if (!places.every((place) => place.clear)) {
      setText(hintText[1], ""); // the sentence below says it
      places = arranged(hintText[0]);
    }
    for (const { side, left: from, right: to, bottom, texts } of places) {
      for (const [line, text] of texts.toReversed().entries()) {
        const anchor =
          side === "right" ? { x: from, "text-anchor": "start" } : { x: to, "text-anchor": "end" };
        setAttributes(text, { y: bottom - 3 - line * LINE, ...anchor });
      }
    }
    drawReading();
  }

  /** A line from the axis up to a value, and a dot there. */
  function stand({ line, dot }: typeof now, size: number | undefined, value: number | null): void {
    hide(line, size === undefined);
    hide(dot, value === null);
    if (size === undefined) return;
    const [cx, cy] = [round(x(size)), value === null ? TOP : round(y(value))];
    setAttributes(line, { d: `M${cx} ${BASE}V${cy}` });
    setAttributes(dot, { cx, cy });
  }

  function drawSizes(sizes: readonly number[], wide: number): void {
    const found = [...sizeTicks(sizes, wide, 46)];
    const marks = found.map(([size, labelled]) => `M${round(x(size))} ${BASE}v${labelled ? 4 : 2}`);
    setAttributes(ticks, { d: marks.join("") });
    const labels = found.flatMap(([size, labelled]) => (labelled ? [size] : []));
    const elements = labels.map((size) => svg("text", {}, count(size)));
    scale.append(...elements);
    sizeLabels = elements.map((element, i) => ({ element, box: below(element, labels[i]!) }));
  }

  /** Puts a label under the axis, within the picture. */
  function below(text: SVGTextElement, size: number): Box {
    const half = text.getComputedTextLength() / 2;
    const center = Math.min(Math.max(x(size), area.left + half - 4), area.right - half);
    setAttributes(text, { x: round(center), y: HEIGHT - 4, "text-anchor": "middle" });
    return { left: center - half - 6, right: center + half + 6, top: 0, bottom: 1 };
  }

  function drawReading(): void {
    const { sizes, lines, now: present } = input.peek();
    const i = reading.peek() === null ? present : nearest(sizes, reading.peek()!);
    const size = sizes[i];
    setAttributes(plot, {
      "aria-valuemin": sizes[0],
      "aria-valuemax": sizes.at(-1),
      "aria-valuenow": size,
      "aria-valuetext": say(i),
    });
    const shows = reading.peek() !== null && size !== undefined;
    for (const element of [cross, dots, at]) hide(element, !shows);
    if (shows) {
      const cx = round(x(size));
      setAttributes(cross, { d: `M${cx} ${TOP}V${BASE}` });
      dots.replaceChildren(
        ...lines.flatMap(({ on, values, present }) =>
          on && values
            ? [svg("circle", { cx, cy: round(y(values[i]!)), r: 2.5, class: present && "present" })]
            : [],
        ),
      );
      setText(at, count(size));
    }
    // The labels of the axis make room for the size that is read.
    const taken = shows && below(at, size);
    for (const { element, box } of sizeLabels) hide(element, taken && overlap(taken, box));
  }

  plot.addEventListener("keydown", (event) => {
    const { sizes, now: present } = input.peek();
    const last = sizes.length - 1;
    const i = reading.peek() === null ? present : nearest(sizes, reading.peek()!);
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -PAGE,
      PageUp: PAGE,
      Home: -last,
      End: last,
    };
    const step = steps[event.key];
    if (step === undefined || modified(event)) return;
    event.preventDefault();
    reading.value = sizes[Math.min(Math.max(0, i + step), last)] ?? null;
  });
  const point = ({ clientX }: PointerEvent) => {
    const place = clientX - plot.getBoundingClientRect().left;
    const { sizes } = input.peek();
    const far = sizes.map((size) => Math.abs(x(size) - place));
    reading.value = place < area.left - 8 ? null : (sizes[far.indexOf(Math.min(...far))] ?? null);
  };
  const leave = () => {
    reading.value = null;
  };
  plot.addEventListener("pointermove", point);
  plot.addEventListener("pointerdown", point);
  plot.addEventListener("pointerleave", leave);
  plot.addEventListener("blur", leave);

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
    dispose: stopAll([...stops, () => observer.disconnect()]),
  };
}

export const classOf = ({ policy, present, strong }: Pick<Line, "policy" | "present" | "strong">) =>
  `curve ${policy}${present ? " present" : ""}${strong ? " strong" : ""}`;

const hide = (element: SVGElement, hidden = true) =>
  setAttributes(element, { visibility: hidden ? "hidden" : "visible" });
