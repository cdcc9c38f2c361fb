import { effect, type ReadonlySignal } from "@preact/signals-core";
import { button, div, h, hasFocus, setText, span } from "../../dom.js";
import { bytes, count, moment, plain } from "../../format.js";
import { glyph, icon, iconButton } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { visible } from "../../text.js";
import type { LogQuery, LogRow } from "../../wire.gen.js";
import { keyName, paintKey } from "../keys/rows.js";
import type { Leads, Said } from "../logging.js";
import { valuesOf } from "./logrow.js";
import { configCode, kindOf, whoLines } from "./words.js";

export interface DetailOptions {
  selected: ReadonlySignal<LogRow | null>;
  /** Moments can be travelled to, … */
  travels: ReadonlySignal<boolean>;
  /** … and this one is shown. */
  at: ReadonlySignal<number | null>;
  leads: Leads;
  said: Said;
  travel(number: number): void;
  only(wish: Partial<LogQuery>): void;
  close(): void;
}

/** The chosen change: all of it in short, who it was, and where it leads. */
export function createDetail(link: Link, options: DetailOptions): View & { focus(): void } {
  const { selected, travels, at, leads, said } = options;
  const [mark, word, facts] = [span("mark"), span(""), span("q facts")];
  const name = keyName();
  const values = valuesOf(1_000);
  const who = h("span", { class: "whos", role: "group", "aria-label": "List only" });
  const open = button({ class: "btn small" }, () => leads.open!(selected.peek()!.id!), "Open key");
  const then = button(
    { class: "btn small" },
    () => options.travel(selected.peek()!.number),
    "Show the state then",
  );
  const go = button({ class: "btn small" }, () => {
    const { checkpoint, thread } = selected.peek()!.by!;
    if (leads.checkpoint) leads.checkpoint(checkpoint!, thread!);
    else void said.copy(configCode(thread!, checkpoint!), "Config of its checkpoint", go);
  });
  go.append(...(leads.checkpoint ? ["Go to its checkpoint"] : [icon("copy"), "Its checkpoint as code"]));
  const close = iconButton("close", "Close", "Esc", options.close);
  const acts = span("tools", open, then, go);
  const element = h(
    "div",
    { class: "logdetail", role: "group", "aria-label": "Change" },
    div("line", mark, word, name, facts, span("sp"), close),
    values.element,
    div("line doing", who, span("sp"), acts),
  );
  values.element.classList.remove("ell");

  const chip = (label: string, title: string, wish: Partial<LogQuery>) =>
    button(
      { class: "btn small", title: `List only those of ${visible(title, 200)}` },
      () => options.only(wish),
      h("bdi", { class: "ell" }, visible(label, 60)),
    );
  function chips({ by, id }: LogRow): HTMLElement[] {
    const all: HTMLElement[] = [];
    if (by?.node) all.push(chip(by.node, `node ${by.node}`, { node: by.node }));
    if (by && by.step !== null) all.push(chip(`step ${by.step}`, `step ${by.step}`, { step: by.step }));
    if (by && by.cell !== null) all.push(chip(`cell [${by.cell}]`, `cell [${by.cell}]`, { cell: by.cell }));
    if (by?.thread) all.push(chip(`thread ${by.thread}`, `thread ${by.thread}`, { thread: by.thread }));
    if (id !== null) all.push(chip("this key", "this key", { key: id }));
    return all;
  }

  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    options.close();
  });

  let shown = "";
  const stops = [
    effect(() => {
      const row = selected.value;
      element.hidden = row === null;
      const now = JSON.stringify(row);
      if (!row || now === shown) return;
      shown = now;
      const [picture, text] = kindOf(row.kind);
      mark.replaceChildren(glyph(picture));
      setText(word, text);
      paintKey(
        name,
        row.key,
        "delimiters" in link.state.peek() ? (link.state.peek() as { delimiters: string }).delimiters : "",
      );
      name.title = visible(row.key, 1_000);
      setText(
        facts,
        [
          row.keys > 1 && `and ${count(row.keys - 1)} more`,
          `change ${count(row.number)}`,
          row.time !== null && moment(row.time, link.now.peek()),
          row.size !== null && plain(bytes(row.size)),
        ]
          .filter(Boolean)
          .join(" · "),
      );
      values.paint(row);
      values.element.hidden = !(row.before || row.after || row.note);
      const focused = hasFocus(who);
      who.replaceChildren(...chips(row));
      who.title = row.by ? visible(whoLines(row.by), 800).replaceAll("\\n", "\n") : "";
      if (focused) who.querySelector("button")?.focus();
    }),
    effect(() => {
      const row = selected.value;
      open.hidden = !leads.open || row === null || row.id === null;
      then.hidden = !travels.value || row === null;
      const there = row !== null && at.value === row.number;
      then.setAttribute("aria-pressed", String(there));
      go.hidden = !row?.by?.checkpoint || !row.by.thread;
    }),
  ];
  return {
    element,
    focus: () => acts.querySelector<HTMLElement>("button:not([hidden])")?.focus(),
    dispose: stopAll(stops),
  };
}
