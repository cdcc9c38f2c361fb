import { describe, expect, it } from "vitest";
import { barSeconds, bars, niceMax, recentRate } from "../src/history.js";
import { Rate } from "../src/rates.js";
import type { History } from "../src/wire.gen.js";

const history = (hits: number[], end: number): History => ({
  interval: 1,
  end,
  hits,
  misses: hits.map(() => 1),
  evictions: hits.map(() => 0),
});

describe("bars", () => {
  it("give counts per second, aligned so that they move and are not recut", () => {
    const counts = Array.from({ length: 20 }, (_, i) => i);
    const at = (now: number) => bars(history(counts, 100.25), now, 12, 3);
    const [one, two] = [at(99.3), at(103.3)];
    expect(one).toHaveLength(4);
    const shared = one.filter((bar) => two.some(({ id }) => id === bar.id)).slice(0, -1);
    expect(shared.length).toBeGreaterThan(1);
    for (const bar of shared) expect(two.find(({ id }) => id === bar.id)).toEqual(bar);
  });

  it("lose no count", () => {
    const counts = Array.from({ length: 60 }, () => 2);
    for (const end of [600, 600.5, 601.5, 602.99]) {
      const total = bars(history(counts, end), end - 0.01, 30, 1).reduce((sum, bar) => sum + bar.hits, 0);
      expect(total).toBe(60);
    }
  });

  it("are empty for time after the last bucket and before the first", () => {
    const found = bars(history([5, 5], 100), 110.5, 20, 1);
    expect(found.map((bar) => bar.hits)).toEqual([...Array(7).fill(0), 5, 5, ...Array(11).fill(0)]);
  });

  it("average the last over the time it has had", () => {
    expect(bars(history([30, 30], 98), 98, 6, 6).at(-1)?.hits).toBe(30);
  });
});

it("makes bars wide enough to see", () => {
  expect(barSeconds(300, 860, 7)).toBe(3);
  expect(barSeconds(300, 360, 7)).toBe(6);
  expect(barSeconds(60, 860, 7)).toBe(1);
  expect(barSeconds(2_520.4, 420, 7, 8)).toBe(48); // all of 42 minutes, kept in buckets of 8 s
  expect(barSeconds(12.3, 860, 7, 1)).toBe(1);
});

it("shows all there is of a time that bars do not divide", () => {
  const counts = Array.from({ length: 20 }, () => 3);
  for (const now of [96.1, 97, 99.9]) {
    const found = bars({ ...history(counts, 100), interval: 4 }, now, now - 20, 12);
    const amounts = found.map(({ hits, time }) => hits * Math.min(12, Math.max(2, now - time)));
    expect(amounts.reduce((sum, amount) => sum + amount)).toBeCloseTo(60);
  }
});

it.each([
  [0, 1],
  [0.3, 0.4],
  [1, 1],
  [52, 60],
  [101, 200],
  [601, 1000],
])("scale for %d reaches to %d", (value, expected) => expect(niceMax(value)).toBeCloseTo(expected));

it("takes the pace from whole buckets", () => {
  const h = history([0, 3, 6, 9, 1], 105);
  expect(recentRate(h, h.hits, 104.5)).toBe(6);
  expect(recentRate(h, h.hits, 106.5)).toBe(10 / 3); // two more buckets have begun, empty as far as we know
  expect(recentRate(h, h.hits, 200)).toBe(0);
});

describe("Rate", () => {
  it("is the rise over the last seconds, and falls to nothing", () => {
    const pace = new Rate(3);
    for (let t = 0; t <= 10; t++) pace.add(t, t * 240);
    expect(pace.at(10)).toBe(240);
    expect(pace.at(14)).toBe(0);
  });

  it("starts anew when the total falls", () => {
    const pace = new Rate(3);
    pace.add(0, 1_000);
    pace.add(1, 5);
    pace.add(2, 15);
    expect(pace.at(2)).toBe(10);
  });
});
