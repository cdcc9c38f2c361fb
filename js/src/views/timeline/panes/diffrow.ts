import { div, h, span } from "../../../dom.js";
import { count, counted } from "../../../format.js";
import { painted } from "../../../text.js";
import type { Diff, DiffRow, Maker, Part } from "../../../wire.gen.js";
import { makerPart } from "./maker.js";

const SIGNS = { same: "", fold: "", add: "+", del: "\u2212", mod: "~", move: "\u21c5" } as const;
const SAID = { same: "", fold: "", add: "added", del: "removed", mod: "changed", move: "moved" } as const;
const LONG = 2_000; // characters of a value

/** A line of the diff, with who made the change unless the line above said so already. */
export function diffRow(row: DiffRow, diff: Diff, tells: boolean, choose: (at: string) => void): HTMLElement {
  const { op, depth, label, path } = row;
  const sign = span("sg", SIGNS[op], SAID[op] && span("sr", `${SAID[op]} `));
  const text = h("div", { class: "dt", style: `--depth:${Math.min(depth, 12)}`, title: path || null });
  if (op === "fold") text.append(label ? painted("bdi", "", label, 200) : `${count(row.count)} unchanged`);
  else
    for (const [i, part] of [painted("bdi", "lb", label, 200), ...values(row)].entries()) {
      text.append(i > 0 ? "  " : "", part);
    }
  const by = makerPart(choose);
  by.paint(tells ? row.by : null, op === "del" ? (diff.before?.key ?? "") : diff.after.key);
  return div(`dl ${op}${depth === 0 ? " top" : ""}`, sign, text, by.element);
}

function values({ op, before, after, parts, moved, count: items }: DiffRow): Node[] {
  const told: Node[] = [];
  if (moved) told.push(span("q", `${count(moved[0] as number)} \u2192 ${count(moved[1] as number)}`));
  if (parts.length > 0) told.push(span("parts", ...parts.map(piece)));
  else if (op === "mod") {
    const [from, to] = [value("del", before ?? ""), value("ins", after ?? "")];
    told.push(h("span", {}, from, span("q", " \u2192 "), to));
  } else {
    const shown = op === "del" ? before : after;
    if (shown !== null) told.push(value("span", shown));
  }
  if (told.length === 0 && items > 0) told.push(span("q", counted(items, "item")));
  return told;
}

const value = (tag: "del" | "ins" | "span", text: string) => painted(tag, "", blank(text), LONG);

function piece({ op, text }: Part): HTMLElement {
  return painted(
    op === "same" ? "span" : op === "removed" ? "del" : "ins",
    "",
    op === "same" ? text : blank(text),
    LONG,
  );
}

/** What is nothing but white space would look like nothing. */
const blank = (text: string) => (text.trim() === "" ? text.replaceAll(" ", "\u2423") : text);

/** The rows that say who made the change: those below one of the same maker do not repeat it. */
export function heads(rows: readonly DiffRow[]): Set<number> {
  const told = new Set<number>();
  const above: { depth: number; by: string }[] = [];
  for (const [i, { depth, by }] of rows.entries()) {
    while (above.length > 0 && above.at(-1)!.depth >= depth) above.pop();
    const who = by ? makerId(by) : "";
    if (by && above.at(-1)?.by !== who) told.add(i);
    above.push({ depth, by: who || (above.at(-1)?.by ?? "") });
  }
  return told;
}

const makerId = ({ key, task, nodes }: Maker) => JSON.stringify([key, task, nodes]);
