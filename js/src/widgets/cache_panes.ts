import type * as Signals from "@preact/signals-core";
import { give } from "../given_signals.js";
import { createEntries } from "../views/cache/entries.js";
import { explanation } from "../views/cache/explain.js";
import { createCacheHelp } from "../views/cache/help.js";
import { nearPart } from "../views/cache/near.js";
import { createWhatIf } from "../views/cache/whatif.js";

const panes = { createCacheHelp, createEntries, createWhatIf, explanation, nearPart };

export type CachePanes = typeof panes;

/** What of the cache counters is not needed at first. */
export default function cachePanes(signals: typeof Signals): CachePanes {
  give(signals);
  return panes;
}
