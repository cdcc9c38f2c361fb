import { count, counted, plain, took } from "../../format.js";
import { type GlyphName, glyph } from "../../icons.js";
import type { ReportFact, ReportPart } from "../../wire.gen.js";

/** What marks each sort of thing: shape and colour are those of the other widgets. */
const GLYPHS: Readonly<Partial<Record<ReportFact["sort"], GlyphName>>> = {
  added: "inserted",
  inserted: "inserted",
  changed: "changed",
  refreshed: "changed",
  written: "changed",
  deleted: "deleted",
  hits: "hit",
  misses: "miss",
  evicted: "evict",
  interrupts: "interrupt",
  errors: "error",
  checkpoints: ["s", "M5 1.75a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5z"],
};
const PLAIN: GlyphName = ["q", "M5 3.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z"];

export const mark = (sort: ReportFact["sort"]): SVGSVGElement => glyph(GLYPHS[sort] ?? PLAIN);

/** "3 added, 14 reads"; what there is none of is left out. */
export function figures({ facts, quiet }: ReportPart): string {
  const said = facts.filter((fact) => fact.count).map((fact) => `${count(fact.count!)} ${fact.label}`);
  return quiet || said.length === 0 ? "nothing changed" : said.join(", ");
}

/** What came too fast to be looked at. */
export const lost = (n: number): string =>
  n > 0 ? `${counted(n, "change")} came too fast to be looked at: missing below` : "";

export const duration = (seconds: number): string => plain(took(seconds));

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const SAME = 14; // characters at the start of two values beyond which they are cut to where they differ
const KEPT = 8;

/** Two values, cut to where they begin to differ where that is far on. */
export function apart(before: string, after: string): [before: string, after: string] {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  if (same <= SAME || same >= Math.min(before.length, after.length)) return [before, after];
  const from = same - KEPT;
  return [`…${before.slice(from)}`, `…${after.slice(from)}`];
}
