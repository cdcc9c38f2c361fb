import { describe, expect, it } from "vitest";
import { laneWidth, laneX, neighbours, nodePath, segmentPath } from "../src/views/lanepath.js";
import type { Segment } from "../src/wire.gen.js";

const segment = (part: Segment["part"], top: number, bottom: number): Segment => ({
  part,
  top,
  bottom,
  dashed: false,
  path: false,
});
const none = neighbours(undefined, undefined);

describe("segments", () => {
  it("meet at the row's edges and at the node", () => {
    expect(segmentPath(segment("top", 0, 0), 2, none)).toBe("M16 0V12");
    expect(segmentPath(segment("bottom", 0, 0), 2, none)).toBe("M16 12V24");
    expect(segmentPath(segment("through", 1, 1), 2, none)).toBe("M31 0V24");
  });

  it("bend into the neighbouring row, which makes room", () => {
    const fork = { segments: [segment("top", 1, 0)] };
    const above = neighbours(undefined, fork);
    expect(segmentPath(segment("top", 1, 0), 2, none)).toMatch(/^M31 -6C.* 16 12$/);
    expect(segmentPath(segment("through", 1, 1), 2, above)).toBe("M31 0V18");
    expect(segmentPath(segment("bottom", 1, 1), 2, above)).toBe("M31 12V18");
    expect(segmentPath(segment("through", 0, 0), 2, above)).toBe("M16 0V24");
  });

  it("meet at the edge where both rows bend", () => {
    const upper = segment("bottom", 0, 1);
    const lower = segment("top", 1, 0);
    expect(segmentPath(upper, 2, neighbours(undefined, { segments: [lower] }))).toMatch(/^M16 12C.* 31 24$/);
    expect(segmentPath(lower, 2, neighbours({ segments: [upper] }, undefined))).toMatch(/^M31 0C.* 16 12$/);
  });
});

it("keeps many lanes within the column", () => {
  expect(laneWidth(1)).toBe(62);
  expect(laneX(39, 40)).toBeLessThan(laneWidth(40));
  expect(new Set(Array.from({ length: 20 }, (_, lane) => laneX(lane, 20))).size).toBe(20);
});

it("tells sources apart by shape", () => {
  const shapes = ["input", "loop", "update", "fork"].map((source) => nodePath(source, 16));
  expect(new Set(shapes.map(({ d, hollow }) => d + hollow)).size).toBe(4);
  expect(shapes[0]?.hollow).toBe(true);
  expect(nodePath("something else", 16)).toEqual(nodePath("loop", 16));
});
