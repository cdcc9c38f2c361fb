import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { div, h, setAttributes, svg } from "../../dom.js";
import { duration } from "../../format.js";
import { glyph } from "../../icons.js";
import { FORKED, UPDATED } from "../../pictures.js";
import { stopAll } from "../../stops.js";
import type { TimelineState, Watch } from "../../wire.gen.js";
import { apart, bySteps, byTime, type Places } from "./axis.js";
import { type Spark, spark } from "./sparkline.js";
import { tickText } from "./ticks.js";

const MARGIN = 8; // px at either end
const TOP = 8;
const BASE = 30; // of the line
const RULER = 36;
const APART = 12; // px between two marks of a kind
const STEPS_FROM = 6; // px from step to step for each to be drawn
const SNAP = 5; // px within which a mark is meant
const REDRAW = 250; // ms

export interface TrackInput {
  state: TimelineState;
  time: boolean;
  watch: Watch | undefined;
}

export interface Track {
  element: HTMLElement;
  /** The row that the pointer means. */
  pointed(event: PointerEvent): number;
  dispose(): void;
}

/** The slider: a watch expression's line, what happened where, and the checkpoint shown. */
export function createTrack(input: ReadonlySignal<TrackInput>, row: ReadonlySignal<number | null>): Track {
  const width = signal(0);
  const drawn = signal(0); // counts
  const band = svg("path", { class: "band" });
  const line = svg("path", { class: "spark" });
  const failed = svg("path", { class: "failed" });
  const ruler = svg("path", { class: "ruler" });
  const gaps = svg("path", { class: "gaps" });
  const stem = svg("path", { class: "stem" });
  const knob = svg("circle", { class: "knob", r: 4 });
  const pin = svg("path", { class: "pinned" });
  const picture = svg(
    "svg",
    { height: 48, "aria-hidden": "true" },
    ...[band, line, failed, ruler, gaps, pin, stem, knob],
  );
  const marks = h("div", { class: "ticks", "aria-hidden": "true" });
  const element = div("track", picture, marks);
  const places = computed<Places>(() => {
    const { state, time } = input.value;
    return time ? byTime(state.axis, state.size) : bySteps(state.size);
  });
  const px = (at: number) => MARGIN + places.peek().toX(at) * (width.peek() - 2 * MARGIN);
  let curve: Spark | null = null;
  let ticks: { row: number; x: number }[] = [];
  let size = 0; // when they were drawn: rows are counted from the newest

  function draw(): void {
    const { state, watch, time } = input.peek();
    const right = width.peek() - MARGIN;
    if (right <= MARGIN) return;
    picture.setAttribute("width", String(width.peek()));
    curve = watch?.kind === "number" ? spark(watch, px, TOP, BASE) : null;
    trace(line, curve?.line ?? "");
    trace(band, curve?.band ?? "");
    trace(failed, (watch?.failed ?? []).map((at) => `M${px(at) - 2} 4l4 4m0-4l-4 4`).join(""));
    const found = apart(state.ticks, px, APART);
    ticks = found.map(({ row }) => ({ row, x: px(row) }));
    size = state.size;
    marks.replaceChildren(
      ...found.map((tick) => {
        const mark = h("span", { class: tick.kind, title: tickText(tick) }, glyph(MARKS[tick.kind]));
        mark.style.left = `${px(tick.row)}px`;
        return mark;
      }),
    );
    trace(ruler, `M${MARGIN} ${RULER}H${right}${steps(state.size, right)}`);
    const idle = time ? state.axis.idle : [];
    trace(gaps, idle.map(({ x }) => `M${MARGIN + x * (right - MARGIN) - 4} ${RULER}h8`).join(""));
    element.title =
      idle.length > 0
        ? `${idle
            .map(({ seconds }) => duration(seconds))
            .slice(0, 5)
            .join(", ")} idle left out`
        : "";
    const { pinned_row: pinned } = state;
    trace(pin, pinned === null ? "" : `M${px(pinned)} 44V4h6l-2 2.5 2 2.5h-6`);
    drawn.value++;
  }

  function steps(size: number, right: number): string {
    if (size < 2 || (right - MARGIN) / (size - 1) < STEPS_FROM) return "";
    const taken = new Set(ticks.map(({ row }) => row));
    return Array.from({ length: size }, (_, at) => (taken.has(at) ? "" : `M${px(at)} ${RULER + 1}v4`)).join(
      "",
    );
  }

  function place(at: number | null): void {
    const shown = at !== null && input.peek().state.size > 0 && width.peek() > 2 * MARGIN;
    for (const part of [stem, knob]) part.classList.toggle("none", !shown);
    if (!shown) return;
    const x = px(at);
    const y = curve?.heightAt(at) ?? RULER;
    trace(stem, `M${x} ${y}V44`);
    setAttributes(knob, { cx: x, cy: y });
  }

  function pointed(event: PointerEvent): number {
    const x = event.clientX - element.getBoundingClientRect().left;
    const near = ticks.find((tick) => Math.abs(tick.x - x) <= SNAP);
    return near
      ? near.row + input.peek().state.size - size
      : places.peek().toRow((x - MARGIN) / (width.peek() - 2 * MARGIN));
  }
  const observer = new ResizeObserver(() => {
    width.value = element.clientWidth;
  });
  observer.observe(element);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let when = 0;
  function soon(): void {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        when = Date.now();
        draw();
      },
      Math.max(0, when + REDRAW - Date.now()),
    );
  }
  const look = computed(() => `${input.value.time}${input.value.watch?.name}${input.value.state.thread}`);
  const stops = [
    effect(() => {
      void input.value;
      untracked(soon);
    }),
    effect(() => {
      void width.value;
      void look.value; // asked for here: at once
      untracked(draw);
    }),
    effect(() => {
      void drawn.value;
      const at = row.value;
      untracked(() => place(at));
    }),
  ];
  return {
    element,
    pointed,
    dispose: stopAll([...stops, () => observer.disconnect(), () => clearTimeout(timer)]),
  };
}

const trace = (path: SVGPathElement, d: string) => path.setAttribute("d", d);

const MARKS = { interrupt: "interrupt", error: "error", fork: FORKED, update: UPDATED } as const;
