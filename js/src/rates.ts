/** Events per second over the last few seconds, from a growing total. */
export class Rate {
  #samples: { time: number; total: number }[] = [];

  /** Seconds to look back. */
  constructor(readonly window = 3) {}

  /** The total stood at `total` at `time`; a total that fell (a new kernel) starts anew. */
  add(time: number, total: number): void {
    const last = this.#samples.at(-1);
    if (last && total < last.total) this.#samples = [];
    if (last && last.time === time) last.total = total;
    else this.#samples.push({ time, total });
    this.#forget(time);
  }

  at(time: number): number {
    this.#forget(time);
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last) return 0;
    const span = Math.min(this.window, Math.max(1, time - first.time));
    return (last.total - first.total) / span;
  }

  // Keeps the newest sample that is older than the window: the total stood there until then.
  #forget(time: number): void {
    const from = time - this.window;
    while (this.#samples.length > 1 && this.#samples[1]!.time <= from) this.#samples.shift();
  }
}
