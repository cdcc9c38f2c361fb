import { describe, expect, it } from "vitest";
import { cycle } from "../src/views/heads.js";
import { widthsOf } from "../src/views/keys/columns.js";
import { keyState } from "./fixtures.js";

describe("columns", () => {
  it.each([280, 320, 420, 513, 640, 900, 1_200, 1_600])("fill a grid of %d px and no more", (width) => {
    const widths = widthsOf(width, {});
    const shown = Object.values(widths).filter((each) => each > 0);
    const taken = shown.reduce((sum, each) => sum + each, 20 + 14 + 8 * shown.length);
    expect(taken).toBe(width);
    expect(widths.size && widths.changed && widths.key).toBeGreaterThan(0);
  });

  it("leave out the preview first, then the type", () => {
    const shown = (width: number) =>
      Object.entries(widthsOf(width, {})).flatMap(([name, size]) => (size > 0 ? [name] : []));
    expect(shown(900)).toEqual(["key", "type", "size", "changed", "preview"]);
    expect(shown(513)).toEqual(["key", "type", "size", "changed"]);
    expect(shown(404)).toEqual(["key", "size", "changed"]);
  });

  it("give most of what is left to the preview", () => {
    const { key, preview } = widthsOf(1_200, {});
    expect(preview).toBeGreaterThan(key);
  });

  it("are as wide as was wished, within reason", () => {
    expect(widthsOf(900, { size: 100 }).size).toBe(100);
    expect(widthsOf(900, { size: 1 }).size).toBe(48);
    const { key, preview } = widthsOf(900, { key: 5_000 });
    expect([preview, key < 900]).toEqual([120, true]);
  });
});

it("a head cycles through up, down and as stored", () => {
  let query = keyState().query;
  const orders = [1, 2, 3, 4].map(() => {
    query = { ...query, ...cycle(query, { name: "size" }) };
    return [query.sort, query.descending];
  });
  expect(orders).toEqual([
    ["size", false],
    ["size", true],
    ["stored", false],
    ["size", false],
  ]);
  expect(cycle({ ...query, sort: "key", descending: true }, { name: "size" })).toEqual({
    sort: "size",
    descending: false,
  });
});
