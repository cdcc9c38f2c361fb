import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Link } from "../link.js";
import type { CacheState, KeyTableState } from "../wire.gen.js";
import { createWish } from "./wish.js";

const FOLLOW = 150; // ms that the arrow keys rest before the value follows

export interface Opening {
  /** What is open, or was asked for already. */
  readonly id: ReadonlySignal<number | null>;
  open(id: number): void;
  /** Opens it in a moment, if something is open and nothing else is moved to meanwhile. */
  follow(id: number): void;
  dispose(): void;
}

/** Which row's value is shown. */
export function createOpening(
  link: Link<KeyTableState | CacheState>,
  announce: (text: string) => void,
): Opening {
  const current = computed(() => link.state.value.open?.id ?? null);
  const wish = createWish<{ id: number | null }>(
    current,
    (asked) => link.request("open", asked),
    ({ id }) => current.peek() === id,
    announce,
  );
  let following: ReturnType<typeof setTimeout> | undefined;

  function open(id: number): void {
    clearTimeout(following);
    wish.ask({ id });
  }
  return {
    id: computed(() => (wish.value.value ?? { id: current.value }).id),
    open,
    follow(id) {
      clearTimeout(following);
      if (current.peek() !== null) following = setTimeout(open, FOLLOW, id);
    },
    dispose() {
      clearTimeout(following);
      wish.dispose();
    },
  };
}
