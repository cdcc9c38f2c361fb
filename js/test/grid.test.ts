import { describe, expect, it } from "vitest";
import { covers, MAX_HEIGHT, Scale } from "../src/views/gridmath.js";

const scale = (size: number) => new Scale(24, size, 336);

describe("a list that fits", () => {
  it("scrolls pixel by pixel", () => {
    const list = scale(1_000);
    expect(list.spacer).toBe(24_000);
    list.scrolledTo(1_234);
    expect([list.top, list.offset]).toEqual([1_234, 0]);
    expect(list.visible()).toEqual({ first: 51, end: 66 });
  });

  it("is all in view when short, and empty when empty", () => {
    expect(scale(3).around(4)).toEqual({ first: 0, end: 3 });
    expect(scale(0).around(4)).toEqual({ first: 0, end: 0 });
    expect(scale(0).moveTo(100)).toBe(0);
  });
});

describe("ten million rows", () => {
  const size = 10_000_000;

  it("never asks for more height than a browser has", () => {
    expect(scale(size).spacer).toBe(MAX_HEIGHT);
  });

  it("reaches the last row from the end of the scroll bar", () => {
    const list = scale(size);
    list.scrolledTo(MAX_HEIGHT - 336);
    expect(list.visible().end).toBe(size);
    list.scrolledTo(0);
    expect(list.visible().first).toBe(0);
  });

  it("skips no row under the wheel", () => {
    const list = scale(size);
    list.moveTo(size * 12);
    const before = list.top;
    list.scrolledTo(Math.round(list.scrollTop) + 100);
    expect(list.top - before).toBe(100);
  });

  it("goes by proportion when the scroll bar is dragged", () => {
    const list = scale(size);
    list.scrolledTo((MAX_HEIGHT - 336) / 2);
    expect(list.visible().first / size).toBeCloseTo(0.5, 4);
  });

  it.each([0, 1, 333_333, 9_999_999])("puts row %d in view where it belongs", (index) => {
    const list = scale(size);
    const scrollTop = list.moveTo(list.revealing(index));
    const { first, end } = list.visible();
    expect(first <= index && index < end).toBe(true);
    const y = index * 24 + list.offset - scrollTop;
    expect(y).toBeGreaterThanOrEqual(-1);
    expect(y).toBeLessThanOrEqual(336 - 24 + 1);
  });
});

it("moves no further than it must to reveal a row", () => {
  const list = scale(100);
  expect(list.revealing(5)).toBe(0);
  expect(list.revealing(14)).toBe(24);
  list.moveTo(240);
  expect(list.revealing(9)).toBe(216);
});

it("knows what is covered", () => {
  expect(covers({ first: 0, end: 10 }, { first: 2, end: 10 })).toBe(true);
  expect(covers({ first: 0, end: 10 }, { first: 2, end: 11 })).toBe(false);
  expect(covers({ first: 0, end: 0 }, { first: 5, end: 5 })).toBe(true);
});
