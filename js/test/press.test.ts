import { beforeEach, expect, it, vi } from "vitest";
import { createPress } from "../src/press.js";
import { FakeElement, page } from "./dom.js";

let widget: FakeElement;
let row: FakeElement;
let did: string[];
let press: (act: () => void) => void;
const say = (text: string) => press(() => did.push(text));

beforeEach(() => {
  vi.useFakeTimers();
  widget = new FakeElement("div");
  row = new FakeElement("button");
  widget.append(row);
  page().append(widget);
  did = [];
  press = createPress(widget as unknown as HTMLElement);
  return () => vi.useRealTimers();
});

it("nothing waits while nothing is pressed", () => {
  say("a");
  expect(did).toEqual(["a"]);
});

it("what comes while something is pressed waits for the click, in order", () => {
  row.addEventListener("click", () => did.push("click"));
  row.send("pointerdown");
  say("a");
  say("b");
  expect(did).toEqual([]);
  row.click();
  expect(did).toEqual(["click", "a", "b"]);
  say("c");
  expect(did.at(-1)).toBe("c");
});

it("a press that is no click does not hold it up for long", () => {
  row.send("pointerdown");
  say("a");
  vi.advanceTimersByTime(499);
  expect(did).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(did).toEqual(["a"]);
});

it("a slider moves at once", () => {
  row.setAttribute("role", "slider");
  row.send("pointerdown");
  say("a");
  expect(did).toEqual(["a"]);
});
