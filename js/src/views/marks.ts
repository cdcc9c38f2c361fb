import { batch, effect, type Signal, signal } from "@preact/signals-core";

/** What happened to a row is marked so long in full, then fades (seconds). */
export const HOLD = 2;
export const FADE = 1.2;
const TICK = 200; // ms

/** Whether rows are to be ticked often: set by those in which a mark is to be seen. */
export function createMarking(tick: () => void): { wanted: Signal<boolean>; dispose(): void } {
  const wanted = signal(false);
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = effect(() => {
    clearInterval(timer);
    if (!wanted.value) return;
    timer = setInterval(() => {
      batch(() => {
        wanted.value = false; // unless a row says otherwise
        tick();
      });
    }, TICK);
  });
  return {
    wanted,
    dispose() {
      stop();
      clearInterval(timer);
    },
  };
}
