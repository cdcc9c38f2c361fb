import { effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import type { Place } from "../parts.js";
import type { Tab } from "./tab.js";

const AHEAD = 2; // checkpoints

/** Asks for the neighbours in the direction of the scrubbing, one after the other, once the answer wanted is there. */
export function createPrefetch(neighbours: ReadonlySignal<readonly Place[]>, tab: () => Tab): () => void {
  let turn = 0;

  async function fetch(shown: Tab, places: readonly Place[], mine: number): Promise<void> {
    for (const place of places.slice(0, AHEAD)) {
      if (mine !== turn) return;
      try {
        await shown.fetch?.(place);
      } catch {
        return; // who wants it will ask, and be told
      }
    }
  }

  const stop = effect(() => {
    const shown = tab();
    const places = neighbours.value;
    if (shown.following.shown.value === null) return;
    const mine = ++turn;
    untracked(() => void fetch(shown, places, mine));
  });
  return () => {
    turn++;
    stop();
  };
}
