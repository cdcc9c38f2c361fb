import { computed, effect } from "@preact/signals-core";
import { div, h, setText, span } from "../../dom.js";
import { count, counted } from "../../format.js";
import { unseen } from "../../history.js";
import { icon } from "../../icons.js";
import { kept } from "../../kept.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { painted, paintText } from "../../text.js";
import type { CacheState, Near, Pattern, Stampedes, Why } from "../../wire.gen.js";
import { createUnfolding } from "./unfolding.js";

export interface Cause {
  name: "cold" | "evicted" | "near" | "cleared" | "unknown";
  label: string;
  /** Of all misses, 0 to 1. */
  share: number;
  /** Taken from a part of them. */
  about: boolean;
}

/** Why lookups missed, those that never happened left out. */
export function causes({ cold, evicted, cleared, unknown, near, examined }: Why): Cause[] {
  const total = cold + evicted + cleared + unknown;
  const close = examined > 0 ? (cold * near) / examined : 0;
  const about = near > 0 && examined < cold;
  const parts = [
    ["cold", "cold", cold - close, about],
    ["evicted", "evicted", evicted, false],
    ["near", "near miss", close, about],
    ["cleared", "cleared", cleared, false],
    ["unknown", "not known", unknown, false],
  ] as const;
  return parts
    .filter(([, , n]) => n > 0)
    .map(([name, label, n, about]) => ({ name, label, share: n / total, about }));
}

type Row = Pattern | (Stampedes & { text: "stampedes" });

/** Why lookups missed: shares, and in what many of them differ from a cached entry. */
export function createWhy(link: Link<CacheState>, details: (near: Near) => HTMLElement): View {
  const why = kept(() => link.state.value.why);
  const stampedes = computed(() => link.state.value.stampedes);
  const missed = computed(() => {
    const { cold, evicted, cleared, unknown } = why.value ?? NONE;
    return cold + evicted + cleared + unknown;
  });
  const heading = h("h3");
  const since = span("q");
  const working = span("q working");
  const bar = h("div", { class: "causes", role: "img" });
  const legend = div("legend");
  const notes = [0, 1].map(() => h("p", { class: "note s" }));
  const element = h(
    "section",
    { class: "pad why", "aria-label": "Why lookups missed" },
    div("sect", heading, since, span("sp"), working),
    bar,
    legend,
    ...notes,
  );
  const list = createUnfolding<Row>({
    label: "What misses have in common",
    items: computed(() => {
      const { patterns } = why.value ?? NONE;
      const last = { ...stampedes.value, text: "stampedes" as const };
      // it is known sooner than they are: not shown alone, where they would come before it
      return why.value && last.count ? [...patterns, last] : patterns;
    }),
    identify: ({ text }) => text,
    make: makeRow,
    details: (row) => ("example" in row ? details(row.example) : stampede(row)),
  });
  element.append(list.element);

  function makeRow(button: HTMLElement): (row: Row) => void {
    const what = h("bdi", { class: "ell what" });
    const prompt = h("bdi", { class: "ell q" });
    const amount = span("num s");
    button.append(icon("right"), what, prompt, amount);
    return (row) => {
      const isPattern = "example" in row;
      paintText(what, isPattern ? row.text : "asked again while loading", 80);
      paintText(prompt, isPattern ? row.example.prompt : row.latest, 200);
      setText(
        amount,
        counted(row.misses, isPattern ? "near miss" : "miss", isPattern ? "near misses" : "misses"),
      );
    };
  }

  const stops = [
    effect(() => {
      setText(heading, missed.value ? `Why ${counted(missed.value, "lookup")} missed` : "Why lookups miss");
      const { mark, misses, all } = link.state.value;
      const others = mark !== null || unseen(misses, all.misses) > 0; // than the figure above
      setText(since, others && missed.value ? "since watching began" : "");
    }),
    effect(() => {
      const parts = causes(why.value ?? NONE);
      bar.hidden = legend.hidden = parts.length === 0;
      bar.ariaLabel = parts.map((part) => `${part.label} ${percent(part)}`).join(", ");
      bar.replaceChildren(
        ...parts.map(({ name, share }) => {
          const piece = h("i", { class: `cause ${name}` });
          piece.style.flexGrow = String(share);
          return piece;
        }),
      );
      legend.replaceChildren(
        ...parts.map((part) =>
          h("span", {}, h("i", { class: `cause ${part.name}` }), part.label, h("b", {}, percent(part))),
        ),
      );
    }),
    effect(() => {
      const { examined, near, progress } = why.value ?? NONE;
      const dropped = link.state.value.missed_events;
      setText(working, progress === null ? "" : `comparing, ${Math.floor(progress * 100)}\u2009%`);
      const said = [
        dropped > 0 &&
          `${counted(dropped, "lookup")} came too fast to be explained, and are in the counts only`,
        missed.value === 0
          ? why.value && "No lookup has missed since watching began"
          : examined > 0 &&
            `Of the latest ${counted(examined, "cold miss", "cold misses")}, ${count(near)} came near a cached entry` +
              `${near > 0 ? ", and differ in" : ""}`,
      ];
      for (const [i, note] of notes.entries()) setText(note, said[i] || "");
    }),
    list.dispose,
  ];
  return {
    element,
    dispose: stopAll(stops),
  };
}

const NONE: Why = {
  cold: 0,
  evicted: 0,
  cleared: 0,
  unknown: 0,
  examined: 0,
  near: 0,
  progress: null,
  patterns: [],
};

function percent({ share, about }: Cause): string {
  const whole = Math.round(share * 100);
  const text = whole === 0 ? "< 1" : whole === 100 && share < 1 ? "> 99" : String(whole);
  return `${about ? "~" : ""}${text}\u2009%`;
}

function stampede({ count: loads, misses, answers, latest }: Stampedes): HTMLElement {
  return div(
    "near",
    h(
      "p",
      {},
      `Before ${counted(loads, "call was", "calls were")} answered (or as ${loads === 1 ? "it" : "they"} failed), the same was looked up ${counted(misses, "more time")}` +
        `${answers > 0 ? `; ${counted(answers, "answer was", "answers were")} made twice` : ""}.`,
    ),
    latest !== "" && h("p", { class: "q" }, "latest: ", painted("bdi", "", latest, 400)),
  );
}
