import { effect, type ReadonlySignal, signal } from "@preact/signals-core";

/** Steps a second; "real" keeps the time that passed between checkpoints. */
export const SPEEDS = { "1/s": 1, "2/s": 2, "5/s": 5, "real time": "real" } as const;
export type Speed = (typeof SPEEDS)[keyof typeof SPEEDS];

const IDLE = 1; // s that an idle stretch takes
const UNKNOWN = 0.5; // s

/** Seconds until the next step, `gap` seconds after which its checkpoint was made, `idle` of them idle. */
export function wait(speed: Speed, gap: number | null, idle: number | null): number {
  if (speed !== "real") return 1 / speed;
  if (idle !== null) return Math.max(0, (gap ?? idle) - idle) + IDLE;
  return gap === null ? UNKNOWN : Math.max(0.02, gap);
}

export interface PlayerOptions {
  /** The row shown (0 is the newest), null where there is none. */
  row: ReadonlySignal<number | null>;
  size: ReadonlySignal<number>;
  /** Whether the row asked for last is there. */
  arrived: ReadonlySignal<boolean>;
  /** Milliseconds from this row to the next newer one. */
  delay(row: number): number;
  to(row: number): void;
}

export interface Player {
  readonly playing: ReadonlySignal<boolean>;
  toggle(): void;
  stop(): void;
  dispose(): void;
}

/** Goes from row to row towards the newest, from the oldest on where that is shown; waits for each. */
export function createPlayer({ row, size, arrived, delay, to }: PlayerOptions): Player {
  const playing = signal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    playing.value = false;
  }
  const dispose = effect(() => {
    clearTimeout(timer);
    const at = row.value;
    if (!playing.value || !arrived.value || at === null) return;
    if (at === 0) stop();
    else timer = setTimeout(to, delay(at), at - 1);
  });
  return {
    playing,
    toggle() {
      if (playing.peek()) return stop();
      if (size.peek() < 2) return;
      if ((row.peek() ?? 0) === 0) to(size.peek() - 1);
      playing.value = true;
    },
    stop,
    dispose() {
      dispose();
      clearTimeout(timer);
    },
  };
}
