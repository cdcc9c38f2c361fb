import { signal } from "@preact/signals-core";
import { describe, expect, it, vi } from "vitest";
import { apart, bySteps, byTime } from "../src/views/timeline/axis.js";
import { across, anchored, seenAt } from "../src/views/timeline/follow.js";
import { reading, summary } from "../src/views/timeline/head.js";
import { createPlayer, wait } from "../src/views/timeline/play.js";
import { nearest, spark } from "../src/views/timeline/sparkline.js";
import { tickText } from "../src/views/timeline/ticks.js";
import type { Axis, CheckpointRow, Tick, TimelineState, Watch } from "../src/wire.gen.js";

const row = (parts: Partial<CheckpointRow> = {}): CheckpointRow => ({
  id: "a",
  ns: "",
  scope: [],
  nodes: ["agent"],
  source: "loop",
  step: 1,
  ts: null,
  took: null,
  idle: null,
  parent: null,
  lane: 0,
  segments: [],
  path: false,
  badges: [],
  ...parts,
});
const rowsOf = (...ids: string[]) => ids.map((id) => row({ id }));

describe("the axis", () => {
  it("by steps has the oldest at 0, the newest at 1, and finds rows again", () => {
    const { toX, toRow } = bySteps(5);
    expect([4, 2, 0].map(toX)).toEqual([0, 0.5, 1]);
    expect([0, 0.49, 1, 7, -3].map(toRow)).toEqual([4, 2, 0, 0, 4]);
    expect(bySteps(1).toX(0)).toBe(1);
    expect(bySteps(0).toRow(0.5)).toBe(0);
  });

  it("by time lies on lines between what the kernel says, both ways", () => {
    const axis: Axis = { rows: [100, 50, 0], x: [0, 0.2, 1], idle: [], seconds: 60 };
    const { toX, toRow } = byTime(axis, 101);
    expect([100, 75, 50, 25, 0].map(toX)).toEqual([0, 0.1, 0.2, 0.6, 1].map((x) => expect.closeTo(x)));
    for (const at of [100, 88, 51, 50, 49, 3, 0]) expect(toRow(toX(at))).toBe(at);
  });

  it("by time goes by steps where nothing is said, and stays within what there is", () => {
    expect(byTime({ rows: [], x: [], idle: [], seconds: 0 }, 3).toX(1)).toBe(0.5);
    const same: Axis = { rows: [2, 1, 0], x: [0, 0, 0], idle: [], seconds: 0 };
    for (const x of [-1, 0, 0.5, 2]) expect([0, 1, 2]).toContain(byTime(same, 3).toRow(x));
    expect(byTime({ rows: [9, 0], x: [0, 1], idle: [], seconds: 1 }, 4).toRow(0)).toBe(3);
  });

  it("marks of a kind that are near each other are one, with all that it stands for", () => {
    const tick = (kind: Tick["kind"], at: number, count = 1): Tick => ({ kind, row: at, count });
    const ticks = [
      tick("fork", 6),
      tick("error", 0),
      tick("error", 3, 2),
      tick("error", 40),
      tick("interrupt", 20, 2),
      tick("fork", 60),
    ];
    expect(apart(ticks, (at) => at, 10)).toEqual([
      tick("error", 0, 3),
      tick("error", 40),
      tick("interrupt", 20, 2),
      tick("fork", 60),
    ]);
    expect(tickText(tick("error", 0, 3))).toBe("3 errors");
    expect(tickText(tick("fork", 0))).toBe("fork");
  });
});

describe("the sparkline", () => {
  const watch = (low: (number | null)[], high = low): Watch => ({
    name: "n",
    unit: "",
    kind: "number",
    rows: low.map((_, i) => low.length - 1 - i),
    low,
    high,
    failed: [],
    failures: 0,
    at: null,
    error: null,
    progress: null,
    own: true,
  });
  const place = (at: number) => 10 * (3 - at);

  it("is a stair from the least at the bottom to the greatest at the top", () => {
    const { line, band, heightAt } = spark(watch([1, 1, 3, 2]), place, 0, 20);
    expect(line).toBe("M0 20H10V20H20V0H30V10");
    expect(band).toBe("");
    expect([3, 1, 0].map(heightAt)).toEqual([20, 0, 10]);
  });

  it("breaks where there is no value, and is flat where there is one value only", () => {
    const { line, heightAt } = spark(watch([5, null, 5, 5]), place, 0, 20);
    expect(line).toBe("M0 20h4M20 20H30V20");
    expect(heightAt(2)).toBeNull();
    expect(spark(watch([]), place, 0, 20)).toMatchObject({ line: "", band: "" });
    expect(spark(watch([]), place, 0, 20).heightAt(0)).toBeNull();
  });

  it("shows the spread of several rows that are one point", () => {
    const { band } = spark(watch([0, 0], [0, 10]), place, 0, 20);
    expect(band).toBe("M20 20H30V0V20V20H20Z");
  });

  it("takes the nearest point there is", () => {
    expect([9, 7, 6, 5, 1, 0].map((at) => nearest([9, 5, 0], at))).toEqual([0, 1, 1, 1, 2, 2]);
    expect(nearest([], 3)).toBe(-1);
  });
});

describe("following", () => {
  it("counts what came since the newest was shown", () => {
    const seen = { thread: "a", size: 10 };
    expect(seenAt(seen, { thread: "a", size: 13 }, false)).toEqual(seen);
    expect(seenAt(seen, { thread: "a", size: 13 }, true).size).toBe(13);
    expect(seenAt(seen, { thread: "b", size: 3 }, false).size).toBe(3);
    expect(seenAt(seen, { thread: "a", size: 4 }, false).size).toBe(4);
  });

  it("holds the window by its first row while away, and lets go of it", () => {
    const shown = { start: 20, rows: rowsOf("x", "y") };
    const asked = { start: 20, stop: 60, anchor: null };
    expect(anchored(asked, shown, true)).toBeNull();
    expect(anchored(asked, shown, false)).toEqual({ start: 20, stop: 22, anchor: "\nx" });
    expect(anchored({ ...asked, start: 40 }, shown, false)).toBeNull(); // another is on its way
    expect(anchored({ ...asked, anchor: "\nx" }, shown, false)).toBeNull();
    expect(anchored({ ...asked, anchor: "\nx" }, shown, true)).toEqual(asked);
    expect(anchored(asked, { start: 20, rows: [] }, false)).toBeNull();
  });

  it("finds the nearest checkpoint of a lane beside", () => {
    const slice = { start: 10, rows: [0, 1, 1, 0, 2].map((lane) => ({ lane })) };
    expect(across(slice, 13, 1)).toBe(12);
    expect(across(slice, 14, -1)).toBe(13);
    expect(across(slice, 10, -1)).toBeNull();
    expect(across(slice, 99, 1)).toBeNull();
  });
});

describe("play", () => {
  it("keeps the real time but for idle stretches, or a fixed speed", () => {
    expect(wait(5, 100, 90)).toBe(0.2);
    expect(wait("real", 3, null)).toBe(3);
    expect(wait("real", 903, 900)).toBe(4);
    expect(wait("real", null, null)).toBe(0.5);
    expect(wait("real", 0, null)).toBeGreaterThan(0);
  });

  it("goes to the newest, one at a time, and waits for what it asked for", () => {
    vi.useFakeTimers();
    const at = signal<number | null>(0);
    const arrived = signal(true);
    const player = createPlayer({
      row: at,
      size: signal(3),
      arrived,
      delay: () => 100,
      to(next) {
        at.value = next;
      },
    });
    player.toggle(); // from the newest: from the oldest on
    expect(at.value).toBe(2);
    vi.advanceTimersByTime(100);
    expect(at.value).toBe(1);
    arrived.value = false;
    vi.advanceTimersByTime(1_000);
    expect(at.value).toBe(1);
    arrived.value = true;
    vi.advanceTimersByTime(100);
    expect([at.value, player.playing.value]).toEqual([0, false]);
    player.toggle();
    player.toggle();
    vi.advanceTimersByTime(1_000);
    expect([at.value, player.playing.value]).toEqual([2, false]);
    player.dispose();
    vi.useRealTimers();
  });
});

it("says how much there is, and how it is read", () => {
  const state = { thread_count: 1, checkpoint_count: 1_290, bytes: 3_100_000, bytes_how: "sampled" };
  expect(summary(state as TimelineState)).toBe("1 thread · 1,290 checkpoints · ~3.1 MB");
  expect(summary({ ...state, bytes: null } as TimelineState)).toBe("1 thread · 1,290 checkpoints");
  expect(reading({ progress: 0.409, every: 1, read: null, problem: "" }, 9)).toBe("reading 40\u2009%");
  expect(reading({ progress: null, every: 1, read: 6, problem: "" }, 9)).toBe("read every 1 s");
  expect(reading({ progress: null, every: 1, read: 6, problem: "x" }, 9)).toBe("read 3 s ago, every 1 s");
  expect(reading({ progress: null, every: null, read: 6, problem: "" }, 9)).toBe("read 3 s ago, on demand");
});
