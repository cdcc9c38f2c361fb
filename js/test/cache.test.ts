import { describe, expect, it } from "vitest";
import type { Bar } from "../src/history.js";
import { ratesNow } from "../src/views/cache/pace.js";
import { savedLines, savedText } from "../src/views/cache/saved.js";
import { countsOf } from "../src/views/cache/since.js";
import { inPlace } from "../src/views/cache/unfolding.js";
import { causes } from "../src/views/cache/why.js";
import { BASE, RATIO, shapes, TOP } from "../src/views/chartshapes.js";
import type { CacheState, Saved, Why } from "../src/wire.gen.js";

const saved = (parts: Partial<Saved> = {}): Saved => ({
  seconds: 4_341,
  seconds_unknown: 0,
  input_tokens: 371_904,
  output_tokens: 40_210,
  tokens_unknown: 0,
  money: null,
  money_unknown: 0,
  currency: "$",
  ...parts,
});

describe("what was saved", () => {
  it("is time, tokens, and money where there are prices", () => {
    expect(savedText(saved(), 5, 0)).toEqual({ most: "", first: "1 h 12 min", rest: "412k tokens" });
    expect(savedText(saved({ money: 1.417 }), 5, 0).rest).toBe("412k tokens · $1.42");
  });

  it.each(["seconds_unknown", "tokens_unknown"] as const)("is at least that with some %s", (name) => {
    const some = savedText(saved({ [name]: 3 }), 5, 0);
    expect(some.most).toBe("at least");
    expect(some.first).toBe("1 h 12 min");
    expect(some.rest).not.toContain("unknown");
  });

  it("is not at least that for prices nobody asked about", () => {
    expect(savedText(saved({ money_unknown: 3 }), 5, 0).most).toBe("");
    expect(savedText(saved({ money: 2, money_unknown: 3 }), 5, 0).most).toBe("at least");
  });

  it("is unknown, not 0, where nothing is known of any hit", () => {
    const none = { seconds: 0, seconds_unknown: 5, input_tokens: 0, output_tokens: 0, tokens_unknown: 5 };
    expect(savedText(saved(none), 5, 0)).toEqual({ most: "", first: "time and tokens unknown", rest: "" });
    const money = { ...none, money: 0, money_unknown: 5 };
    expect(savedText(saved(money), 5, 0).first).toBe("time and tokens and money unknown");
    expect(savedText(saved({ tokens_unknown: 5, input_tokens: 0, output_tokens: 0 }), 5, 0)).toEqual({
      most: "",
      first: "1 h 12 min",
      rest: "tokens unknown",
    });
    for (const [, figure] of savedLines(saved(money))) expect(figure).toBe("unknown");
  });

  it("is at least what is known, or unknown, where hits came before watching", () => {
    const none = { seconds: 0, input_tokens: 0, output_tokens: 0 };
    expect(savedText(saved(none), 28, 28).first).toBe("time and tokens unknown");
    expect(savedText(saved(), 60, 28)).toMatchObject({ most: "at least", first: "1 h 12 min" });
  });

  it("is 0 where that is known, and nothing yet before the first hit", () => {
    const zero = { seconds: 0, input_tokens: 0, output_tokens: 0 };
    expect(savedText(saved(zero), 2, 0)).toEqual({ most: "", first: "0 s", rest: "0 tokens" });
    expect(savedText(saved(zero), 0, 0).first).toBe("nothing yet");
  });

  it("says of each figure what is not in it", () => {
    const lines = savedLines(saved({ seconds_unknown: 1, tokens_unknown: 1_204 }));
    expect(lines.map(([, , note]) => note).slice(0, 3)).toEqual([
      "1 hit of unknown load time not in it",
      "1,204 hits without usage_metadata not in it",
      "1,204 hits without usage_metadata not in it",
    ]);
    expect(lines[3]![1]).toBe("no prices given");
  });
});

describe("causes", () => {
  const why = (parts: Partial<Why> = {}): Why => ({
    cold: 60,
    evicted: 30,
    cleared: 10,
    unknown: 0,
    examined: 60,
    near: 15,
    progress: null,
    patterns: [],
    ...parts,
  });
  const shares = (some: Why) => causes(some).map(({ name, share, about }) => [name, share, about]);

  it("are shares of all misses; near ones are cold ones of their own", () =>
    expect(shares(why())).toEqual([
      ["cold", 0.45, false],
      ["evicted", 0.3, false],
      ["near", 0.15, false],
      ["cleared", 0.1, false],
    ]));

  it("are about right where only some cold misses were examined", () =>
    expect(shares(why({ examined: 20, near: 10, unknown: 100, cleared: 0, evicted: 0 }))).toEqual([
      ["cold", 30 / 160, true],
      ["near", 30 / 160, true],
      ["unknown", 100 / 160, false],
    ]));

  it("are none without misses, and no near ones before any was examined", () => {
    expect(causes(why({ cold: 0, evicted: 0, cleared: 0 }))).toEqual([]);
    expect(shares(why({ examined: 0, near: 0 }))[0]).toEqual(["cold", 0.6, false]);
  });
});

it("counts since the mark", () => {
  const counts = { hits: 9, misses: 8, inserts: 7, refreshes: 6, evictions: 5, clears: 4 };
  const mark = { hits: 4, misses: 4, inserts: 4, refreshes: 4, evictions: 4, clears: 4, time: 1 };
  expect(countsOf({ ...counts, mark: null } as CacheState)).toEqual(counts);
  const since = { hits: 5, misses: 4, inserts: 3, refreshes: 2, evictions: 1, clears: 0 };
  expect(countsOf({ ...counts, mark } as CacheState)).toEqual(since);
});

it("a window that has passed in silence has no rate", () => {
  const rates = { seconds: 10, hits: 3, misses: 2, inserts: 2, evictions: 1, ratio: 0.6 };
  expect(ratesNow(rates, 9.9)).toBe(rates);
  expect(ratesNow(rates, 10)).toEqual({
    seconds: 10,
    hits: 0,
    misses: 0,
    inserts: 0,
    evictions: 0,
    ratio: null,
  });
});

it("rows keep their places, and what is in them is new", () => {
  const row = (id: number, text: string) => ({ id, text });
  const identify = ({ id }: { id: number }) => id;
  const shown = [row(2, "b"), row(1, "a")];
  const now = [row(4, "d"), row(3, "c"), row(2, "B")];
  expect(inPlace(shown, now, identify)).toEqual([row(2, "B"), row(1, "a")]);
  expect(inPlace([], now, identify)).toBe(now);
});

describe("shapes", () => {
  const bar = (hits: number, misses: number, evictions = 0): Bar => ({
    id: 0,
    time: 0,
    seconds: 1,
    hits,
    misses,
    evictions,
  });

  it("put the ratio on a scale of its own, broken where nothing was looked up", () => {
    const { ratio } = shapes([bar(1, 1), bar(2, 0), bar(0, 0), bar(0, 4)], 0, 10, 4);
    const [half, all, none] = [TOP + RATIO / 2, TOP, TOP + RATIO];
    expect(ratio).toBe(`M0.5 ${half}H4.8L14.8 ${all}M30.5 ${none}H34.8`);
  });

  it("draw nothing of what did not happen, and something of what did", () => {
    expect(shapes([bar(0, 0)], 0, 10, 1)).toEqual({ hits: "", misses: "", evictions: "", ratio: "" });
    const { hits, misses, evictions } = shapes([bar(1, 1, 1)], 0, 10, 10_000);
    for (const path of [hits, misses, evictions]) expect(path).toMatch(/^M[\d.]+ [\d.]+h[\d.]+v[1-9]/);
    expect(evictions).toContain(` ${BASE + 5}h`);
  });
});
