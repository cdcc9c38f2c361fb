import { computed, effect, signal } from "@preact/signals-core";
import { button, div, h, setText, span } from "../../dom.js";
import { count } from "../../format.js";
import { glyph, icon } from "../../icons.js";
import { kept } from "../../kept.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { CacheState, WhatIf } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createLegend } from "./whatiflegend.js";
import { nearest, type Unit } from "./whatifmath.js";
import { createPlot, type Shown } from "./whatifplot.js";
import { createRun } from "./whatifrun.js";
import { adviceText, checkText, figure, logText } from "./whatiftext.js";

const UNITS = [
  ["ratio", "Ratio"],
  ["seconds", "Time"],
  ["tokens", "Tokens"],
] as const;

/** Hit ratio, seconds and tokens saved by size and policy: the recorded lookups, replayed. */
export function createWhatIf(link: Link<CacheState>, frame: Pick<Frame, "announce">): View {
  const whatif = kept(() => link.state.value.whatif);
  const chosen = signal<Unit>("ratio");
  const off = signal<ReadonlySet<string>>(new Set());
  const strong = signal("");
  const reading = signal<number | null>(null);

  const units = computed(() => {
    const curves = whatif.value?.curves ?? [];
    return UNITS.map(([unit]) => unit).filter(
      (unit) => unit === "ratio" || curves.some((curve) => curve[unit]),
    );
  });
  const unit = computed(() => (units.value.includes(chosen.value) ? chosen.value : "ratio"));
  const shown = computed(() => shownOf(whatif.value, unit.value, off.value, strong.value));
  /** Position of the size whose figures are listed. */
  const at = computed(() => {
    const { sizes, now } = shown.value;
    return reading.value === null ? now : nearest(sizes, reading.value);
  });

  const switches = UNITS.map(([each, label]) =>
    button(
      {},
      () => {
        chosen.value = each;
      },
      label,
    ),
  );
  const seg = h("span", { class: "seg", role: "group", "aria-label": "What the curves show" }, ...switches);
  const read = span("read");
  const legend = createLegend(shown, at, {
    toggle(policy) {
      const next = new Set(off.peek());
      if (!next.delete(policy)) next.add(policy);
      off.value = next;
    },
    stress(policy) {
      strong.value = policy;
    },
  });
  const plot = createPlot(shown, reading, (i) => {
    const { sizes, lines, unit: each } = shown.peek();
    if (reading.peek() === null) return "arrow keys read the curves";
    const figures = lines.flatMap(({ on, values, label }) =>
      on && values ? [`${label} ${figure(values[i]!, each)}`] : [],
    );
    return `${count(sizes[i]!)}: ${figures.join(", ")}`;
  });

  const advice = h("p", { class: "advice" });
  const check = h("p", { class: "check" });
  const log = h("p", { class: "q" });
  const notes = div("notes");
  const run = createRun(link, frame.announce);
  const made = div("made", plot.element, advice, check, notes);
  const empty = h("p", { class: "none s" });
  const element = h(
    "section",
    { class: "pad whatif" },
    div("sect", h("h3", {}, "What if maxsize were…"), read, span("sp"), seg),
    legend.element,
    made,
    empty,
    div("log", log, run.element),
  );

  const stops = [
    effect(() => {
      for (const [i, each] of switches.entries()) {
        each.hidden = !units.value.includes(UNITS[i]![0]);
        each.setAttribute("aria-pressed", String(UNITS[i]![0] === unit.value));
      }
      seg.hidden = units.value.length < 2;
    }),
    effect(() => {
      const { sizes, limited } = shown.value;
      const size = sizes[at.value];
      const present = limited ? `now ${count(size ?? 0)}` : "now without limit";
      setText(read, size === undefined ? "" : reading.value === null ? present : count(size));
      read.classList.toggle("on", reading.value !== null);
    }),
    effect(() => {
      const now = whatif.value;
      const some = now !== null && now.sizes.length > 0;
      made.hidden = legend.element.hidden = log.hidden = !some;
      empty.hidden = some;
      if (!some) return;
      const { suggestion } = now;
      setText(advice, suggestion ? adviceText(suggestion) : "");
      showCheck(check, now);
      setText(log, logText(now));
      notes.replaceChildren(
        ...(now.problem ? [h("p", { class: "evict" }, glyph("error"), now.problem)] : []),
        ...now.notes.map((note) => h("p", { class: "q" }, note)),
      );
    }),
    effect(() => setText(empty, emptyText(whatif.value, link.state.value.seen))),
    legend.dispose,
    plot.dispose,
    run.dispose,
  ];
  return { element, dispose: stopAll(stops) };
}

function shownOf(whatif: WhatIf | null, unit: Unit, off: ReadonlySet<string>, strong: string): Shown {
  const {
    sizes = [],
    curves = [],
    maxsize = null,
    policy = "",
    ratio = null,
    suggestion = null,
  } = whatif ?? {};
  const lines = curves.map((curve) => ({
    policy: curve.policy,
    label: curve.label,
    values: unit === "ratio" ? curve.ratios : curve[unit],
    present: curve.policy === policy,
    on: !off.has(curve.policy),
    strong: curve.policy === strong,
  }));
  const now = maxsize === null ? sizes.length - 1 : nearest(sizes, maxsize);
  const present = lines.find((line) => line.present)?.values;
  const place = suggestion ? sizes.indexOf(suggestion.maxsize) : -1;
  const saves = present?.[place] ?? null;
  return {
    unit,
    sizes,
    lines,
    now,
    limited: maxsize !== null,
    value: (unit === "ratio" ? ratio : null) ?? present?.[now] ?? null,
    suggestion: suggestion && {
      size: suggestion.maxsize,
      value: unit === "ratio" ? suggestion.ratio : saves,
    },
  };
}

function showCheck(element: HTMLElement, { check }: WhatIf): void {
  element.hidden = check === null;
  if (!check) return;
  const fine = check.simulated === check.measured && !check.problem;
  element.classList.toggle("evict", !fine);
  element.replaceChildren(fine ? icon("done") : glyph("error"), checkText(check));
}

/** While there are no curves. */
function emptyText(whatif: WhatIf | null, seen: number): string {
  if (!whatif || whatif.problem) return whatif?.problem ?? "";
  const { progress, notes } = whatif;
  if (notes.length) return `${notes.join(", ")}, ${count(seen)} so far`;
  return progress === null ? "Not simulated yet" : "Simulating the recorded lookups";
}
