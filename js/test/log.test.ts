import { describe, expect, it } from "vitest";
import { barsOf } from "../src/views/log/activity.js";
import { bounds, found } from "../src/views/log/bar.js";
import { factsOf } from "../src/views/log/effects.js";
import { basisOf, EMPTY, feedOf, newer, withOlder } from "../src/views/log/feed.js";
import { placeOf } from "../src/views/log/moments.js";
import { everything, narrows, within } from "../src/views/log/query.js";
import { unknownText, watchedText } from "../src/views/log/top.js";
import { configCode, deed, inOrder, kindOf, momentText, rest, whoLines } from "../src/views/log/words.js";
import type { Activity, By, LogQuery, LogRow, LogState, Watched } from "../src/wire.gen.js";

const query = (parts: Partial<LogQuery> = {}): LogQuery =>
  ({ group: "", ...everything(), ...parts }) as LogQuery;
const by = (parts: Partial<By> = {}): By => ({
  text: "planner, step 4, cell [12]",
  cell: 12,
  os_thread: "MainThread",
  thread: "trip-oslo",
  node: "planner",
  step: 4,
  task: "t",
  run: "r",
  checkpoint: "\n1f0c",
  ...parts,
});
const row = (number: number, parts: Partial<LogRow> = {}): LogRow => ({
  number,
  time: number,
  kind: "change",
  key: `prod:${number}`,
  keys: 1,
  id: number,
  size: 10,
  note: "",
  before: "",
  after: "",
  by: null,
  ...parts,
});
/** The newest `shown` of the changes first … last. */
const log = (last: number, shown: number, parts: Partial<LogState> = {}): LogState => ({
  first: 1,
  last,
  kept: last,
  most: 100_000,
  bytes: 1_000,
  most_bytes: 64_000_000,
  spilled: 0,
  lost: 0,
  matching: last,
  progress: null,
  rows: Array.from({ length: Math.min(shown, last) }, (_, i) => row(last - i)),
  groups: null,
  kinds: ["change"],
  query: query(),
  problem: null,
  ...parts,
});
const numbers = ({ rows }: { rows: readonly LogRow[] }) => rows.map(({ number }) => number);

describe("the feed", () => {
  it("shows the newest, and goes on with what was shown before", () => {
    const first = feedOf(EMPTY, log(5, 3), true);
    expect(numbers(first)).toEqual([5, 4, 3]);
    expect(first.more).toBe(true);
    const older = withOlder(first, [row(2), row(1)], false);
    expect(numbers(older)).toEqual([5, 4, 3, 2, 1]);
    const next = feedOf(older, log(7, 3), true);
    expect(numbers(next)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(next.more).toBe(false);
  });

  it("stands still unless it is followed, and counts what came", () => {
    const feed = feedOf(EMPTY, log(5, 3), true);
    const now = log(8, 3);
    expect(numbers(feedOf(feed, now, false))).toEqual([5, 4, 3]);
    expect(newer(feed, now)).toEqual({ count: 3, more: true });
    expect(newer(feed, log(6, 3))).toEqual({ count: 1, more: false });
    expect(newer(feed, log(5, 3))).toEqual({ count: 0, more: false });
  });

  it("leaves no gap where more came than it gets", () => {
    const feed = feedOf(EMPTY, log(5, 3), true);
    expect(numbers(feedOf(feed, log(50, 3), true))).toEqual([50, 49, 48]);
  });

  it("is another list with another query, also while it stands still; not with other groups", () => {
    const feed = feedOf(EMPTY, log(5, 3), true);
    const other = log(5, 3, { query: query({ node: "planner" }), rows: [row(4)], matching: 1 });
    expect(numbers(feedOf(feed, other, false))).toEqual([4]);
    expect(newer(feed, other).count).toBe(0);
    expect(basisOf(log(5, 3, { query: query({ group: "node" }) }))).toBe(feed.basis);
  });

  it("lets go of what the log let go of", () => {
    const feed = withOlder(feedOf(EMPTY, log(5, 3), true), [row(2), row(1)], false);
    expect(numbers(feedOf(feed, log(6, 3, { first: 3, kept: 4, matching: 4 }), true))).toEqual([6, 5, 4, 3]);
  });

  it("has more to show while the kernel is still looking", () => {
    expect(feedOf(EMPTY, log(5, 5, { progress: 0.2 }), true).more).toBe(true);
    expect(feedOf(EMPTY, log(5, 5), true).more).toBe(false);
  });

  it("takes no older row twice", () => {
    const feed = feedOf(EMPTY, log(5, 3), true);
    expect(numbers(withOlder(feed, [row(3), row(2)], true))).toEqual([5, 4, 3, 2]);
  });
});

describe("the query", () => {
  it("narrows by anything but groups", () => {
    expect(narrows(query({ group: "node" }))).toBe(false);
    for (const parts of [{ filter: "a" }, { kinds: ["hit"] }, { step: 0 }, { cell: 3 }, { key: 0 }]) {
      expect(narrows(query(parts))).toBe(true);
    }
  });

  it.each([
    ["kind", "hit", { kinds: ["hit"] }],
    ["key", "prod:a", { filter: "prod:a" }],
    ["node", "planner", { node: "planner" }],
    ["thread", "12", { thread: "12" }],
    ["step", "-1", { step: -1 }],
    ["cell", "12", { cell: 12 }],
    ["node", "", null],
    ["cell", "none", null],
  ] as const)("lists a group by %s %s alone", (group, label, wish) => {
    expect(within(group, { label, changes: 1, hits: 0, misses: 0, bytes: 0 })).toEqual(wish);
  });

  it("says how many match, and how far it has looked", () => {
    expect(found(log(5_000, 3))).toBe("5,000 changes");
    expect(found(log(5_000, 3, { matching: 12, query: query({ cell: 3 }) }))).toBe("12 of 5,000 changes");
    expect(found(log(5, 2, { kept: 2 }))).toBe("latest 2 of 5 changes"); // what the slider counts
    const narrowed = { kept: 2, matching: 1, query: query({ cell: 3 }) };
    expect(found(log(5, 2, narrowed))).toBe("1 of the latest 2 changes");
    expect(found(log(5_000, 3, { progress: 0.4 }))).toBe("5,000 changes, looking 40\u2009%");
  });

  it("says what is kept, and what is not", () => {
    expect(bounds(log(5, 3))).toBe("at most 100,000 changes and 64.0 MB are kept, now 1.0 kB");
    const text = bounds(log(5_000, 3, { first: 4_001, kept: 1_000, lost: 12, spilled: 4_000 }));
    expect(text).toContain("those before change 4,001 are not among them, 4,000 of them in the file");
    expect(text).toContain("12 changes came too fast to be logged");
  });
});

describe("words", () => {
  it("say what was done, by whom and when", () => {
    expect(deed(row(1, { kind: "delete", key: "a", keys: 4 }))).toBe("deleted a and 3 more");
    const text = momentText(row(1, { by: by() }), 60, 60);
    expect(text).toMatch(/^\d\d:\d\d:\d\d, planner, step 4, cell \[12\] changed prod:1$/);
    expect(momentText(null, null, 60)).toBe("");
  });

  it("keep the node apart from where it was", () => {
    expect(rest(by())).toBe("step 4 · cell [12]");
    expect(rest(by({ cell: null }))).toBe("step 4");
    expect(rest(by({ node: null, step: null }))).toBe("cell [12]");
    expect(rest(by({ node: null, step: null, cell: null, text: "thread worker-1" }))).toBe("thread worker-1");
    expect(rest(by({ step: null, cell: null }))).toBe("");
    expect(whoLines(by({ task: null, run: null }))).toBe(
      "planner, step 4, cell [12]\nthread trip-oslo\nPython's thread MainThread",
    );
  });

  it("name a kind that is not known as it is", () => {
    expect(kindOf("asked_twice")[1]).toBe("asked twice");
    expect(inOrder(["odd", "miss", "hit", "insert"])).toEqual(["insert", "hit", "miss", "odd"]);
  });

  it("write a checkpoint as code, whatever is in its names", () => {
    expect(configCode('a"b', "sub:1\n1f0c")).toBe(
      '{"configurable": {"thread_id": "a\\"b", "checkpoint_ns": "sub:1", "checkpoint_id": "1f0c"}}',
    );
    expect(configCode("t", "\n1f0c")).toContain('"checkpoint_ns": ""');
  });

  it("name what a step did", () => {
    const effect = { name: "cache", type: "X", changes: 5, hits: 3, misses: 1, bytes: 4_200, rows: [] };
    expect(factsOf(effect)).toBe("1 change · 3 hits · 1 miss · 4.2 kB written");
  });
});

describe("how it is watched", () => {
  const watched = (parts: Partial<Watched>): Watched => ({
    how: "tapped",
    interval: null,
    read: null,
    progress: null,
    problem: "",
    unknown: {},
    note: "",
    ...parts,
  });
  it.each([
    [{}, "watched in place"],
    [{ interval: 1, read: 7 }, "watched in place · read every 1 s"],
    [{ how: "read", interval: 1 }, "read every 1 s"],
    [{ how: "read", read: 7 }, "read 3 s ago"],
    [{ how: "read" }, "read on demand"],
    [{ how: "read", progress: 0.404 }, "reading 40\u2009%"],
    [{ how: "recorded" }, "from a recording"],
  ] as const)("%j: %s", (parts, text) => {
    expect(watchedText(watched(parts), 10)).toBe(text);
  });

  it("says what is unknown, and why", () => {
    expect(unknownText(watched({}))).toEqual({ text: "", why: "" });
    const unknown = { evictions: "not told", size: "not told", maxsize: "a", policy: "b", bytes_how: "c" };
    const { text, why } = unknownText(watched({ unknown }));
    expect(text).toBe("evictions, size, maxsize and 2 more unknown");
    expect(why.split("\n")).toContain("bytes how: c");
  });
});

describe("the slider", () => {
  it("puts moments between the first and the last", () => {
    expect([0, 50, 100].map((at) => placeOf(at, 0, 100))).toEqual([0, 0.5, 1]);
    expect(placeOf(3, 5, 100)).toBe(0);
    expect(placeOf(5, 5, 5)).toBe(1);
  });
});

describe("how busy it was along the slider", () => {
  const activity = (parts: Partial<Activity>): Activity => {
    const size = parts.changes?.length ?? 0;
    const none = Array.from({ length: size }, () => 0);
    return { start: 1, width: 1, changes: [], gone: none, missed: none, times: none, ...parts };
  };

  it("has a bar at the moment of each change, where they are few", () => {
    const bars = barsOf(activity({ changes: [1, 1, 1, 1], gone: [0, 0, 1, 0] }), 0, 4);
    expect(bars.map(({ x, width }) => x + width / 2)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(bars.map(({ gone }) => gone)).toEqual([0, 0, 1, 0]);
  });

  it("has higher bars where changes came faster, and even ones where that is not known", () => {
    const fast = barsOf(
      activity({ changes: [8, 8, 8, 8], width: 8, start: 0, times: [0, 1, 101, 101.1] }),
      0,
      31,
    );
    const [, second, pause, burst] = fast.map(({ height }) => height);
    expect(pause).toBeLessThan(second!);
    expect(burst).toBe(1);
    const unknown = barsOf(activity({ changes: [1, 1], times: [null, null] }), 0, 2);
    expect(new Set(unknown.map(({ height }) => height)).size).toBe(1);
  });

  it("leaves out what was let go, what was lost, and is empty for an empty log", () => {
    const bars = barsOf(activity({ changes: [3, 0, 8, 2], width: 8, start: 0, missed: [0, 0, 4, 0] }), 4, 25);
    expect(bars.map(({ missed }) => missed)).toEqual([0, 0.5, 0]);
    expect(bars.every(({ x, width }) => x >= 0 && x + width / 2 <= 1)).toBe(true);
    expect(barsOf(activity({}), 0, 0)).toEqual([]);
  });
});
