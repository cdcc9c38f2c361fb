import { batch, signal } from "@preact/signals-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Connection } from "../src/link.js";
import { createAnswers, type Question } from "../src/views/timeline/panes/answers.js";
import { heads } from "../src/views/timeline/panes/diffrow.js";
import { createFollowing } from "../src/views/timeline/panes/following.js";
import { linePath } from "../src/views/timeline/panes/growthline.js";
import { forkedFrom } from "../src/views/timeline/panes/head.js";
import { makerText } from "../src/views/timeline/panes/maker.js";
import { createPrefetch } from "../src/views/timeline/panes/prefetch.js";
import { createQuestions } from "../src/views/timeline/panes/questions.js";
import type { Tab } from "../src/views/timeline/panes/tab.js";
import type { TimelineLink } from "../src/views/timeline/parts.js";
import type { CheckpointRow, DiffRow, Maker, TimelineState } from "../src/wire.gen.js";

const place = (n: number) => ({ thread: "t", at: `\n${n}` });
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Questions whose answers come when they are let go. */
function setUp() {
  const answers = createAnswers();
  const asked: number[] = [];
  const waiting = new Map<number, { resolve(answer: string): void; reject(error: Error): void }>();
  const question = (n: number): Question<string> => ({
    place: place(n),
    name: "state",
    ask: () => {
      asked.push(n);
      return new Promise((resolve, reject) => waiting.set(n, { resolve, reject }));
    },
    lasts: (answer) => answer !== "for now",
  });
  const wanted = signal<Question<string> | null>(null);
  const connection = signal<Connection>("live");
  const state = signal({ seq: 1 } as TimelineState);
  const following = createFollowing(answers, wanted, { state, connection });
  return {
    ...{ answers, asked, question, wanted, following, connection },
    choose: (n: number) => {
      wanted.value = question(n);
    },
    answer: async (n: number, text = `state ${n}`) => {
      waiting.get(n)!.resolve(text);
      await settle();
    },
    refuse: async (n: number, text: string) => {
      waiting.get(n)!.reject(new Error(text));
      await settle();
    },
    /** The timeline has changed. */
    change: () => {
      state.value = { ...state.peek(), seq: state.peek().seq + 1 };
    },
    text: () => following.shown.peek()?.answer,
  };
}

describe("what was told of a checkpoint", () => {
  it("is kept for the 64 looked at last", async () => {
    const { answers, question } = setUp();
    for (let n = 0; n < 64; n++) answers.keep(question(n), `state ${n}`);
    expect(answers.known(question(0))).toBe("state 0"); // and is now the last used
    answers.keep(question(64), "state 64");
    expect(answers.known(question(0))).toBe("state 0");
    expect(answers.known(question(1))).toBeUndefined();
    expect(answers.known(question(2))).toBe("state 2");
  });

  it("takes one place, whatever is asked of the checkpoint", () => {
    const { answers, question } = setUp();
    for (let n = 0; n < 100; n++) answers.keep({ place: place(7), name: `value ${n}` }, n);
    answers.keep(question(1), "state 1");
    expect(answers.known({ ...question(7), name: "value 0" })).toBe(0);
  });

  it("is asked once for all who ask meanwhile, and again where it does not last", async () => {
    const { answers, asked, question, answer } = setUp();
    const both = Promise.all([answers.ask(question(1)), answers.ask(question(1))]);
    await answer(1, "for now");
    expect(await both).toEqual(["for now", "for now"]);
    expect(asked).toEqual([1]);
    expect(answers.known(question(1))).toBeUndefined();
    void answers.ask(question(1));
    expect(asked).toEqual([1, 1]);
  });
});

describe("following what is chosen", () => {
  it("shows what is known at once, and asks for the rest", async () => {
    const { choose, answer, text, asked } = setUp();
    choose(1);
    await answer(1);
    choose(2);
    expect(text()).toBe("state 1"); // stays until the new is there
    await answer(2);
    expect(text()).toBe("state 2");
    choose(1);
    expect(text()).toBe("state 1");
    expect(asked).toEqual([1, 2]);
  });

  it("never shows an older answer over a newer choice", async () => {
    const { choose, answer, text } = setUp();
    choose(1);
    choose(2);
    await answer(2);
    await answer(1);
    expect(text()).toBe("state 2");
  });

  it("leaves out what was passed while the kernel was busy", async () => {
    const { choose, answer, text, asked } = setUp();
    for (let n = 1; n <= 40; n++) choose(n);
    expect(asked).toEqual([1, 2]);
    await answer(1);
    expect(asked).toEqual([1, 2, 40]);
    await answer(2);
    expect(text()).toBeUndefined();
    await answer(40);
    expect(text()).toBe("state 40");
  });

  it("says so where it takes more than 300 ms, counted from the choice", async () => {
    const { choose, answer, following } = setUp();
    choose(1);
    await vi.advanceTimersByTimeAsync(299);
    expect(following.late.peek()).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(following.late.peek()).toBe(true);
    await answer(1);
    expect(following.late.peek()).toBe(false);
  });

  it("says why it failed, asks again when told to, and when the kernel is back", async () => {
    const { choose, refuse, answer, text, following, connection, asked } = setUp();
    choose(1);
    await refuse(1, "no answer from the kernel");
    expect(following.problem.peek()).toBe("no answer from the kernel");
    following.again();
    expect(following.problem.peek()).toBe("");
    await refuse(1, "still none");
    connection.value = "lost";
    connection.value = "live";
    await answer(1);
    expect(text()).toBe("state 1");
    expect(following.problem.peek()).toBe("");
    expect(asked).toEqual([1, 1, 1]);
  });

  it("keeps quiet about what failed of an earlier choice", async () => {
    const { choose, refuse, answer, following } = setUp();
    choose(1);
    choose(2);
    await refuse(1, "gone");
    expect(following.problem.peek()).toBe("");
    await answer(2);
    expect(following.problem.peek()).toBe("");
  });

  it("asks again, too, for what is shown: it may be another one now", async () => {
    const { choose, answer, text, following } = setUp();
    choose(1);
    await answer(1, "for now");
    following.again();
    await answer(1, "more");
    expect(text()).toBe("more");
  });

  it("asks again for what failed once the timeline has moved on; until then it is told", async () => {
    const { choose, refuse, answer, text, following, change, asked } = setUp();
    choose(1);
    await refuse(1, "waiting for the event loop");
    change();
    change();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([1, 1]);
    expect(following.problem.peek()).toBe("waiting for the event loop");
    await answer(1);
    expect(following.problem.peek()).toBe("");
    expect(text()).toBe("state 1");
    change();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([1, 1]); // what lasts is not asked for again
  });

  it("asks again for what fails though the timeline has moved on while it was asked", async () => {
    const { choose, refuse, answer, text, following, change, asked } = setUp();
    choose(1);
    await refuse(1, "waiting for the event loop");
    change();
    await vi.advanceTimersByTimeAsync(1_000);
    change();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([1, 1]); // it is being asked
    await refuse(1, "still waiting");
    expect(asked).toEqual([1, 1, 1]);
    await answer(1);
    expect(following.problem.peek()).toBe("");
    expect(text()).toBe("state 1");
  });

  it("asks again for what does not last, at most once a second, and not where nothing is asked", async () => {
    const { choose, answer, text, change, asked, wanted } = setUp();
    choose(1);
    await answer(1, "for now");
    for (let n = 0; n < 9; n++) {
      change();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(asked).toEqual([1]);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual([1, 1]);
    await answer(1, "more");
    expect(text()).toBe("more");
    wanted.value = null;
    change();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual([1, 1]);
  });
});

it("the neighbours are asked for together, those known not at all, when what is chosen is there", async () => {
  const shown = signal<unknown>(null);
  const chosen = signal<ReturnType<typeof place> | null>(place(0));
  const neighbours = signal([place(1), place(2), place(3), place(4)]);
  const asked: string[] = [];
  const fetch = ({ at }: { at: string }) => {
    if (at === "\n1") return undefined;
    asked.push(at.trim());
    return Promise.reject(new Error("gone"));
  };
  const tab = { fetch, following: { shown } } as unknown as Tab;
  const stop = createPrefetch(chosen, neighbours, () => tab);
  await settle();
  expect(asked).toEqual([]); // what is chosen comes first
  shown.value = { place: place(0) };
  await settle();
  expect(asked).toEqual(["2", "3"]); // and 1 is known
  batch(() => {
    chosen.value = place(7);
    neighbours.value = [place(8), place(9)];
  });
  await settle();
  expect(asked).toEqual(["2", "3"]); // nothing is put before what is waited for
  shown.value = { place: place(7) };
  await settle();
  expect(asked).toEqual(["2", "3", "8", "9"]);
  stop();
});

describe("questions", () => {
  function ask(answer: object) {
    const sent: [string, object][] = [];
    const request = async (method: string, params: object) => {
      sent.push([method, params]);
      return answer;
    };
    const answers = createAnswers();
    return { sent, answers, questions: createQuestions({ request } as unknown as TimelineLink, answers) };
  }

  it("send thread and key, and keep the values that came with the state", async () => {
    const view = { format: "messages", blocks: [] };
    const channels = [
      { name: "messages", view },
      { name: "plan", view: null },
    ];
    const { sent, answers, questions } = ask({ channels, internal: [], problem: "" });
    const chosen = { ...place(4), ns: "", id: "4", row: {} };
    await answers.ask(questions.state(chosen, new Map([["messages", undefined]])));
    expect(sent).toEqual([["state", { ...place(4), open: { messages: {} } }]]);
    expect(answers.known(questions.value(place(4), "messages", undefined))).toBe(view);
    expect(answers.known(questions.value(place(4), "messages", "JSON"))).toBeUndefined();
    expect(answers.known(questions.value(place(4), "plan", undefined))).toBeUndefined();
  });

  it("ask again for a state that could not be read, and for a diff with another pin than meant", async () => {
    const { questions } = ask({});
    const state = questions.state(place(1), new Map());
    expect(state.lasts({ problem: "waiting for the event loop" } as never)).toBe(false);
    const diff = questions.diff(place(1), "\n7");
    const against = (key: string) => ({ problem: "", before: { key } }) as never;
    expect(diff.lasts(against("\n7"))).toBe(true);
    expect(diff.lasts(against("\n3"))).toBe(false);
    expect(questions.writes(place(1)).lasts({} as never)).toBe(false);
  });
});

const by = (parts: Partial<Maker> = {}): Maker => ({
  nodes: ["agent"],
  source: "loop",
  step: 6,
  task: "t1",
  key: "\n6",
  certain: true,
  ...parts,
});

it("who wrote it is said in words, and what is only likely as that", () => {
  expect(makerText(by())).toBe("agent · step 6");
  expect(makerText(by({ nodes: [], source: "input", step: -1 }))).toBe("input · step −1");
  expect(makerText(by({ nodes: ["agent", "tools"], certain: false }))).toBe("likely agent or tools · step 6");
  expect(makerText(by({ step: null }))).toBe("agent");
});

it("who made a change is said once for what is below it", () => {
  const row = (depth: number, maker: Maker | null) => ({ depth, by: maker }) as DiffRow;
  const other = by({ key: "\n5", nodes: ["tools"] });
  const rows = [row(0, null), row(1, by()), row(2, by()), row(2, other), row(1, by()), row(0, by())];
  expect([...heads(rows)]).toEqual([1, 3, 4, 5]);
});

it("a line of growth reaches the top where most is, and lies on the ground where nothing is", () => {
  expect(linePath([0, 50, 100], 20, 10)).toBe("M0 10L10 5L20 0");
  expect(linePath([7], 20, 10)).toBe("M0 0H20");
  expect(linePath([0, 0], 20, 10)).toBe("M0 10L20 10");
});

describe("where it was forked from", () => {
  const row = (id: string, parent: string | null, step: number, source = "loop") =>
    ({ id, ns: "", parent, step, source }) as CheckpointRow;
  // newest first: d and e are a later branch from b
  const rows = [
    row("e", "d", 3),
    row("d", "b", 2, "update"),
    row("c", "b", 2),
    row("b", "a", 1),
    row("a", null, 0),
  ];
  const from = (i: number) => forkedFrom(rows[i]!, rows);

  it("is told of the younger branch, all the way", () => {
    expect(rows.map((_, i) => from(i))).toEqual([
      " · forked from step 1",
      " · forked from step 1",
      "",
      "",
      "",
    ]);
  });

  it("is not guessed where the rows do not reach", () => {
    expect(forkedFrom(rows[0]!, rows.slice(0, 1))).toBe("");
    const fork = row("f", "b", 2, "fork");
    expect(forkedFrom(fork, [fork, rows[3]!])).toBe(" · forked from step 1");
  });
});
