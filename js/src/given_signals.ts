/**
 * Stands in for @preact/signals-core in code that is fetched later (see scripts/build.mjs): the names
 * of the library that the widget already has.
 */
import type * as Signals from "@preact/signals-core";

export let batch: typeof Signals.batch;
export let computed: typeof Signals.computed;
export let effect: typeof Signals.effect;
export let signal: typeof Signals.signal;
export let untracked: typeof Signals.untracked;

export function give(library: typeof Signals): void {
  ({ batch, computed, effect, signal, untracked } = library);
}
