import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { reason } from "../text.js";

export interface Wish<T> {
  /** What was asked for and is not yet so; null where nothing is. */
  readonly value: ReadonlySignal<T | null>;
  ask(wish: T): void;
  dispose(): void;
}

/**
 * Something asked of the kernel and shown as if it were so already: a click shows at once however busy
 * the kernel is. One request is under way at a time, and of those that came meanwhile the newest is sent.
 * `so` says whether the state has come to it.
 */
export function createWish<T>(
  state: ReadonlySignal<unknown>,
  send: (wish: T) => Promise<unknown>,
  so: (wish: T) => boolean,
  failed: (message: string) => void,
): Wish<T> {
  const value = signal<T | null>(null);
  let sending = false;
  let answered = false;

  async function run(): Promise<void> {
    if (sending) return;
    sending = true;
    let sent: T | null = null;
    try {
      while (value.peek() !== null && value.peek() !== sent) {
        sent = value.peek();
        await send(sent as T);
      }
      answered = true;
      if (value.peek() !== null && so(value.peek() as T)) value.value = null;
    } catch (error) {
      value.value = null;
      failed(reason(error));
    }
    sending = false;
  }

  return {
    value,
    ask(wish) {
      answered = false;
      value.value = wish;
      void run();
    },
    // The state may come before the answer or after it.
    dispose: effect(() => {
      void state.value;
      untracked(() => {
        if (answered) value.value = null;
      });
    }),
  };
}
