import { expect, it } from "vitest";
import { applyPatch } from "../src/patch.js";
import type { Patch } from "../src/wire.gen.js";
import { keyState, keyRow as row } from "./fixtures.js";

const state = keyState();
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
  const next = applyPatch(
    state,
    patch({ set: { now: 11, changes: 5 }, rows: { "1": row(1, { preview: "new" }) } }),
  );
  expect(next).toEqual({ ...state, seq: 4, now: 11, changes: 5, rows: [row(0), row(1, { preview: "new" })] });
  expect(state).toEqual(before);
  expect(next.rows[0]).toBe(state.rows[0]); // unchanged rows are not drawn again
});

it("replaces rows first, then single ones among them", () => {
  const next = applyPatch(
    state,
    patch({ set: { start: 7, rows: [row(7)] }, rows: { "0": row(7, { preview: "x" }) } }),
  );
  expect([next.start, next.rows]).toEqual([7, [row(7, { preview: "x" })]]);
});

it("never leaves a hole", () => {
  expect(applyPatch(state, patch({ rows: { "9": row(9) } })).rows).toHaveLength(2);
});
