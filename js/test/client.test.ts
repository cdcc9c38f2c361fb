import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../src/client.js";
import type { CacheState, Opened, Patch, Request } from "../src/wire.gen.js";

const first = { seq: 0, now: 1_000, size: 1 } as CacheState;

function start() {
  const sent: (Partial<Request> & { kind: string })[] = [];
  const client = createClient<CacheState>("v", first, {}, (message) => sent.push(message as Request));
  const opened = (seq: number, size = 1) =>
    client.receive({ kind: "opened", view: "v", state: { ...first, seq, size } } as unknown as Opened);
  const patch = (prev: number, set: object) =>
    client.receive({ kind: "patch", view: "v", prev, seq: prev + 1, set, rows: {} } as Patch);
  const reply = (id: number | undefined, parts: object = { result: null }) =>
    client.receive({ kind: "reply", view: "v", id: id!, ...parts });
  const take = () => sent.splice(0);
  return { client, opened, patch, reply, take };
}

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

describe("patches", () => {
  it("open, then follow on each other", () => {
    const { client, opened, patch, take } = start();
    expect(take()).toEqual([{ kind: "open", view: "v", params: {} }]);
    expect(client.connection.value).toBe("connecting");
    opened(4);
    patch(4, { size: 2 });
    expect([client.connection.value, client.state.value.size, client.state.value.seq]).toEqual([
      "live",
      2,
      5,
    ]);
    expect(take()).toEqual([]);
  });

  it("open again where one was lost, and wait for the answer", () => {
    const { client, opened, patch, take } = start();
    opened(4, 4);
    take();
    patch(5, { size: 6 });
    patch(6, { size: 7 });
    expect(take().map((message) => message.kind)).toEqual(["open"]);
    expect(client.state.value.size).toBe(4);
    opened(7, 7);
    expect(client.state.value.size).toBe(7);
  });

  it("for other views are not ours", () => {
    const { client, opened } = start();
    opened(1);
    client.receive({ kind: "patch", view: "w", prev: 1, seq: 2, set: { size: 9 }, rows: {} });
    expect(client.state.value.size).toBe(1);
  });
});

describe("requests", () => {
  it("are repeated with the same id until answered", async () => {
    const { client, opened, reply, take } = start();
    opened(1);
    take();
    const answer = client.request("state", { path: [] });
    vi.advanceTimersByTime(4_000);
    const ids = take().map((message) => message.id);
    expect(ids).toEqual([ids[0], ids[0]]);
    reply(ids[0], { result: "tree" });
    reply(ids[0], { result: "twice" });
    await expect(answer).resolves.toBe("tree");
  });

  it("fail with what the kernel says, or that it says nothing", async () => {
    const { client, opened, reply, take } = start();
    opened(1);
    take();
    const refused = client.request("state", {});
    reply(take()[0]?.id, { error: "LookupError: gone" });
    await expect(refused).rejects.toThrow("LookupError: gone");
    const unheard = client.request("state", {});
    const outcome = expect(unheard).rejects.toThrow("no answer from the kernel");
    await vi.advanceTimersByTimeAsync(12_000);
    await outcome;
  });
});

describe("look", () => {
  it("sends one wish at a time, and of those that came meanwhile only the newest", async () => {
    const { client, opened, reply, take } = start();
    opened(1);
    take();
    for (const begin of [10, 20, 30]) client.look({ start: begin, stop: begin + 5 });
    const [only, ...more] = take();
    expect([only?.params, more]).toEqual([{ start: 10, stop: 15 }, []]);
    reply(only?.id);
    await vi.advanceTimersByTimeAsync(0);
    expect(take().map((message) => message.params)).toEqual([{ start: 30, stop: 35 }]);
  });

  it("rides along when the view opens again, and asks nothing that is already so", async () => {
    const { client, opened, take } = start();
    client.look({ start: 10 });
    expect(take()).toHaveLength(1);
    opened(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(take().map((message) => message.method)).toEqual(["look"]);
    client.look({ start: 10, selected: null });
    client.resume();
    expect(take()).toEqual([{ kind: "open", view: "v", params: { start: 10 } }]);
  });
});

it("compares wishes by what is in them", async () => {
  const { client, opened, reply, take } = start();
  opened(1);
  client.look({ tree: true, expanded: ["a:", "b:"] });
  reply(take().at(-1)?.id);
  await vi.advanceTimersByTimeAsync(0);
  client.look({ expanded: ["a:", "b:"], tree: true });
  expect(take()).toEqual([]);
  client.look({ expanded: ["a:"] });
  expect(take()).toHaveLength(1);
});

it("opens again when the kernel no longer knows the view", async () => {
  const { client, opened, reply, take } = start();
  opened(1);
  take();
  client.look({ start: 10 });
  reply(take()[0]?.id, { error: "LookupError: the view is not open" });
  await vi.advanceTimersByTimeAsync(0);
  expect(take()).toEqual([{ kind: "open", view: "v", params: { start: 10 } }]);
  opened(1);
  await vi.advanceTimersByTimeAsync(5_000);
  reply(take()[0]?.id, { error: "LookupError: the view is not open" });
  await vi.advanceTimersByTimeAsync(0);
  expect(take().map((message) => message.kind)).toEqual(["open"]);
});

describe("the connection", () => {
  it("is lost after ten seconds without an answer, tried again, and found", () => {
    const { client, opened, take } = start();
    opened(1);
    take();
    vi.advanceTimersByTime(14_000);
    expect(client.connection.value).toBe("live"); // a ping every five seconds, the first unanswered for nine
    vi.advanceTimersByTime(2_000);
    expect(client.connection.value).toBe("lost");
    take();
    vi.advanceTimersByTime(10_000);
    const kinds = take().map((message) => message.kind);
    expect(kinds.length).toBeLessThanOrEqual(3);
    expect(new Set(kinds)).toEqual(new Set(["open"]));
    opened(1);
    expect(client.connection.value).toBe("live");
  });

  it("is found lost within two seconds where the comm says something happened", () => {
    const { client, opened } = start();
    opened(1);
    client.check();
    vi.advanceTimersByTime(3_000);
    expect(client.connection.value).toBe("lost");
  });

  it("holds as long as anything is heard", () => {
    const { client, opened, patch } = start();
    opened(0);
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(3_000);
      patch(i, { size: i });
    }
    expect(client.connection.value).toBe("live");
  });

  it("is lost at once where sending fails", () => {
    const client = createClient<CacheState>("v", first, {}, () => {
      throw new Error("comm is closed");
    });
    expect(client.connection.value).toBe("lost");
    expect(() => client.close()).not.toThrow();
  });
});

describe("pausing", () => {
  it("keeps what is shown and goes on counting", () => {
    const { client, opened, patch } = start();
    opened(1, 5);
    client.pause();
    patch(1, { size: 6 });
    patch(2, { size: 7 });
    expect([client.connection.value, client.state.value.size, client.latest.value.size]).toEqual([
      "paused",
      5,
      7,
    ]);
    client.resume();
    expect(client.state.value.size).toBe(7);
  });

  it("still shows what is looked for", async () => {
    const { client, opened, patch, reply, take } = start();
    opened(1, 5);
    client.pause();
    take();
    client.look({ start: 50 });
    patch(1, { size: 6 });
    reply(take()[0]?.id);
    await vi.advanceTimersByTimeAsync(0);
    expect(client.state.value.size).toBe(6);
  });
});

describe("off screen", () => {
  it("asks nothing, tells the kernel to stop, and opens again when seen", () => {
    const { client, opened, take } = start();
    opened(1);
    take();
    client.setVisible(false);
    vi.advanceTimersByTime(60_000);
    expect(take()).toEqual([{ kind: "close", view: "v" }]);
    client.setVisible(true);
    expect(take().map((message) => message.kind)).toEqual(["open"]);
    expect(client.connection.value).toBe("live");
  });

  it("tells a kernel, too, that answers only then", () => {
    const { client, opened, take } = start();
    take();
    client.setVisible(false);
    vi.advanceTimersByTime(60_000);
    expect(take()).toEqual([]);
    opened(1);
    vi.advanceTimersByTime(60_000);
    expect(take()).toEqual([{ kind: "close", view: "v" }]);
  });

  it("a short absence goes unnoticed", () => {
    const { client, opened, take } = start();
    opened(1);
    take();
    client.setVisible(false);
    vi.advanceTimersByTime(500);
    client.setVisible(true);
    expect(take()).toEqual([]);
  });
});

describe("the clock", () => {
  it("stands still until the kernel speaks, then runs on its time", () => {
    const { client, opened } = start();
    vi.advanceTimersByTime(3_000);
    expect(client.now.value).toBe(1_000);
    opened(1);
    vi.advanceTimersByTime(3_000);
    expect(client.now.value).toBeCloseTo(1_003);
  });
});

it("closes for good", async () => {
  const { client, opened, take } = start();
  opened(1);
  const unanswered = expect(client.request("ping", {})).rejects.toThrow("closed");
  take();
  client.close();
  await unanswered;
  expect(take()).toEqual([{ kind: "close", view: "v" }]);
  vi.advanceTimersByTime(60_000);
  expect(take()).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
