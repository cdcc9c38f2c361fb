import { batch, signal } from "@preact/signals-core";
import { expect, it } from "vitest";
import { createSearch } from "../src/views/search.js";
import { type FakeElement, fake, page } from "./dom.js";

function start() {
  page();
  const [value, wrong] = [signal(""), signal(false)];
  const asked: string[] = [];
  const search = createSearch({
    label: "Filter",
    value,
    ask(text) {
      asked.push(text);
      value.value = text; // shown as if it were so already
    },
    wrong,
    problem: "why",
    leave() {},
  });
  const field = fake(search.element).children.find(({ tag }) => tag === "input") as FakeElement & {
    value: string;
  };
  function type(text: string) {
    field.value = text;
    field.send("input");
  }
  return { value, wrong, asked, field, type };
}

it("shows what is set elsewhere", () => {
  const { value, field, asked } = start();
  value.value = "user:";
  expect([field.value, asked]).toEqual(["user:", []]);
});

it("keeps what is refused, to be mended", () => {
  const { value, wrong, field, type, asked } = start();
  type("user:(");
  batch(() => {
    wrong.value = true;
    value.value = ""; // as it still is in the kernel
  });
  expect(field.value).toBe("user:(");
  type("user:(a)");
  wrong.value = false;
  expect([field.value, asked]).toEqual(["user:(a)", ["user:(", "user:(a)"]]);
  value.value = "elsewhere";
  expect(field.value).toBe("elsewhere");
});
