import type * as Signals from "@preact/signals-core";
import { give } from "../given_signals.js";
import { createEntries } from "../views/cache/entries.js";
import { createCacheHelp } from "../views/cache/help.js";

const panes = { createCacheHelp, createEntries };

export type CachePanes = typeof panes;

/** What of the cache counters is not needed at first. */
export default function cachePanes(signals: typeof Signals): CachePanes {
  give(signals);
  return panes;
}
