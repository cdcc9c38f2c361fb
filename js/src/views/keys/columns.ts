import type { ReadonlySignal } from "@preact/signals-core";
import type { KeyQuery } from "../../wire.gen.js";
import { type Column, createHeads, type Heads, type Order, type Widths as WidthsOf } from "../heads.js";

type Name = Exclude<KeyQuery["sort"], "stored">;
export type Widths = WidthsOf<Name>;

const COLUMNS: readonly Column<Name>[] = [
  { name: "key", label: "Key", least: 88 },
  { name: "type", label: "Type", least: 40 },
  { name: "size", label: "Size", least: 48, numeric: true },
  { name: "changed", label: "Changed", least: 48, numeric: true },
  { name: "preview", label: "Preview", least: 120 },
];
const LEAST = Object.fromEntries(COLUMNS.map(({ name, least }) => [name, least])) as Widths;
const NATURAL: Partial<Widths> = { type: 68, size: 62, changed: 70 };
const KEY_BESIDE_TYPE = 172;
const MOST_OF_KEY = 420;
const MARK = 14;
const GAP = 8;
const PADDING = 20;

/** Which columns a width has room for, and how wide each is (pixels); 0 is left out. */
export function widthsOf(width: number, wished: Partial<Widths>): Widths {
  const sized = (name: Name) => Math.max(LEAST[name], wished[name] ?? NATURAL[name] ?? 0);
  let names = COLUMNS.map(({ name }) => name);
  for (const unwanted of ["preview", "type"] as const) {
    const fixed = names.filter((name) => name !== "key" && name !== "preview").map(sized);
    const least = KEY_BESIDE_TYPE + (names.includes("preview") ? LEAST.preview : 0);
    if (room(width, fixed, names.length) >= least) break;
    names = names.filter((name) => name !== unwanted);
  }
  const widths: Record<Name, number> = { key: 0, type: 0, size: 0, changed: 0, preview: 0 };
  for (const name of names) widths[name] = sized(name);
  const left = room(width, [widths.type, widths.size, widths.changed], names.length);
  if (names.includes("preview")) {
    const natural = Math.min(MOST_OF_KEY, 0.46 * left);
    widths.key = Math.round(Math.min(left - LEAST.preview, Math.max(LEAST.key, wished.key ?? natural)));
    widths.preview = left - widths.key;
  } else {
    widths.key = Math.max(LEAST.key, left);
  }
  return widths;
}

function room(width: number, taken: readonly number[], columns: number): number {
  return width - PADDING - MARK - columns * GAP - taken.reduce((sum, each) => sum + each, 0);
}

/** Heads that sort and can be resized. */
export function createColumns(query: ReadonlySignal<KeyQuery>, sort: (order: Order<Name>) => void): Heads {
  return createHeads({
    columns: COLUMNS,
    order: query,
    sort,
    widthsOf,
    takesRest: ({ preview }) => (preview > 0 ? "preview" : "key"),
    mark: MARK,
  });
}
