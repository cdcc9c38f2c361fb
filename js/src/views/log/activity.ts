import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { svg } from "../../dom.js";
import type { View } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { Activity, Travel } from "../../wire.gen.js";

const WIDE = 1 / 100; // of the slider, at most
const LOW = 0.35; // of the height: the bar of what came slowest
const EVEN = 0.7; // of the height: where all came at one pace
const SCALE = [1_000, 100] as const; // units of the picture

export interface Bar {
  /** Where it is on the slider, and how wide, from 0 to 1. */
  x: number;
  width: number;
  /** From 0 to 1: the higher the faster changes came. */
  height: number;
  /** Parts of it, from 0 to 1. */
  gone: number;
  missed: number;
}

/** A bar for each bucket with changes, at the moments first … last of a slider. */
export function barsOf(activity: Activity, first: number, last: number): Bar[] {
  const { start, width, changes, gone, missed, times } = activity;
  const length = Math.max(1, last - first);
  const found = changes.flatMap((count, i) => {
    const low = Math.max(first + 1, start + i * width);
    const high = Math.min(last, start + (i + 1) * width - 1);
    return count > 0 && high >= low ? [{ i, count, low, high }] : [];
  });
  const paces = found.map(({ i, count }, at) => {
    const [from, to] = [times[found[at - 1]?.i ?? -1] ?? null, times[i] ?? null];
    return from === null || to === null ? null : Math.log(count / Math.max(1e-4, to - from));
  });
  const known = paces.filter((pace) => pace !== null);
  const [slow, fast] = [Math.min(...known), Math.max(...known)];
  return found.map(({ i, count, low, high }, at) => {
    const wide = Math.min(WIDE, (0.85 * (high - low + 1)) / length);
    const pace = paces[at] ?? null;
    const even = pace === null || fast - slow < Math.LN2;
    return {
      x: ((low + high) / 2 - first) / length - wide / 2,
      width: wide,
      height: even ? EVEN : LOW + (1 - LOW) * ((pace - slow) / (fast - slow)),
      gone: gone[i]! / count,
      missed: missed[i]! / count,
    };
  });
}

/** How busy it was along the slider: what took keys away on top of what missed on top of all else. */
export function createActivity(travel: ReadonlySignal<Travel | null>): View {
  const paths = ["rest", "missed", "gone"].map((name) => svg("path", { class: name }));
  const element = svg(
    "svg",
    { viewBox: `0 0 ${SCALE.join(" ")}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    ...paths,
  ) as unknown as HTMLElement;
  const shown = computed(() => {
    const now = travel.value;
    return now && JSON.stringify(drawn(barsOf(now.activity, now.first, now.last)));
  });
  const stops = [
    effect(() => {
      const lines = shown.value === null ? [] : (JSON.parse(shown.value) as string[]);
      for (const [i, path] of paths.entries()) path.setAttribute("d", lines[i] ?? "");
    }),
  ];
  return { element, dispose: stopAll(stops) };
}

/** The three paths. */
function drawn(bars: readonly Bar[]): string[] {
  const [wide, high] = SCALE;
  const parts: string[][] = [[], [], []];
  for (const { x, width, height, gone, missed } of bars) {
    let base = high;
    for (const [i, part] of [1 - gone - missed, missed, gone].entries()) {
      const tall = Math.max(0, part) * height * high;
      if (tall < 0.5) continue;
      base -= tall;
      parts[i]!.push(
        `M${round(x * wide)} ${round(base)}h${round(width * wide)}v${round(tall)}h${-round(width * wide)}z`,
      );
    }
  }
  return parts.map((each) => each.join(""));
}

const round = (x: number) => Math.round(10 * x) / 10;
