import { batch, computed, signal } from "@preact/signals-core";
import type { AnyState, Connection, Link } from "./link.js";
import { applyPatch } from "./patch.js";
import { createRequests } from "./requests.js";
import type { Opened, Params, Patch, Reply } from "./wire.gen.js";

/** Milliseconds. */
const BEAT = 5_000;
const LOST_AFTER = 10_000;
const CHECK_WITHIN = 2_000;
const HIDDEN_GRACE = 2_000;

export interface Client<S extends AnyState> extends Link<S> {
  receive(message: Opened | Patch | Reply): void;
  /** Off screen the kernel is told to stop sending, and nothing is asked of it. */
  setVisible(visible: boolean): void;
  /** Something may have happened to the kernel: ask, and do not wait long. */
  check(): void;
  close(): void;
}

/** The view's side of the protocol in wire, over any way to send. */
export function createClient<S extends AnyState>(
  view: string,
  first: S,
  wanted: Params,
  send: (message: object) => void,
): Client<S> {
  const latest = signal(first);
  const state = signal(first);
  const reach = signal<"connecting" | "live" | "lost">("connecting");
  const paused = signal(false);
  const connection = computed<Connection>(() =>
    reach.value === "live" && paused.value ? "paused" : reach.value,
  );
  const now = signal(first.now);
  const heard = signal(first.now);
  const requests = createRequests(view, post);

  let params = wanted;
  let sent: Params | null = null; // the params the kernel has, or is about to have
  let looking = false;
  let opening = false;
  let open = false;
  let visible = true;
  let asked: number | null = null; // since when an answer is owed
  let skew: number | null = null; // kernel clock minus ours; unknown until the kernel speaks
  let beat: ReturnType<typeof setInterval> | undefined;
  let tick: ReturnType<typeof setInterval> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;

  const clock = () => (skew === null ? latest.peek().now : Date.now() / 1000 + skew);
  const overdue = () => asked !== null && Date.now() - asked >= LOST_AFTER;

  function post(message: object): void {
    asked ??= Date.now();
    try {
      send(message);
    } catch {
      reach.value = "lost"; // the comm is gone
    }
  }

  function doOpen(): void {
    opening = true;
    sent = params;
    post({ kind: "open", view, params });
  }

  async function doLook(): Promise<void> {
    if (looking) return;
    looking = true;
    while (open && sent !== params) {
      sent = params;
      try {
        await requests.send("look", { ...params });
        if (paused.peek()) state.value = latest.peek();
      } catch {
        reopen();
        break;
      }
    }
    looking = false;
  }

  function take(next: S): void {
    skew = next.now - Date.now() / 1000;
    latest.value = next;
    now.value = next.now;
    if (!paused.peek()) state.value = next;
  }

  function receive(message: Opened | Patch | Reply): void {
    if (message.view !== view) return;
    batch(() => {
      asked = null;
      heard.value = Date.now() / 1000;
      if (message.kind === "opened") {
        opening = false;
        open = true;
        if (!visible) hide(); // it was answered late
        take(message.state as unknown as S);
        void doLook();
      } else if (message.kind === "patch") {
        if (opening) return;
        if (message.prev === latest.peek().seq) take(applyPatch(latest.peek(), message));
        else doOpen();
      } else {
        requests.settle(message);
      }
      if (open) reach.value = "live";
    });
  }

  function onBeat(): void {
    if (overdue()) {
      reach.value = "lost";
      open = false;
    }
    if (!open || opening) doOpen();
    else ping();
  }

  // A refusal means that the kernel no longer knows this view; silence is found out by the beat.
  function reopen(): void {
    if (open && asked === null) doOpen();
  }

  function ping(): void {
    requests.send("ping", {}, 1).catch(reopen); // sent once: the next beat is the retry
  }

  function start(): void {
    beat ??= setInterval(onBeat, BEAT);
    tick ??= setInterval(() => {
      now.value = clock();
      if (overdue() && reach.peek() !== "lost") onBeat();
    }, 1_000);
  }

  function stop(): void {
    clearInterval(beat);
    clearInterval(tick);
    beat = tick = undefined;
    asked = null;
  }

  function hide(): void {
    clearTimeout(hiding);
    hiding = setTimeout(() => open && shut(), HIDDEN_GRACE);
  }

  function shut(): void {
    open = opening = false;
    try {
      send({ kind: "close", view });
    } catch {
      // The comm is gone, and the kernel's side of the view with it.
    }
  }

  start();
  doOpen();

  return {
    state,
    latest,
    connection,
    now,
    heard,
    clock,
    receive,
    request: (method, payload) => requests.send(method, payload),
    look(wish) {
      const next = { ...params, ...wish };
      if (sameParams(params, next)) return;
      params = next;
      void doLook();
    },
    pause() {
      paused.value = true;
    },
    catchUp() {
      state.value = latest.peek();
    },
    resume() {
      batch(() => {
        paused.value = false;
        state.value = latest.peek();
      });
      doOpen();
    },
    reconnect() {
      reach.value = "connecting";
      asked = null;
      open = false;
      doOpen();
    },
    check() {
      asked = Date.now() - LOST_AFTER + CHECK_WITHIN;
      ping();
    },
    setVisible(on) {
      if (on === visible) return;
      visible = on;
      if (on) {
        clearTimeout(hiding);
        asked = null;
        now.value = clock();
        start();
        if (!open) doOpen();
      } else {
        stop();
        hide();
      }
    },
    close() {
      stop();
      clearTimeout(hiding);
      requests.close();
      shut();
    },
  };
}

/** Left out and null are the same. */
function sameParams(a: Params, b: Params): boolean {
  const text = (params: Params) =>
    JSON.stringify(
      Object.entries(params)
        .filter(([, value]) => value !== null)
        .sort(),
    );
  return text(a) === text(b);
}
