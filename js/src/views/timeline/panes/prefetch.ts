import { effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import type { Place } from "../parts.js";
import type { Tab } from "./tab.js";

const AHEAD = 3; // checkpoints: keys repeat faster than the kernel answers

/** Asks for the neighbours in the direction of the scrubbing, all at once, when what is chosen is there. */
export function createPrefetch(
  chosen: ReadonlySignal<Place | null>,
  neighbours: ReadonlySignal<readonly Place[]>,
  tab: () => Tab,
): () => void {
  return effect(() => {
    const shown = tab();
    const at = shown.following.shown.value?.place.at;
    const places = neighbours.value;
    if (at === undefined || at !== chosen.value?.at) return;
    untracked(() => {
      // who wants it will ask, and be told what is wrong
      for (const place of places.slice(0, AHEAD)) shown.fetch?.(place)?.catch(() => {});
    });
  });
}
