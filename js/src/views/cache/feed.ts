import { computed, effect, signal } from "@preact/signals-core";
import { button, div, h, setText, span } from "../../dom.js";
import { count, counted, moment, took } from "../../format.js";
import { glyph } from "../../icons.js";
import { kept } from "../../kept.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText, visible } from "../../text.js";
import type { CacheState, Lookup } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createUnfolding } from "./unfolding.js";

const ANNOUNCE_EVERY = 30; // seconds
const CHOICES = ["all", "missed"] as const;

/** A view and the lookups it wants. */
export interface Feed extends View {
  readonly wanted: { readonly value: (typeof CHOICES)[number] };
}

/** The latest lookups, newest first; a row unfolds to what became of it and why. */
export function createFeed(
  link: Link<CacheState>,
  frame: Pick<Frame, "announce">,
  details: (lookup: Lookup) => HTMLElement,
): Feed {
  const wanted = signal<(typeof CHOICES)[number]>("all");
  const known = kept(() => link.state.value.lookups);
  const recent = computed(() => known.value ?? []);
  const choices = CHOICES.map((what) =>
    button(
      {},
      () => {
        wanted.value = what;
        list.renew(); // nothing unfolded is to hold the others back
      },
      what[0]!.toUpperCase() + what.slice(1),
    ),
  );
  const newer = button({ class: "btn small" }, () => {
    list.renew();
    list.focus(); // the button goes
  });
  const note = h("p", { class: "note q" });
  const element = h("section", { class: "feed", "aria-label": "Lookups" });
  const list = createUnfolding<Lookup>({
    label: "Latest lookups",
    items: recent,
    identify: ({ number }) => number,
    make: makeRow,
    details,
  });
  element.append(
    div(
      "sect",
      h("h3", {}, "Lookups"),
      newer,
      span("sp"),
      h("span", { class: "seg small", role: "group", "aria-label": "Which lookups" }, ...choices),
    ),
    list.element,
    note,
  );

  function makeRow(row: HTMLElement): (lookup: Lookup) => void {
    const [when, mark, time] = ["s", "mark", "num"].map((name) => h("span", { class: name }));
    const prompt = h("bdi", { class: "ell text" });
    const what = h("bdi", { class: "ell what" });
    row.append(when!, mark!, prompt, what, time!);
    let outcome = "";
    return (lookup) => {
      if (lookup.outcome !== outcome) {
        outcome = lookup.outcome;
        const hit = outcome === "hit";
        mark!.replaceChildren(glyph(hit ? "hit" : "miss", hit ? "hit" : "missed"));
        row.dataset.outcome = outcome;
      }
      setText(when!, moment(lookup.time, link.now.peek()));
      paintText(prompt, lookup.prompt, 200);
      const said = happened(lookup);
      paintText(what, said, 120);
      setText(time!, latency(lookup));
      row.title = `${visible(lookup.prompt, 400)}\n${visible(said)}`;
    };
  }

  let told = { number: 0, time: 0 };
  const stops = [
    effect(() => {
      for (const [i, each] of choices.entries()) {
        each.ariaPressed = String(CHOICES[i] === wanted.value);
      }
    }),
    effect(() => {
      const first = list.shown.value[0]?.number ?? 0;
      const late = recent.value.filter(({ number }) => number > first).length;
      newer.hidden = late === 0 || !list.held.value;
      setText(newer, `${count(late)}${late === recent.value.length ? " or more" : ""} newer`);
    }),
    effect(() => {
      const none = wanted.value === "all" ? "no lookup seen yet" : "no miss seen yet";
      setText(note, known.value?.length === 0 ? `${none}: they show here as code looks up` : "");
    }),
    effect(() => {
      const number = recent.value[0]?.number ?? 0;
      const time = link.now.value;
      if (number <= told.number || time - told.time < ANNOUNCE_EVERY) return;
      if (told.time > 0) frame.announce(`${counted(number - told.number, "lookup")} since`);
      told = { number, time };
    }),
    list.dispose,
  ];
  return {
    element,
    wanted,
    dispose: stopAll(stops),
  };
}

/** Of a hit the model; of a miss why it missed, in short. */
function happened({ outcome, note, model, beside }: Lookup): string {
  if (outcome === "hit") return model;
  const why = note || (outcome === "unknown" ? "why is not known" : outcome);
  return beside ? `${why}, beside another` : why;
}

/** How long the call took, or how long a hit spared. */
function latency({ outcome, load, waiting }: Lookup): string {
  if (waiting) return "no answer yet";
  if (load === null) return "—";
  const { digits, unit } = took(load);
  return `${outcome === "hit" ? "saved " : ""}${digits} ${unit}`;
}
