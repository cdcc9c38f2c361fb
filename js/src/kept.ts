import { computed, type ReadonlySignal } from "@preact/signals-core";

/** What `read` told last: what is asked for anew is not gone until the answer is there. null: none yet. */
export function kept<T>(read: () => T | null): ReadonlySignal<T | null> {
  let last: T | null = null;
  return computed(() => {
    last = read() ?? last;
    return last;
  });
}
