import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { createSplitter } from "./splitter.js";

/** Rows shown before the user says otherwise. */
export const ROWS = 14;
const ROW = 24; // --imw-row

/**
 * The height of a grid and the panes beside it, to be dragged: as many rows as there are, once there were,
 * to the usual number, or all of these where `full`. Their element gets it as --panes.
 */
export function createHeight(
  panes: HTMLElement,
  size: ReadonlySignal<number>,
  full: ReadonlySignal<boolean>,
): { handle: HTMLElement; dispose(): void } {
  const rows = signal<number | null>(null);
  let most = 4;
  const height = computed(() => {
    most = Math.max(most, Math.min(size.value, ROWS));
    return rows.value ?? (full.value ? ROWS : most);
  });
  const handle = createSplitter({
    label: "Height",
    orientation: "horizontal",
    step: ROW,
    value: () => ({ now: height.peek() * ROW, min: 4 * ROW, max: 40 * ROW }),
    set(size) {
      rows.value = size === null ? null : Math.round(size / ROW);
    },
    tabbable: true,
  });
  const dispose = effect(() => {
    panes.style.setProperty("--panes", `${(height.value + 1) * ROW + 1}px`);
    handle.update();
  });
  return { handle: handle.element, dispose };
}
