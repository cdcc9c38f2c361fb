import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Trait } from "../../link.js";
import { reason } from "../../text.js";
import type { Jumps } from "../../wire.gen.js";
import { configOf, keyOf, type Selection } from "./keys.js";
import type { TimelineLink } from "./parts.js";

/** To where, or to the interrupt or error next to it: 1 is newer. */
export type Jump = keyof Jumps | 1 | -1;

export interface Travel {
  /** Key of the checkpoint shown, as it was asked for last. */
  readonly selected: ReadonlySignal<string | null>;
  /** Its row, or where it will be, or was. */
  readonly row: ReadonlySignal<number | null>;
  /** Whether the row is known to be that of what was asked for last. */
  readonly sure: ReadonlySignal<boolean>;
  /** Whether what was asked for is chosen. */
  readonly arrived: ReadonlySignal<boolean>;
  choose(at: string, thread?: string): void;
  to(row: number): void;
  jump(where: Jump): void;
  /** Nothing is chosen any more: the newest is shown. */
  release(): void;
}

type Wish = { thread: string } & (
  | { at: string; row: number | null }
  | { at: null; row: number; size: number }
);

/**
 * Choosing a checkpoint. What is asked for shows at once, however busy the kernel is; one wish is under way
 * at a time, and of those that came meanwhile the newest follows.
 */
export function createTravel(
  link: TimelineLink,
  selection: Trait<Selection | null>,
  held: ReadonlySignal<string | null>,
  announce: (text: string) => void,
): Travel {
  const { state } = link;
  const wish = signal<Wish | null>(null);
  let under = false;

  function loaded(row: number): string | null {
    const { rows, start } = state.value;
    const there = rows[row - start];
    return there ? keyOf(there) : null;
  }
  const selected = computed(() => {
    const { thread, selected: newest } = state.value;
    const wanted = wish.value;
    if (wanted && wanted.thread === thread) {
      const at = wanted.at ?? loaded(wanted.row);
      if (at !== null) return at;
    }
    const chosen = selection.value.value?.configurable;
    if (chosen && String(chosen.thread_id) === thread) {
      return keyOf({ ns: chosen.checkpoint_ns, id: chosen.checkpoint_id });
    }
    return held.value ?? newest;
  });
  const found = computed(() => {
    const { rows, start, selected: known, selected_row: place } = state.value;
    if (wish.value && wish.value.row !== null) return wish.value.row;
    if (known === selected.value && place !== null) return place;
    const i = rows.findIndex((each) => keyOf(each) === selected.value);
    return i === -1 ? null : start + i;
  });
  let last: number | null = null;
  const row = computed(() => {
    if (state.value.size === 0) last = null;
    else last = found.value ?? last;
    return last;
  });

  async function run(): Promise<void> {
    if (under) return;
    under = true;
    try {
      for (let sent: Wish | null = null; wish.peek() !== sent && wish.peek() !== null; ) {
        sent = wish.peek() as Wish;
        if (sent.at !== null) selection.set(configOf(sent.thread, sent.at));
        else await link.request("go", { ...sent }); // of so many rows: newer ones may have come
      }
    } catch (error) {
      announce(reason(error));
    }
    under = false;
    wish.value = null;
  }
  function ask(next: Wish): void {
    wish.value = next;
    void run();
  }

  let going: Promise<unknown> = Promise.resolve();
  /** Where only the kernel knows the way: from where the way before led. */
  function go(to: object, otherwise: string): void {
    going = going
      .then(async () => {
        const { thread } = state.peek();
        const at = selected.peek();
        if (thread === null || at === null) return;
        if ((await link.request("go", { ...to, at, thread })) === null) announce(otherwise);
      })
      .catch((error) => announce(reason(error)));
  }

  function choose(at: string, thread = state.peek().thread): void {
    if (thread !== null) ask({ thread, at, row: null });
  }
  return {
    selected,
    row,
    sure: computed(() => found.value !== null),
    arrived: computed(() => wish.value === null),
    choose,
    to(place) {
      const { thread, size } = state.peek();
      if (thread === null || size === 0) return;
      const row = Math.min(Math.max(0, place), size - 1);
      const at = loaded(row);
      ask({ thread, row, at, size } as Wish);
    },
    jump(where) {
      const { jumps, selected: known } = state.peek();
      const none = `There is no ${where}`;
      if (typeof where === "number")
        go({ to: "incident", way: where }, `No interrupt or error is ${where > 0 ? "newer" : "older"}`);
      else if (known !== selected.peek()) go({ to: where }, none);
      else if (jumps[where] !== null) choose(jumps[where]);
      else announce(none);
    },
    release: () => selection.set(null),
  };
}
