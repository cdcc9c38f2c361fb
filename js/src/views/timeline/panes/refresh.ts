import { effect, type ReadonlySignal } from "@preact/signals-core";
import type { TimelineLink } from "../parts.js";

const PACE = 1_000; // ms

/** Calls `again` after the timeline has changed while it is active, at most once a second. */
export function createRefresh(
  link: TimelineLink,
  active: ReadonlySignal<boolean>,
  again: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen = link.state.peek().seq;
  const stop = effect(() => {
    const { seq } = link.state.value;
    if (!active.value || seq === seen) return;
    seen = seq;
    timer ??= setTimeout(() => {
      timer = undefined;
      again();
    }, PACE);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
