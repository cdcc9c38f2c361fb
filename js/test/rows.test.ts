import { beforeEach, describe, expect, it } from "vitest";
import { inOrder } from "../src/views/keys/namespaces.js";
import { createRows, inPlaces } from "../src/views/keys/rows.js";
import type { NamespaceRow } from "../src/wire.gen.js";
import { active, FakeElement, fake, page } from "./dom.js";

interface Item {
  id: number;
  text: string;
}
const identify = ({ id }: Item) => id;
const items = (...texts: string[]): Item[] => texts.map((text) => ({ id: text.charCodeAt(0), text }));

describe("rows", () => {
  let list: FakeElement;
  let done: string[];
  let painted: string[];
  const texts = () => list.children.map((row) => row.textContent).join(" ");

  beforeEach(() => {
    list = new FakeElement("ul");
    page().append(list);
    done = [];
    painted = [];
  });

  function rows(steady?: typeof inPlaces) {
    return createRows<Item>(
      list as unknown as HTMLElement,
      { identify, ...(steady && { steady }) },
      (item) => {
        const row = new FakeElement("li");
        row.addEventListener("click", () => done.push(item().text));
        return {
          element: row as unknown as HTMLElement,
          paint({ text }) {
            painted.push(text);
            row.textContent = text;
          },
        };
      },
    );
  }

  it("stay with their items, wherever those are", () => {
    const show = rows();
    show(items("a", "b", "c"));
    const [a, b] = list.children;
    show(items("x", "b2", "a"));
    expect(texts()).toBe("x b2 a");
    expect(list.children.slice(1)).toEqual([b, a]);
    b!.click();
    expect(done).toEqual(["b2"]);
  });

  it("are painted where they are another, or what they depend on is", () => {
    const show = rows();
    show(items("a", "b"), 1);
    show(items("b", "a2"), 1);
    expect(painted).toEqual(["a", "b", "a2"]);
    show(items("b", "a2"), 2);
    expect(painted.slice(3)).toEqual(["b", "a2"]);
  });

  it.each([
    ["c a b", "a b c"],
    ["x b y a", "b a"],
    ["b", "a b c"],
    ["d c b a", "a b c d"],
    ["c d b a e", "a b c d"],
  ])("are put in order %s around the one with the focus", (next, before) => {
    const show = rows();
    show(items(...before.split(" ")));
    const b = list.children.find((row) => row.textContent === "b")!;
    b.focus();
    show(items(...next.split(" ")));
    expect(texts()).toBe(next);
    expect(active()).toBe(b);
  });

  it("that look the same are each shown", () => {
    const show = rows();
    show([...items("a", "a", "b")]);
    expect(texts()).toBe("a a b");
    show([...items("b", "a", "a")]);
    expect(texts()).toBe("b a a");
  });

  it("of a steady list keep their places while it is pointed at", () => {
    const show = rows(inPlaces);
    show(items("a", "b", "c"));
    list.hovered = true;
    show(items("c", "x", "a2", "y"));
    expect(texts()).toBe("a2 x c y");
    list.hovered = false;
    fake(list).send("pointerleave");
    expect(texts()).toBe("c x a2 y");
  });
});

it("what comes stands where something is gone, and at the end", () => {
  const shown = items("a", "b", "c");
  const text = (list: readonly Item[]) => list.map((item) => item.text).join("");
  expect(text(inPlaces(shown, items("c", "d", "a"), identify))).toBe("adc");
  expect(text(inPlaces(shown, items("c"), identify))).toBe("c");
  expect(text(inPlaces([], items("b", "a"), identify))).toBe("ba");
  expect(text(inPlaces(shown, items("e", "d", "c", "b", "a"), identify))).toBe("abced");
});

it("namespaces keep their places beside each other", () => {
  const row = (prefix: string, level: number, more = 0) => ({ prefix, level, more }) as NamespaceRow;
  const shown = [row("", 0), row("a:", 0), row("a:x:", 1), row("a:y:", 1), row("b:", 0), row("", 0, 5)];
  const next = [row("c:", 0), row("b:", 0), row("b:z:", 1), row("a:", 0), row("a:y:", 1), row("a:x:", 1)];
  const more = row("", 0, 4);
  expect(inOrder([...next, more], shown).map(({ prefix }) => prefix)).toEqual(
    ["a:", "a:x:", "a:y:", "b:", "b:z:", "c:", ""], // the last is for those not listed
  );
});
