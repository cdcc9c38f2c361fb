import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Link } from "../src/link.js";
import { jsonProblem } from "../src/views/keys/jsonproblem.js";
import { fold, lineDiff } from "../src/views/keys/linediff.js";
import { hexLines } from "../src/views/value/hexrows.js";
import { bounds, columnsPath, figure } from "../src/views/value/plotpath.js";
import { followValue } from "../src/views/value/value.js";
import type { KeyTableState, ValueView } from "../src/wire.gen.js";

describe("hex dump", () => {
  it("has offset, bytes and what of them is ASCII", () => {
    const data = new TextEncoder().encode("Hi\0\u00ff, hex dump!");
    expect(hexLines(data, 0x1f0, 8, 4)).toEqual([
      ["01f0", "48 69 00 c3  bf 2c 20 68", "Hi···, h"],
      ["01f8", "65 78 20 64  75 6d 70 21", "ex dump!"],
    ]);
  });

  it("pads the last line, so that columns stay columns", () => {
    const [line] = hexLines(Uint8Array.of(1, 2), 0, 16, 4);
    expect(line![1]).toHaveLength(48);
    expect(hexLines(new Uint8Array(0), 0, 16, 4)).toEqual([]);
  });
});

describe("line diff", () => {
  const side = (from: string, to: string, drop: string) =>
    lineDiff(from, to)
      .filter(({ sign }) => sign !== drop)
      .map(({ text }) => text)
      .join("\n");

  it("marks what went and what came", () => {
    expect(lineDiff("a\nb\nc", "a\nB\nc\nd")).toEqual([
      { sign: "", text: "a" },
      { sign: "-", text: "b" },
      { sign: "+", text: "B" },
      { sign: "", text: "c" },
      { sign: "+", text: "d" },
    ]);
    expect(lineDiff("", "").every(({ sign }) => sign === "")).toBe(true);
  });

  it("holds both texts, whatever they are", () => {
    let seed = 7;
    const random = (n: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % n;
    };
    const words = () => Array.from({ length: random(12) }, () => "abc"[random(3)]).join("\n");
    for (let i = 0; i < 500; i++) {
      const [from, to] = [words(), words()];
      expect(side(from, to, "+")).toBe(from);
      expect(side(from, to, "-")).toBe(to);
    }
  });

  it("ends in good time where nothing is alike", () => {
    const many = (word: string) => Array.from({ length: 5_000 }, (_, i) => `${word}${i}`).join("\n");
    expect(lineDiff(many("a"), many("b"))).toHaveLength(10_000);
  });

  it("folds long runs, not short ones", () => {
    const from = Array.from({ length: 20 }, (_, i) => String(i));
    const to = from.with(10, "ten").join("\n");
    const folded = fold(lineDiff(from.join("\n"), to));
    expect(folded.filter((line) => typeof line === "number")).toEqual([8, 7]);
    expect(fold(lineDiff("a\nb\nc", "a\nb\nC"))).toHaveLength(4);
  });
});

describe("plots", () => {
  it("reach all numbers, with room where there is but one", () => {
    expect(bounds([1, null, -2], [3, null, 5])).toEqual([-2, 5]);
    expect(bounds([4], [4])).toEqual([2, 6]);
    expect(bounds([null], [])).toEqual([0, 1]);
  });

  it("join a line's columns, and leave gaps where there are no numbers", () => {
    const y = (n: number) => 10 - n;
    expect(columnsPath([1, 5], [1, 5], 0, 2, y, true)).toBe("M0 9h2V10h-2zM2 5h2V9h-2z");
    expect(columnsPath([1, null, 5], [1, null, 5], 0, 2, y, true)).toBe("M0 9h2V10h-2zM4 5h2V6h-2z");
    expect(columnsPath([0, 0], [5, 0], 0, 10, y, false)).toBe("M0 5h9V10h-9z");
  });

  it("label with three digits", () => {
    expect([0, -0.12345, 1234.5, 0.000012].map(figure)).toEqual(["0", "\u22120.123", "1235", "0.000012"]);
  });
});

it("says why a text is no JSON", () => {
  expect(jsonProblem('{"a": [1, 2.5e3, null]}')).toBe("");
  expect(jsonProblem('{"a": }')).toMatch(/^Unexpected token '}'$/);
  expect(jsonProblem('{"a": 1,\n "b" 2}')).toMatch(/^Unexpected number$|^line 2: Expected ':'/);
  expect(jsonProblem("")).toBe("Unexpected end of JSON input");
});

describe("following the open value", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function setUp() {
    const open = { id: 1, version: 1, gone: false };
    const state = signal({ open } as unknown as KeyTableState);
    const sent: Record<string, unknown>[] = [];
    let answer: (params: Record<string, unknown>) => unknown = () => view();
    const request = async (_: string, params: Record<string, unknown>) => {
      sent.push(params);
      return answer(params);
    };
    const view = (changes: object = {}) => {
      const { id, version } = state.peek().open!;
      return {
        id,
        version,
        format: "text",
        formats: ["text"],
        blocks: [],
        ...changes,
      } as unknown as ValueView;
    };
    const held = signal(false);
    const link = { state, request, connection: signal("live") } as unknown as Link<KeyTableState>;
    const value = followValue(link, held);
    return {
      ...{ value, sent, held, view },
      set: (changes: object | null) => {
        state.value = { open: changes && { ...open, ...changes } } as unknown as KeyTableState;
      },
      answer: (next: typeof answer) => {
        answer = next;
      },
    };
  }
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("asks at most four times a second, and for the last version", async () => {
    const { value, sent, set } = setUp();
    await settle();
    for (let version = 2; version < 102; version++) {
      set({ version });
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(300);
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.length).toBeLessThanOrEqual(6);
    expect(value.shown.peek()!.parts[0].version).toBe(101);
  });

  it("asks for another key at once, and shows no answer that comes late", async () => {
    const { value, sent, set, answer, view } = setUp();
    await settle();
    const late: ((view: ValueView) => void)[] = [];
    answer(() => new Promise<ValueView>((resolve) => late.push(resolve)));
    set({ id: 2 });
    set({ id: 3 });
    expect(sent).toHaveLength(3);
    late[1]!(view({ id: 3 }));
    await settle();
    late[0]!(view({ id: 2 }));
    await settle();
    expect(value.shown.peek()!.id).toBe(3);
  });

  it("keeps asking where the kernel answers for another key", async () => {
    const { value, set, answer, view } = setUp();
    await settle();
    answer(() => view({ id: 9 }));
    set({ id: 2 });
    await settle();
    expect(value.shown.peek()!.id).toBe(1);
    answer(() => view());
    await vi.advanceTimersByTimeAsync(300);
    expect(value.shown.peek()!.id).toBe(2);
  });

  it("holds what is shown, but not another key", async () => {
    const { value, set, held } = setUp();
    await settle();
    held.value = true;
    set({ version: 2 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(value.shown.peek()!.parts[0].version).toBe(1);
    set({ id: 2 });
    await settle();
    expect(value.shown.peek()!.id).toBe(2);
    held.value = false;
    set({ id: 2, version: 5 });
    await vi.advanceTimersByTimeAsync(300);
    expect(value.shown.peek()!.parts[0].version).toBe(5);
  });

  it("says why it failed, and tries again when asked to", async () => {
    const { value, set, answer, view, sent } = setUp();
    await settle();
    answer(() => Promise.reject(new Error("no answer from the kernel")));
    set({ version: 2 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(value.problem.peek()).toBe("no answer from the kernel");
    expect(value.shown.peek()!.parts[0].version).toBe(1);
    expect(sent).toHaveLength(2);
    answer(() => view());
    value.retry();
    await settle();
    expect(value.problem.peek()).toBe("");
    expect(value.shown.peek()!.parts[0].version).toBe(2);
  });

  it("loads again as much of a value as was shown", async () => {
    const { value, set, answer, view, sent } = setUp();
    const part = (offset: number, more: number | null) => ({ kind: "text", text: "x", offset, more });
    answer(({ offset }) => view({ blocks: [offset ? part(10, 20) : part(0, 10)] }));
    set({ version: 2 });
    await vi.advanceTimersByTimeAsync(300);
    await value.more();
    expect(value.shown.peek()!.parts).toHaveLength(2);
    set({ version: 3 });
    await vi.advanceTimersByTimeAsync(300);
    expect(value.shown.peek()!.parts.map(({ version }) => version)).toEqual([3, 3]);
    expect(sent.at(-1)).toMatchObject({ offset: 10, format: "text" });
  });

  it("asks nothing of a key that is gone, and keeps what was shown", async () => {
    const { value, set, sent } = setUp();
    await settle();
    set({ version: 2, gone: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toHaveLength(1);
    expect(value.shown.peek()!.id).toBe(1);
  });
});
