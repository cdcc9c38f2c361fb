import { BaseStore, InMemoryStore as Reference } from "@langchain/core/stores";
import { describe, expect, expectTypeOf, it } from "vitest";
import { InMemoryStore } from "../src/index.js";

async function keysOf(store: { yieldKeys(prefix?: string): AsyncGenerator<string> }, prefix?: string) {
  const keys: string[] = [];
  for await (const key of store.yieldKeys(prefix)) keys.push(key);
  return keys;
}

describe("side by side with the original", () => {
  type Call = ["mset", [string, number][]] | ["mget", string[]] | ["mdelete", string[]] | ["keys", string?];

  // Keys both treat alike: no array indices (the original reorders them), nothing Object.prototype has.
  const scripts: Call[][] = [
    [["mset", [["a", 1], ["b", 2], ["a", 3]]], ["mget", ["b", "a", "c", "a"]], ["keys"]],
    [["mset", [["x:1", 1], ["x:2", 2], ["y:1", 3]]], ["keys", "x:"], ["keys", ""], ["keys", "z"]],
    [["mset", [["a", 1], ["b", 2]]], ["mdelete", ["a", "nothing"]], ["mset", [["a", 9]]], ["keys"], ["mget", ["a"]]],
    [["mset", []], ["mget", []], ["mdelete", []], ["keys"]],
    [["mset", [["", 1], ["ключ", 2], ["🗝️", 3]]], ["keys"], ["keys", "к"], ["mget", ["", "🗝️"]]],
  ]; // biome-ignore format: one script a line

  it.each(scripts.map((script) => [script]))("%j", async (script) => {
    const ours = new InMemoryStore<number>();
    const theirs = new Reference<number>();
    for (const [method, argument] of script) {
      const results = await Promise.all(
        [ours, theirs].map((store) =>
          method === "keys" ? keysOf(store, argument as string) : store[method](argument as never),
        ),
      );
      expect(results[0]).toEqual(results[1]);
    }
  });

  it("fits where the original's interface is asked for", () => {
    expectTypeOf<InMemoryStore<number>>().toExtend<
      Pick<BaseStore<string, number>, "mget" | "mset" | "mdelete" | "yieldKeys">
    >();
    expect(new InMemoryStore()).not.toBeInstanceOf(BaseStore);
  });
});

describe("right where the original is wrong", () => {
  const awkward = ["__proto__", "toString", "constructor", "hasOwnProperty", "10", "9", "b"];

  it("keeps any key, in the order of first insertion", async () => {
    const store = new InMemoryStore<string>();
    await store.mset(awkward.map((key) => [key, `value of ${key}`]));
    await store.mset([["toString", "again"]]);
    expect(await keysOf(store)).toEqual(awkward);
    expect(await store.mget(["__proto__", "toString", "10"])).toEqual([
      "value of __proto__",
      "again",
      "value of 10",
    ]);
    await store.mdelete(["__proto__", "10"]);
    expect(await keysOf(store)).toEqual(["toString", "constructor", "hasOwnProperty", "9", "b"]);
  });

  it("finds nothing in an empty store, where the original finds functions", async () => {
    expect(await new InMemoryStore().mget(awkward)).toEqual(awkward.map(() => undefined));
    expect(await new Reference().mget(["toString"])).not.toEqual([undefined]);
  });

  it("sets all or nothing", async () => {
    const store = new InMemoryStore<number>();
    await expect(store.mset([["a", 1], [7 as never, 2]])).rejects.toThrow("a key must be a string, got number at position 1"); // biome-ignore format: short
    await expect(store.mset("ab" as never)).rejects.toThrow(TypeError);
    await expect(store.mset(["ab" as never])).rejects.toThrow("no pair of a key and a value at position 0");
    expect(store.has("a")).toBe(false);
  });

  it("refuses a string where keys are meant", async () => {
    const store = new InMemoryStore<number>();
    await expect(store.mget("abc" as never)).rejects.toThrow("keys must be an array");
    await expect(store.mdelete("abc" as never)).rejects.toThrow("keys must be an array");
  });

  it("can be written to while it is read", async () => {
    const store = new InMemoryStore<number>();
    await store.mset([["a", 1], ["b", 2], ["c", 3]]); // biome-ignore format: short
    const seen: string[] = [];
    for await (const key of store.yieldKeys()) {
      seen.push(key);
      await store.mset([[`${key}+`, 0]]);
      await store.mdelete(["b"]);
    }
    expect(seen).toEqual(["a", "c"]);
  });

  it("leaves Object.prototype alone", async () => {
    await new InMemoryStore<object>().mset([["__proto__", { polluted: true }]]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
