import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Link, Trait } from "../src/link.js";
import { createReport } from "../src/views/report/report.js";
import { apart, capital, duration, figures, lost } from "../src/views/report/texts.js";
import type { ReportPart, ReportRow, ReportSection, ReportState, SectionRows } from "../src/wire.gen.js";
import { active, type FakeElement, fake, page } from "./dom.js";

vi.mock("../src/views/theme.js", () => ({ followTheme: () => () => {} }));

const fact = (label: string, count: number | null, sort = label) =>
  ({ label, count, sort }) as ReportPart["facts"][number];
const section = (id: string, count = 1, parts: Partial<ReportSection> = {}): ReportSection =>
  ({ id, label: id, count, note: "", names: "", sort: id, ...parts }) as ReportSection;
const row = (key: string, parts: Partial<ReportRow> = {}): ReportRow => ({
  key,
  type: "str",
  size: 4,
  before: "",
  after: "1",
  note: "",
  count: 1,
  time: 1,
  number: 1,
  by: null,
  ...parts,
});
const part = (name: string, parts: Partial<ReportPart> = {}): ReportPart => ({
  name,
  type: "InMemoryStore",
  kind: "store",
  quiet: false,
  facts: [fact("added", 2), fact("deleted", 0)],
  sections: [section("added", 2), section("deleted")],
  lost: 0,
  unknown: {},
  note: "",
  ...parts,
});

describe("texts", () => {
  it("name what there was", () => {
    expect(figures(part("a"))).toBe("2 added");
    expect(figures(part("a", { facts: [fact("added", 1_204), fact("reads", 14)] }))).toBe(
      "1,204 added, 14 reads",
    );
    expect(figures(part("a", { facts: [fact("evicted", null)] }))).toBe("nothing changed");
    expect(figures(part("a", { quiet: true }))).toBe("nothing changed");
    expect(capital("misses: never cached")).toBe("Misses: never cached");
    expect([lost(0), lost(1)]).toEqual(["", "1 change came too fast to be looked at: missing below"]);
    expect(duration(0.485)).toBe("485 ms");
  });

  it("cut two values to where they differ, and only where that is far on", () => {
    expect(apart("{'a': 1}", "{'a': 2}")).toEqual(["{'a': 1}", "{'a': 2}"]);
    const same = "x".repeat(40);
    expect(apart(`${same}1 and`, `${same}2 or`)).toEqual(["…xxxxxxxx1 and", "…xxxxxxxx2 or"]);
    expect(apart(same, `${same}2`)).toEqual([same, `${same}2`]);
    expect(apart("", "")).toEqual(["", ""]);
  });
});

describe("a report", () => {
  let body: FakeElement;
  const asked: [string, Record<string, unknown>][] = [];
  let answer: (params: Record<string, unknown>) => SectionRows | Promise<SectionRows>;

  beforeEach(() => {
    vi.useFakeTimers();
    body = page();
    asked.length = 0;
    answer = () => ({ rows: [row("a"), row("b")], more: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function shown(parts: Partial<ReportState> = {}, open: string[] = []) {
    const state = signal<ReportState>({
      seq: 1,
      now: 10,
      title: { type: "Cell [3]", name: null, gone: false, ended: false },
      cell: 3,
      running: false,
      seconds: 0.5,
      error: "",
      parts: [part("store")],
      ...parts,
    });
    const value = signal(open);
    const opened: Trait<string[]> = {
      value,
      set: (next) => {
        value.value = next;
      },
    };
    const link = {
      state,
      connection: signal("live"),
      now: signal(12),
      heard: signal(10),
      reconnect: vi.fn(),
      async request(method: string, params: Record<string, unknown>) {
        asked.push([method, params]);
        return answer(params);
      },
    } as unknown as Link<ReportState>;
    const report = createReport(link, opened);
    const element = fake(report.element);
    body.append(element);
    return {
      ...{ report, element, state, opened, link },
      entry: (i: number) => element.all("entry")[i]!,
      keys: () => element.all("key").map((key) => key.textContent),
      texts: (name: string) => element.all(name).map((each) => each.textContent),
      update: (next: Partial<ReportState>) => {
        state.value = { ...state.peek(), ...next };
      },
    };
  }
  const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

  it("has a card for each object, and says what is not known and what nothing happened to", () => {
    const { element, texts } = shown({
      parts: [
        part("memory", {
          facts: [fact("added", 3), fact("evicted", null)],
          unknown: { evicted: "not told" },
        }),
        part("quiet", { quiet: true, facts: [], sections: [] }),
        part("fast", { lost: 7, note: "entries seen" }),
      ],
      error: "ValueError: <img src=x>",
    });
    expect(texts("name")).toEqual(["memory", "quiet", "fast"]);
    const [, unknown] = element.all("facts")[0]!.children;
    expect(unknown!.textContent).toBe("Evictedunknown");
    expect(unknown!.children[1]!.title).toBe("not told");
    const quiet = element.all("card")[1]!;
    expect(quiet.classList.contains("quiet")).toBe(true);
    expect(quiet.all("nothing")[0]!.textContent).toBe("Nothing changed");
    expect(element.all("warn")[2]!.textContent).toContain("7 changes came too fast");
    expect(element.all("raised")[0]!.textContent).toBe("ValueError: <img src=x>");
  });

  it("reads the rows of a section when it opens, and remembers which are open", async () => {
    const { entry, keys, opened, element } = shown();
    expect(asked).toEqual([]);
    entry(0).click();
    await settle();
    expect(asked).toEqual([["section", { part: 0, section: "added", start: 0 }]]);
    expect(entry(0).getAttribute("aria-expanded")).toBe("true");
    expect(keys()).toEqual(["a", "b"]);
    expect(opened.value.peek()).toEqual(["0 added"]);
    entry(0).click();
    expect(element.all("opened")[0]!.hidden).toBe(true);
    expect(opened.value.peek()).toEqual([]);
    entry(0).click();
    await settle();
    expect(asked).toHaveLength(1); // they are as they were
  });

  it("opens what was open, and reads it again as more happens, not more often than each second", async () => {
    const { keys, update } = shown({ running: true }, ["0 added"]);
    await settle();
    expect(keys()).toEqual(["a", "b"]);
    answer = () => ({ rows: [row("a"), row("b"), row("c")], more: 0 });
    for (const count of [3, 4, 5]) {
      update({ parts: [part("store", { sections: [section("added", count), section("deleted")] })] });
      await settle(100);
    }
    expect(asked).toHaveLength(1);
    await settle(1_000);
    expect(asked).toHaveLength(2);
    expect(keys()).toEqual(["a", "b", "c"]);
  });

  it("fetches more when asked to, and the focus goes to the section once there are no more", async () => {
    answer = ({ start }) =>
      start === 0 ? { rows: [row("a")], more: 30 } : { rows: [row("b"), row("c")], more: 0 };
    const { element, entry, keys } = shown();
    entry(0).click();
    await settle();
    const more = element.all("opened")[0]!.children.at(-1)!;
    expect([more.hidden, more.textContent]).toEqual([false, "30 more of 31"]);
    more.focus();
    more.click();
    await settle();
    expect(keys()).toEqual(["a", "b", "c"]);
    expect(more.hidden).toBe(true);
    expect(active()).toBe(entry(0));
  });

  it("says why rows cannot be read", async () => {
    answer = () => Promise.reject(new Error("LookupError: gone"));
    const { element, entry } = shown();
    entry(0).click();
    await settle();
    const problem = element.all("opened")[0]!.children[1]!;
    expect([problem.hidden, problem.textContent]).toEqual([
      false,
      "The rows cannot be read: LookupError: gone",
    ]);
  });

  it("is one stop for the keyboard in each card, whose arrows go and open", async () => {
    const { entry, element } = shown();
    const list = element.all("sections")[0]!;
    expect([entry(0).tabIndex, entry(1).tabIndex]).toEqual([0, -1]);
    entry(0).focus();
    expect(entry(0).send("keydown", { key: "ArrowDown" }).defaultPrevented).toBe(true);
    expect(active()).toBe(entry(1));
    expect([entry(0).tabIndex, entry(1).tabIndex]).toEqual([-1, 0]);
    entry(1).send("keydown", { key: "ArrowRight" });
    expect(entry(1).getAttribute("aria-expanded")).toBe("true");
    entry(1).send("keydown", { key: "ArrowLeft" });
    expect(entry(1).getAttribute("aria-expanded")).toBe("false");
    entry(1).send("keydown", { key: "Home" });
    expect(active()).toBe(entry(0));
    expect(entry(0).send("keydown", { key: "x" }).defaultPrevented).toBe(false);
    expect(list.childElementCount).toBe(2);
    await settle();
  });

  it("keeps its sections in order as they come and go", () => {
    const { texts, update } = shown();
    const of = (...ids: string[]) => [part("store", { sections: ids.map((id) => section(id)) })];
    expect(texts("label")).toEqual(["Added", "Deleted"]);
    update({ parts: of("added", "changed", "deleted") });
    expect(texts("label")).toEqual(["Added", "Changed", "Deleted"]);
    update({ parts: of("deleted") });
    expect(texts("label")).toEqual(["Deleted"]);
  });

  it("says that it runs, how long it took, and what came of it", () => {
    const { element, update } = shown({ running: true, seconds: 1, now: 10 });
    const [about] = element.all("summary");
    const status = element.all("sr").at(-1)!;
    expect(about!.textContent).toBe("3 s so far · 1 object");
    expect(element.all("running")).toHaveLength(1);
    update({ running: false, seconds: 2.5 });
    expect(about!.textContent).toBe("took 2.50 s · 1 object");
    expect(element.all("running")).toHaveLength(0);
    expect(status.textContent).toBe("Done. store: 2 added");
  });
});
