import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import type { Link } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { Span } from "../gridmath.js";
import { type Held, hold } from "./hold.js";
import { stays } from "./query.js";

/** The list as it is shown: deleted rows leave after a while, and nothing moves under the pointer. */
export function createHeld(
  { state, clock }: Link<KeyTableState>,
  pointed: ReadonlySignal<boolean>,
  seen: () => Span,
): { list: ReadonlySignal<Held>; dispose(): void } {
  const listed = computed(() => {
    const { rows, start, size, query } = state.value;
    return { rows, start, size, basis: JSON.stringify(query) };
  });
  const list = signal<Held>({ ...listed.peek(), gone: new Map(), held: false });
  let taken: unknown = listed.peek();
  let whole = ""; // the basis of which a complete list has been shown
  let closing: ReturnType<typeof setTimeout> | undefined;

  function update(): void {
    const next = listed.peek();
    taken = next;
    const { progress, deleted, query } = state.peek();
    const now = clock();
    list.value = hold(list.peek(), next, {
      now,
      seen: seen(),
      deleted: new Set(deleted),
      frozen: pointed.peek() && !stays(query) && whole === next.basis,
    });
    if (progress === null) whole = next.basis;
    clearTimeout(closing);
    const ends = [...list.peek().gone.values()];
    if (ends.length > 0) closing = setTimeout(update, 1_000 * (Math.min(...ends) - now) + 20);
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
