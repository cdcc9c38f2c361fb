import { batch, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Link } from "../../link.js";
import type { KeyTableState, ValueNode, ValueView } from "../../wire.gen.js";

export type Block = ValueView["blocks"][number];

const PACE = 250; // ms between two requests for a value that keeps changing

/** The value of the open key, in the parts that were loaded. */
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
  child(path: number[], offset: number): Promise<ValueNode>;
  /** The value in another format, in part; it is not shown. */
  as(format: string): Promise<ValueView>;
  retry(): void;
  dispose(): void;
}

/** Where the next part of a value begins; null at its end. */
export function nextOffset({ blocks }: ValueView): number | null {
  for (const block of blocks) if ("more" in block && block.more !== null) return block.more;
  return null;
}

/** Follows the open key's value, at most four times a second; `held` keeps what is shown. */
export function followValue(link: Link<KeyTableState>, held: ReadonlySignal<boolean>): OpenValue {
  const shown = signal<Shown | null>(null);
  const problem = signal("");
  let wanted: string | undefined; // the format chosen last, for this key and the next ones
  let asked = ""; // what was asked for last …
  let askedAt = 0; // … and when, on the browser's clock
  let running = ""; // asked for and not yet answered
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async <T>(params: object) => (await link.request("value", { format: wanted, ...params })) as T;

  function check(): void {
    clearTimeout(timer);
    const { open } = link.state.peek();
    if (!open || open.gone || held.peek()) return;
    const subject = JSON.stringify([open.id, wanted]);
    const goal = `${subject} ${open.version}`;
    if (goal === asked) return;
    if (asked.startsWith(`${subject} `)) {
      if (running) return;
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
      const parts: Shown["parts"] = [await ask<ValueView>({})];
      // As much of it as was shown before.
      while (before?.id === id && parts.length < before.parts.length && parts[0].id === id) {
        const offset = nextOffset(parts.at(-1)!);
        if (offset === null || parts[0].format !== before.parts[0].format) break;
        parts.push(await ask<ValueView>({ offset }));
      }
      if (running !== goal) return;
      if (parts[0].id !== id)
        asked = ""; // opened elsewhere meanwhile; the state will say so
      else {
        batch(() => {
          shown.value = { id, parts };
          problem.value = "";
        });
      }
    } catch (error) {
      if (running === goal) problem.value = error instanceof Error ? error.message : String(error);
    }
    if (running !== goal) return;
    running = "";
    if (asked) check();
    else timer = setTimeout(check, PACE);
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
    choose(format) {
      wanted = format;
      check();
    },
    async more() {
      const before = shown.peek();
      const offset = before && nextOffset(before.parts.at(-1)!);
      if (!before || offset === null) return;
      const next = await ask<ValueView>({ format: before.parts[0].format, offset });
      if (shown.peek() !== before) return;
      if (next.version === before.parts[0].version) {
        shown.value = { ...before, parts: [...before.parts, next] };
      } else retry();
    },
    child: (path, offset) => ask({ format: shown.peek()?.parts[0].format, path, offset }),
    as: (format) => ask({ format }),
    retry,
    dispose() {
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}
