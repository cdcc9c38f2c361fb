import { expect, it } from "vitest";
import { applyPatch } from "../src/patch.js";
import type { KeyRow, KeyTableState, Patch } from "../src/wire.gen.js";

const row = (id: number, preview = ""): KeyRow => ({
  id,
  key: `k${id}`,
  type: "str",
  size: 1,
  exact: true,
  preview,
  changed: null,
  change: null,
});
const state: KeyTableState = {
  seq: 3,
  now: 10,
  title: { type: "InMemoryStore", name: null, gone: false },
  size: 2,
  start: 0,
  rows: [row(0), row(1)],
  changes: 0,
};
const patch = (parts: Partial<Patch>): Patch => ({
  kind: "patch",
  view: "v",
  prev: 3,
  seq: 4,
  set: {},
  rows: {},
  ...parts,
});

it("replaces fields and single rows, and leaves the old state alone", () => {
  const before = structuredClone(state);
  const next = applyPatch(state, patch({ set: { now: 11, changes: 5 }, rows: { "1": row(1, "new") } }));
  expect(next).toEqual({ ...state, seq: 4, now: 11, changes: 5, rows: [row(0), row(1, "new")] });
  expect(state).toEqual(before);
  expect(next.rows[0]).toBe(state.rows[0]); // unchanged rows are not drawn again
});

it("replaces rows first, then single ones among them", () => {
  const next = applyPatch(state, patch({ set: { start: 7, rows: [row(7)] }, rows: { "0": row(7, "x") } }));
  expect([next.start, next.rows]).toEqual([7, [row(7, "x")]]);
});

it("never leaves a hole", () => {
  expect(applyPatch(state, patch({ rows: { "9": row(9) } })).rows).toHaveLength(2);
});
