import { effect } from "@preact/signals-core";
import { button, h, setText } from "../../dom.js";
import { compact, count, counted, duration, moment, money, took } from "../../format.js";
import { unseen } from "../../history.js";
import type { Link } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText } from "../../text.js";
import type { CacheState, Saved } from "../../wire.gen.js";
import { createPopover } from "../popover.js";
import { whyUnknown } from "../unknown.js";

/** "1 h 12 min", "1.84 s". */
export function spell(seconds: number): string {
  if (seconds === 0 || seconds >= 99.95) return duration(seconds);
  return Object.values(took(seconds)).join(" ");
}

export interface SavedText {
  /** "at least" where something is not known of some of the hits. */
  most: string;
  first: string;
  rest: string;
}

/**
 * What hits spared, in short; what is known of none of them is said to be unknown, not 0. Of `missing` hits
 * nothing is known: they came before watching began, or too fast.
 */
export function savedText(saved: Saved, hits: number, missing: number): SavedText {
  const { seconds, input_tokens, output_tokens } = saved;
  const seconds_unknown = saved.seconds_unknown + missing;
  const tokens_unknown = saved.tokens_unknown + missing;
  const money_unknown = saved.money_unknown + missing;
  if (hits === 0) return { most: "", first: "nothing yet", rest: "" };
  const tokens = input_tokens + output_tokens;
  const parts = [
    {
      known: seconds > 0 || seconds_unknown === 0,
      some: seconds_unknown > 0,
      text: spell(seconds),
      name: "time",
    },
    {
      known: tokens > 0 || tokens_unknown === 0,
      some: tokens_unknown > 0,
      text: `${compact(tokens)} tokens`,
      name: "tokens",
    },
    ...(saved.money === null
      ? []
      : [
          {
            known: saved.money > 0 || money_unknown === 0,
            some: money_unknown > 0,
            text: money(saved.money, saved.currency),
            name: "money",
          },
        ]),
  ];
  const known = parts.filter((part) => part.known);
  const not = parts.filter((part) => !part.known).map(({ name }) => name);
  const said = [
    ...known.map(({ text }) => text),
    ...(not.length > 0 ? [`${not.join(" and ")} unknown`] : []),
  ];
  return {
    most: known.some(({ some }) => some) ? "at least" : "",
    first: said[0]!,
    rest: said.slice(1).join(" · "),
  };
}

type Line = [name: string, figure: string, note: string];

/** All of it: each figure with what is not in it. */
export function savedLines(saved: Saved): Line[] {
  const line = (name: string, amount: number, text: string, unknown: number, what: string): Line => {
    if (unknown === 0) return [name, text, ""];
    return [name, amount > 0 ? text : "unknown", `${counted(unknown, "hit")} ${what} not in it`];
  };
  const { seconds, input_tokens: asked, output_tokens: answered, tokens_unknown, currency } = saved;
  const usage = [tokens_unknown, "without usage_metadata"] as const;
  return [
    line("Time", seconds, spell(seconds), saved.seconds_unknown, "of unknown load time"),
    line("Input tokens", asked, count(asked), ...usage),
    line("Output tokens", answered, count(answered), ...usage),
    saved.money === null
      ? ["Money", "no prices given", "for a million tokens: inspect(cache, prices={model: (input, output)})"]
      : line(
          "Money",
          saved.money,
          money(saved.money, currency),
          saved.money_unknown,
          "without tokens or price",
        ),
  ];
}

/** The hero's cell, which opens to all that is known. */
export function savedCell(
  link: Link<CacheState>,
  hits: () => number,
): { element: HTMLElement; box: HTMLElement; dispose(): void } {
  const label = h("span");
  const first = h("span");
  const rest = h("small", { class: "rest" });
  const anchor = button(
    { class: "btn link", "aria-haspopup": "dialog", title: "What was saved" },
    () => {},
    label,
  );
  const heading = h("h3");
  const table = h("dl", { class: "figures" });
  const box = h(
    "div",
    { class: "box saved", role: "dialog", "aria-label": "What was saved" },
    heading,
    table,
  );
  createPopover(anchor, box);
  const lines = [0, 1, 2, 3].map(() => {
    const cells = [h("dt"), h("dd", { class: "num" }), h("dd", { class: "q" })] as const;
    table.append(...cells);
    return cells;
  });
  const stops = [
    effect(() => {
      const { saved, mark, hits: total, all, missed_events } = link.state.value;
      const missing = missed_events + (mark ? 0 : unseen(total, all.hits));
      const why = whyUnknown(link.state.value, "saved");
      const {
        most,
        first: main,
        rest: others,
      } = why ? { most: "", first: "unknown", rest: why } : savedText(saved, hits(), missing);
      setText(label, most ? `Saved, ${most}` : "Saved");
      paintText(first, main);
      first.classList.toggle("q", !!why);
      paintText(rest, others);
    }),
    effect(() => {
      const { saved, mark, since, now } = link.state.value;
      const from = mark ? `since ${moment(mark.time, now)}` : `since watching began, ${moment(since, now)}`;
      setText(heading, `Saved by hits ${from}`);
      for (const [i, line] of savedLines(saved).entries()) {
        for (const [j, text] of line.entries()) paintText(lines[i]![j]!, text);
      }
    }),
  ];
  return {
    box,
    element: h("div", {}, h("dt", {}, anchor), h("dd", {}, first, " ", rest)),
    dispose: stopAll(stops),
  };
}
