import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import type { Slice } from "./grid.js";
import type { Span } from "./gridmath.js";
import { type Held, hold, type Identified } from "./hold.js";

export interface HeldOptions<R> {
  /** The list as it is in the kernel. */
  listed: ReadonlySignal<Slice<R> & { basis: string }>;
  /** What that is beside; read when the list is another one. */
  about(): {
    /** Ids of what was removed last. */
    removed: readonly number[];
    /** It is being made: its first results are shown. */
    growing: boolean;
    /** It is in an order in which no row ever moves. */
    stays: boolean;
  };
  mark(row: R): R;
  pointed: ReadonlySignal<boolean>;
  /** A row is being clicked. */
  pressed(): boolean;
  seen(): Span;
  clock(): number;
}

/** The list as it is shown: removed rows leave after a while, and nothing moves under the pointer. */
export function createHeld<R extends Identified>({
  listed,
  about,
  mark,
  pointed,
  pressed,
  seen,
  clock,
}: HeldOptions<R>): { list: ReadonlySignal<Held<R>>; dispose(): void } {
  const list = signal<Held<R>>({ ...listed.peek(), gone: new Map(), held: false });
  let taken: unknown = listed.peek();
  let whole = ""; // the basis of which a complete list has been shown
  let closing: ReturnType<typeof setTimeout> | undefined;

  function update(): void {
    const next = listed.peek();
    taken = next;
    const { removed, growing, stays } = about();
    const now = clock();
    list.value = hold(list.peek(), next, {
      now,
      seen: seen(),
      removed: new Set(removed),
      frozen: pointed.peek() && !stays && whole === next.basis,
      mark,
    });
    if (!growing) whole = next.basis;
    clearTimeout(closing);
    const ends = [...list.peek().gone.values()];
    if (ends.length > 0) closing = setTimeout(close, 1_000 * (Math.min(...ends) - now) + 20);
  }

  function close(): void {
    if (pressed()) closing = setTimeout(close, 100);
    else update();
  }

  const stop = effect(() => {
    const next = listed.value;
    void pointed.value;
    if (next !== taken || list.peek().held) untracked(update);
  });
  return {
    list,
    dispose() {
      stop();
      clearTimeout(closing);
    },
  };
}
