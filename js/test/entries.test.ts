import { describe, expect, it } from "vitest";
import { widthsOf } from "../src/views/cache/entrycolumns.js";

const shown = (width: number, sorted = "stored", wished = {}) =>
  Object.entries(widthsOf(width, wished, sorted)).flatMap(([name, size]) => (size > 0 ? [name] : []));

describe("columns of entries", () => {
  it.each([320, 420, 513, 594, 640, 700, 780, 900, 1_200, 1_600])("fill a grid of %d px", (width) => {
    const sizes = Object.values(widthsOf(width, {}, "stored")).filter((size) => size > 0);
    expect(sizes.reduce((sum, size) => sum + size + 8, 20 + 14)).toBe(width);
  });

  it("give way to the prompt, the figures of one load first", () => {
    expect(shown(900)).toEqual(["prompt", "model", "hits", "age", "used", "load", "tokens", "size"]);
    expect(shown(720)).toEqual(["prompt", "model", "hits", "age", "used", "size"]);
    expect(shown(594)).toEqual(["prompt", "model", "hits", "used", "size"]);
    expect(shown(418)).toEqual(["prompt", "hits", "used"]);
  });

  it("keep the one that is sorted by", () => {
    expect(shown(418, "tokens")).toContain("tokens");
    expect(shown(418, "model")).toContain("model");
  });

  it("make the model's narrower before it goes", () => {
    const { model, prompt } = widthsOf(594, {}, "stored");
    expect(model).toBeLessThan(172);
    expect(prompt).toBe(240);
  });

  it("are as wide as was wished", () => {
    expect(widthsOf(1_200, { hits: 90, size: 1 }, "stored")).toMatchObject({ hits: 90, size: 48 });
  });
});
