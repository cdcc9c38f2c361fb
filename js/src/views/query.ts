import { computed, type ReadonlySignal } from "@preact/signals-core";
import { createWish } from "./wish.js";

/** What is listed: the kernel's to say, the view's to wish. */
export interface Queries<Q> {
  /** The query, with what was asked for already in it. */
  readonly value: ReadonlySignal<Q>;
  set(changes: Partial<Q>): void;
  dispose(): void;
}

/** `settled` changes where the kernel has taken a query, or refused it. */
export function createQueries<Q extends object>(
  current: ReadonlySignal<Q>,
  settled: ReadonlySignal<unknown>,
  send: (changes: Partial<Q>) => Promise<unknown>,
  announce: (text: string) => void,
): Queries<Q> {
  const wish = createWish<Partial<Q>>(
    settled,
    send,
    (changes) =>
      Object.entries(changes).every(
        ([name, value]) => JSON.stringify(current.peek()[name as keyof Q]) === JSON.stringify(value),
      ),
    announce,
  );
  return {
    value: computed(() => ({ ...current.value, ...wish.value.value })),
    set(changes) {
      wish.ask({ ...wish.value.peek(), ...changes } as Partial<Q>);
    },
    dispose: wish.dispose,
  };
}
