import type { ReadonlySignal } from "@preact/signals-core";
import type { EntryQuery } from "../../wire.gen.js";
import { type Column, createHeads, type Heads, type Order, type Widths as WidthsOf } from "../heads.js";

type Name = Exclude<EntryQuery["sort"], "stored">;
export type Widths = WidthsOf<Name>;

const COLUMNS: readonly Column<Name>[] = [
  { name: "prompt", label: "Prompt", least: 120 },
  { name: "model", label: "Model parameters", least: 60 },
  { name: "hits", label: "Hits", least: 36, numeric: true, descending: true },
  { name: "age", label: "Age", least: 44, numeric: true },
  { name: "used", label: "Last hit", least: 44, numeric: true, descending: true },
  { name: "load", label: "Load time", least: 44, numeric: true, descending: true },
  { name: "tokens", label: "Tokens", least: 44, numeric: true, descending: true },
  { name: "size", label: "Bytes", least: 48, numeric: true, descending: true },
];
const NATURAL: Widths = {
  prompt: 0, // what the others leave
  model: 172,
  hits: 46,
  age: 54,
  used: 56,
  load: 64,
  tokens: 52,
  size: 58,
};
/** Pixels of the prompt for which others give way, in this order; the model gets narrower first. */
const ENOUGH = 240;
const GIVING_WAY: readonly Name[] = ["load", "tokens", "age", "model", "size", "used", "hits"];
const NARROW_MODEL = 110;
const MARK = 14;
const GAP = 8;
const PADDING = 20;

/** Which columns a width has room for, and how wide each is (pixels); 0 is left out. The one sorted by stays. */
export function widthsOf(width: number, wished: Partial<Widths>, sorted: string): Widths {
  const widths: Record<Name, number> = { ...NATURAL };
  for (const { name, least } of COLUMNS) {
    if (name !== "prompt") widths[name] = Math.max(least, wished[name] ?? NATURAL[name]);
  }
  const left = () => {
    const others = Object.values(widths).filter((size) => size > 0);
    return others.reduce((rest, size) => rest - size - GAP, width - PADDING - MARK - GAP);
  };
  for (const name of GIVING_WAY) {
    const lacking = ENOUGH - left();
    if (lacking <= 0) break;
    if (name === "model" && widths.model - lacking >= NARROW_MODEL) widths.model -= lacking;
    else if (name !== sorted) widths[name] = 0;
  }
  widths.prompt = Math.max(COLUMNS[0]!.least, left());
  return widths;
}

/** Heads that sort and can be resized. */
export function createEntryColumns(
  query: ReadonlySignal<EntryQuery>,
  sort: (order: Order<Name>) => void,
): Heads {
  return createHeads({
    columns: COLUMNS,
    order: query,
    sort,
    widthsOf: (width, wished) => widthsOf(width, wished, query.value.sort),
    takesRest: () => "prompt",
    mark: MARK,
  });
}
