import { describe, expect, it } from "vitest";
import { type Held, hold, type Moment, STAY } from "../src/views/hold.js";
import type { KeyRow } from "../src/wire.gen.js";
import { keyRow } from "./fixtures.js";

const listed = (ids: readonly number[], preview = "", basis = "b") => ({
  start: 0,
  size: ids.length,
  rows: ids.map((id) => keyRow(id, { preview })),
  basis,
});
const shown = (ids: readonly number[]): Held<KeyRow> => ({ ...listed(ids), gone: new Map(), held: false });
const ids = (held: { rows: readonly KeyRow[] }) => held.rows.map((row) => row.id);
const moment = (parts: Partial<Moment<KeyRow>> = {}): Moment<KeyRow> => ({
  now: 100,
  seen: { first: 0, end: 1_000 },
  removed: new Set(),
  mark: (row) => ({ ...row, change: "deleted" }),
  frozen: false,
  ...parts,
});

describe("a deleted row in view", () => {
  const first = hold(shown([1, 2, 3, 4]), listed([1, 3, 4]), moment({ removed: new Set([2]) }));

  it("stays in its place, marked", () => {
    expect(ids(first)).toEqual([1, 2, 3, 4]);
    expect(first.rows[1]?.change).toBe("deleted");
    expect(first.size).toBe(4);
  });

  it("leaves when its time is over, and not before", () => {
    const early = hold(first, listed([1, 3, 4]), moment({ now: 100 + STAY - 0.1 }));
    expect(ids(early)).toEqual([1, 2, 3, 4]);
    const late = hold(early, listed([1, 3, 4]), moment({ now: 100 + STAY }));
    expect([ids(late), late.size]).toEqual([[1, 3, 4], 3]);
  });

  it("is a living one again when it is written again", () => {
    const back = hold(first, listed([1, 3, 4, 2]), moment({ now: 101 }));
    expect(ids(back)).toEqual([1, 3, 4, 2]);
    expect(back.rows.every((row) => row.change === null)).toBe(true);
  });

  it("goes at once out of view, and where it only moved away", () => {
    const seen = { first: 0, end: 2 };
    expect(ids(hold(shown([1, 2, 3]), listed([1, 2]), moment({ seen, removed: new Set([3]) })))).toEqual([
      1, 2,
    ]);
    expect(ids(hold(shown([1, 2, 3]), listed([1, 3]), moment()))).toEqual([1, 3]);
  });

  it("may be the first, the last, or all", () => {
    const deleted = new Set([1, 3]);
    expect(ids(hold(shown([1, 2, 3]), listed([2]), moment({ removed: deleted })))).toEqual([1, 2, 3]);
    expect(ids(hold(shown([1, 3]), listed([]), moment({ removed: deleted })))).toEqual([1, 3]);
  });
});

describe("while frozen", () => {
  it("rows keep their places and take what is new in them", () => {
    const held = hold(shown([1, 2, 3]), listed([3, 1, 2], "new"), moment({ frozen: true }));
    expect(ids(held)).toEqual([1, 2, 3]);
    expect(held.rows.every((row) => row.preview === "new")).toBe(true);
    expect(held.held).toBe(true);
  });

  it("the same order is not held", () => {
    expect(hold(shown([1, 2]), listed([1, 2], "new"), moment({ frozen: true })).held).toBe(false);
  });

  it("another list is another list", () => {
    const next = listed([9, 1], "", "other");
    expect(ids(hold(shown([1, 2]), next, moment({ frozen: true })))).toEqual([9, 1]);
  });
});

it("without deleted rows, and not frozen, the rows are the kernel's own", () => {
  const next = listed([4, 5]);
  expect(hold(shown([1, 2]), next, moment()).rows).toBe(next.rows);
});

/** A small generator with a seed: failures repeat. */
function random(seed: number): (below: number) => number {
  let x = seed * 2_654_435_761 + 1;
  return (below) => {
    x = (x ^ (x << 13)) | 0;
    x ^= x >>> 17;
    x = (x ^ (x << 5)) | 0;
    return (x >>> 0) % below;
  };
}

it.each(Array.from({ length: 60 }, (_, seed) => seed))("whatever happens, seed %d", (seed) => {
  const pick = random(seed);
  let kernel = Array.from({ length: 1 + pick(12) }, (_, id) => id);
  let next = 100;
  let now = 0;
  let screen = shown(kernel);
  const deleted: number[] = [];
  for (let step = 0; step < 30; step++) {
    const before = screen;
    now += pick(3) / 2;
    for (let n = pick(4); n > 0; n--) {
      const at = pick(kernel.length + 1);
      const what = pick(3);
      if (what === 0) kernel.splice(at, 0, next++);
      else if (what === 1) deleted.push(...kernel.splice(at, 1));
      else kernel.push(...kernel.splice(at, 1));
    }
    const frozen = pick(2) === 0;
    const list = listed(kernel, String(step));
    screen = hold(screen, list, moment({ now, frozen, removed: new Set(deleted) }));

    const living = screen.rows.filter((row) => !screen.gone.has(row.id));
    expect(new Set(ids(screen)).size).toBe(screen.rows.length); // nobody twice
    expect(screen.size).toBe(kernel.length + screen.gone.size);
    expect(screen.rows.length).toBe(screen.size);
    for (const row of screen.rows) {
      expect(row.change === "deleted").toBe(screen.gone.has(row.id)); // marked where gone, and only there
      if (kernel.includes(row.id)) expect(row.preview).toBe(String(step)); // never old where there is new
    }
    for (const until of screen.gone.values()) expect(until).toBeGreaterThan(now);
    const order = (rows: readonly number[]) => rows.filter((id) => ids(screen).includes(id));
    if (frozen) {
      // Whoever was shown and still is stands in the same order.
      const still = ids(before).filter((id) => ids(screen).includes(id));
      expect(ids(screen).filter((id) => ids(before).includes(id))).toEqual(still);
      expect(screen.held).toBe(JSON.stringify(living.map((row) => row.id)) !== JSON.stringify(kernel));
    } else {
      expect(living.map((row) => row.id)).toEqual(order(kernel));
      expect(living).toHaveLength(kernel.length);
      expect(screen.held).toBe(false);
    }
  }
  kernel = [...kernel].reverse();
  const end = hold(screen, listed(kernel), moment({ now: now + STAY, removed: new Set(deleted) }));
  expect(ids(end)).toEqual(kernel); // in the end the screen is the kernel's list
});
