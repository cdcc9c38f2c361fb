import { FOCUSABLE, h, setText, span } from "../../dom.js";
import { bytes, count, moment } from "../../format.js";
import { painted, paintText, visible } from "../../text.js";
import type { ReportPart, ReportRow } from "../../wire.gen.js";
import { keyName, numberCell, paintKey, paintNumber } from "../keys/rows.js";
import { apart } from "./texts.js";

const DELIMITERS = ":/";

export interface Table {
  readonly element: HTMLElement;
  paint(rows: readonly ReportRow[], now: number, label: string): void;
}

/** Rows of a section: key, before → after, size, who, when. */
export function createTable(kind: ReportPart["kind"]): Table {
  const heads = [...HEADS[kind], "Size", "Who", "At"].map((text, i) =>
    h("span", { role: "columnheader", class: `c-${NAMES[i]}${i === 2 || i === 4 ? " num" : ""}` }, text),
  );
  const body = h("div", { role: "rowgroup" });
  const element = h(
    "div",
    { class: "deeds", role: "table", tabindex: 0, ...FOCUSABLE },
    h("div", { role: "rowgroup" }, h("div", { class: "deed head", role: "row" }, ...heads)),
    body,
  );
  let marks: string[] = [];
  return {
    element,
    paint(rows, now, label) {
      element.setAttribute("aria-label", label);
      // A cache of a model's answers knows whose they are; the keys of others are no prompts.
      const names = rows.some(({ type }) => type) ? HEADS[kind] : HEADS[kind === "cache" ? "store" : kind];
      for (const [i, name] of names.entries()) setText(heads[i]!, name);
      element.classList.toggle(
        "no-value",
        rows.every((row) => !row.before && !row.after && !row.note && row.count < 2),
      );
      element.classList.toggle(
        "no-size",
        rows.every((row) => row.size === null),
      );
      element.classList.toggle(
        "no-who",
        rows.every((row) => !row.by?.text),
      );
      const next = rows.map((row) => JSON.stringify(row));
      for (const [i, row] of rows.entries()) {
        if (marks[i] === next[i]) continue;
        const made = line(row, now);
        const old = body.children[i];
        if (old) old.replaceWith(made);
        else body.append(made);
      }
      while (body.children.length > rows.length) body.lastElementChild!.remove();
      marks = next;
    },
  };
}

const HEADS = { store: ["Key", "Value"], cache: ["Prompt", "Answer"], saver: ["Checkpoint", "Ran"] } as const;
const NAMES = ["key", "value", "size", "who", "at"] as const;

function line(row: ReportRow, now: number): HTMLElement {
  const key = keyName();
  paintKey(key, row.key, DELIMITERS);
  key.title = visible(row.key, 1_000);
  const type = h("bdi", { class: "chip ell" });
  paintText(type, row.type, 60);
  type.hidden = row.type === "";
  const size = numberCell("b2");
  paintNumber(size, row.size === null ? { digits: "", unit: "" } : bytes(row.size));
  const who = h("bdi", { class: "ell" });
  paintText(who, row.by?.text ?? "", 120);
  const at = span("num q", row.time === null ? "" : moment(row.time, now));
  const cells = [
    span("c-key", key, type),
    value(row),
    span("c-size", size),
    h("span", { class: "ell s c-who", title: about(row) }, who),
    span("c-at num", at),
  ];
  for (const cell of cells) cell.setAttribute("role", "cell");
  return h("div", { class: "deed", role: "row" }, ...cells);
}

/** "before → after", and what else there is to say. */
function value({ before, after, note, count: times }: ReportRow): HTMLElement {
  const both = before !== "" && after !== "";
  const [was, is] = both ? apart(before, after) : [before, after];
  const told = [note, times > 1 && `×\u2009${count(times)}`].filter(Boolean).join(" ");
  const cell = h(
    "span",
    { class: both ? "mono c-value pair" : "ell mono c-value" },
    was && painted(both ? "bdi" : "del", both ? "q" : "q gone", was, 400),
    both && h("span", { class: "q", "aria-label": "became" }, "\u00a0→\u00a0"),
    is && painted("bdi", "", is, 400),
    told && painted("bdi", "s sans", ((was || is) && `\u00a0 ${told}`) || told, 220),
  );
  cell.title = visible([before, after].filter(Boolean).join(" → "), 1_000);
  return cell;
}

/** All that is known of who did it. */
function about({ by }: ReportRow): string {
  if (by === null) return "";
  const parts = [
    by.thread !== null && `LangGraph thread ${by.thread}`,
    by.node !== null && `node ${by.node}`,
    by.step !== null && `step ${by.step}`,
    by.task !== null && `task ${by.task}`,
    by.run !== null && `run ${by.run}`,
    by.cell !== null && `cell [${by.cell}]`,
    `Python thread ${by.os_thread}`,
  ];
  return visible(parts.filter(Boolean).join("\n"), 600);
}
