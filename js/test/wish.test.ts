import { signal } from "@preact/signals-core";
import { expect, it } from "vitest";
import { createWish } from "../src/views/wish.js";

const settled = () => new Promise((resolve) => setTimeout(resolve));

function start() {
  const state = signal(0);
  const sent: { wish: number; answer(error?: Error): void }[] = [];
  const said: string[] = [];
  const wish = createWish<number>(
    state,
    (wanted) =>
      new Promise<void>((resolve, reject) => {
        sent.push({ wish: wanted, answer: (error) => (error ? reject(error) : resolve()) });
      }),
    (wanted) => state.peek() === wanted,
    (message) => said.push(message),
  );
  return { state, sent, said, wish };
}

it("shows at once, and sends one at a time and the newest", async () => {
  const { sent, wish } = start();
  for (const wanted of [1, 2, 3]) wish.ask(wanted);
  expect([wish.value.value, sent.map((one) => one.wish)]).toEqual([3, [1]]);
  sent[0]!.answer();
  await settled();
  expect(sent.map((one) => one.wish)).toEqual([1, 3]);
});

it.each(["before", "after"])("is over when the state comes %s the answer", async (order) => {
  const { state, sent, wish } = start();
  wish.ask(7);
  if (order === "before") state.value = 7;
  expect(wish.value.value).toBe(7);
  sent[0]!.answer();
  await settled();
  if (order === "after") {
    expect(wish.value.value).toBe(7);
    state.value = 7;
  }
  expect(wish.value.value).toBe(null);
});

it("what happens meanwhile does not end it", () => {
  const { state, wish } = start();
  wish.ask(7);
  state.value = 5;
  expect(wish.value.value).toBe(7);
});

it("is given up, and said, where the kernel refuses", async () => {
  const { sent, said, wish } = start();
  wish.ask(7);
  sent[0]!.answer(new Error("no such key"));
  await settled();
  expect([wish.value.value, said]).toEqual([null, ["no such key"]]);
});
