import { batch, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Link } from "../../link.js";
import { reason } from "../../text.js";
import type { CacheState, KeyTableState, ValueView } from "../../wire.gen.js";

export type Block = ValueView["blocks"][number];

const PACE = 250; // ms between two requests for a value that keeps changing

/** The value of what is open, in the parts that were loaded. */
export interface Shown {
  id: number;
  parts: [first: ValueView, ...continued: ValueView[]];
}

export interface OpenValue {
  /** May still be of the key that was open before. */
  readonly shown: ReadonlySignal<Shown | null>;
  /** Why the newest value is not shown; "" where it is, or is on its way. */
  readonly problem: ReadonlySignal<string>;
  choose(format: string): void;
  /** Loads what follows the parts shown. */
  more(): Promise<void>;
  /** Asks for something else of the value shown. */
  ask<T>(params: object): Promise<T>;
  retry(): void;
  dispose(): void;
}

/** Where the next part of a value begins; null at its end. */
export function nextOffset({ blocks }: ValueView): number | null {
  for (const block of blocks) if ("more" in block && block.more !== null) return block.more;
  return null;
}

/** Follows the open value, at most four times a second; while `held`, what is shown stays. */
export function followValue(
  link: Link<KeyTableState | CacheState>,
  held: ReadonlySignal<boolean>,
): OpenValue {
  const shown = signal<Shown | null>(null);
  const problem = signal("");
  let wanted: string | undefined; // the format chosen last, for this key and the next ones
  let asked = ""; // what was asked for last …
  let askedAt = 0; // … and when, on the browser's clock
  let running = ""; // what of it is not yet answered
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (params: object) => link.request("value", { format: wanted, ...params }) as Promise<ValueView>;

  function check(): void {
    clearTimeout(timer);
    const { open } = link.state.peek();
    if (!open || open.gone) return;
    const subject = JSON.stringify([open.id, wanted]);
    const goal = `${subject} ${open.version}`;
    if (goal === asked) return;
    if (asked.startsWith(`${subject} `)) {
      if (running || held.peek()) return;
      const wait = askedAt + PACE - Date.now();
      if (wait > 0) {
        timer = setTimeout(check, wait);
        return;
      }
    }
    void load(goal, open.id);
  }

  async function load(goal: string, id: number): Promise<void> {
    asked = running = goal;
    askedAt = Date.now();
    const before = shown.peek();
    try {
      const parts: Shown["parts"] = [await send({})];
      const [{ format }] = parts;
      // As much of it as was shown before.
      const loaded = before?.id === id && before.parts[0].format === format ? before.parts.length : 1;
      while (parts.length < loaded) {
        const offset = nextOffset(parts.at(-1)!);
        if (offset === null) break;
        parts.push(await send({ format, offset }));
      }
      if (running !== goal) return;
      if (parts[0].id !== id)
        asked = ""; // another one was opened; the state will say so
      else {
        batch(() => {
          shown.value = { id, parts };
          problem.value = "";
        });
      }
    } catch (error) {
      if (running !== goal) return;
      problem.value = reason(error);
    }
    running = "";
    timer = setTimeout(check, asked ? 0 : PACE);
  }

  function retry(): void {
    asked = "";
    problem.value = "";
    check();
  }

  const stops = [
    effect(() => {
      void link.state.value.open;
      void held.value;
      check();
    }),
    effect(() => {
      if (link.connection.value === "live" && problem.peek()) retry();
    }),
  ];

  return {
    shown,
    problem,
    retry,
    choose(format) {
      wanted = format;
      check();
    },
    async more() {
      const before = shown.peek();
      const offset = before && nextOffset(before.parts.at(-1)!);
      if (!before || offset === null) return;
      const next = await send({ format: before.parts[0].format, offset });
      if (shown.peek() !== before) return;
      if (next.version !== before.parts[0].version) retry();
      else shown.value = { ...before, parts: [...before.parts, next] };
    },
    ask: <T>(params: object) => send({ format: shown.peek()?.parts[0].format, ...params }) as Promise<T>,
    dispose() {
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}
