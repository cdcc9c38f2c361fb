import type { History } from "./wire.gen.js";

/** One bar of the chart: events per second over `seconds` from `time` on. */
export interface Bar {
  /** Stable while time passes: bars move, they are not recut. */
  id: number;
  time: number;
  seconds: number;
  hits: number;
  misses: number;
  evictions: number;
}

/** Of a total, what was counted before the history began. */
export function unseen(total: number, counts: readonly number[]): number {
  return Math.max(
    0,
    counts.reduce((rest, n) => rest - n, total),
  );
}

const LEAST = 2; // s of which an average is made, where buckets are longer
const STEPS = [1, 2, 3, 5, 6, 10, 12, 15, 30, 60];

/**
 * How many seconds a bar covers, so that bars over `range` seconds are `pitch` pixels apart or more:
 * round where that fits, whole buckets of `interval` seconds in any case.
 */
export function barSeconds(range: number, width: number, pitch: number, interval = 1): number {
  const least = (range * pitch) / Math.max(1, width);
  const round = STEPS.find((step) => step >= least && range % step === 0 && step % interval === 0);
  return round ?? interval * Math.max(1, Math.ceil(least / interval));
}

/** The bars of the last `range` seconds before `now`, oldest first; the last is still filling. */
export function bars(history: History, now: number, range: number, seconds: number): Bar[] {
  const { interval, end, hits, misses, evictions } = history;
  const per = Math.max(1, Math.round(seconds / interval));
  const phase = end % interval;
  // Buckets and bars are counted from the epoch, so that a bucket stays in its bar.
  const lastBucket = Math.round((end - phase) / interval) - 1;
  const nowBucket = Math.max(lastBucket, Math.floor((now - phase) / interval));
  const lastBar = Math.floor(nowBucket / per);
  const whole = range % (per * interval) === 0;
  // Where bars do not divide the range, the first one begins before it.
  const firstBar = whole
    ? lastBar - range / (per * interval) + 1
    : Math.floor((now - range - phase) / (per * interval));
  const result: Bar[] = [];
  for (let id = firstBar; id <= lastBar; id++) {
    const bar = {
      id,
      time: id * per * interval + phase,
      seconds: per * interval,
      hits: 0,
      misses: 0,
      evictions: 0,
    };
    for (let bucket = id * per; bucket < (id + 1) * per; bucket++) {
      const i = bucket - lastBucket + hits.length - 1;
      bar.hits += hits[i] ?? 0;
      bar.misses += misses[i] ?? 0;
      bar.evictions += evictions[i] ?? 0;
    }
    // The last bar is an average over the time it has had so far.
    const elapsed = Math.min(bar.seconds, Math.max(Math.min(interval, LEAST), now - bar.time));
    bar.hits /= elapsed;
    bar.misses /= elapsed;
    bar.evictions /= elapsed;
    result.push(bar);
  }
  return result;
}

/** Events per second over the last whole buckets, `seconds` of them. */
export function recentRate(history: History, counts: readonly number[], now: number, seconds = 3): number {
  const { interval, end } = history;
  const buckets = Math.round(seconds / interval);
  const passed = Math.max(0, Math.floor((now - end) / interval) + 1); // buckets begun since the last was sent
  const to = counts.length - 1 + passed;
  let sum = 0;
  for (let i = to - buckets; i < to; i++) sum += counts[i] ?? 0;
  return sum / (buckets * interval);
}

/** The least round number at or above `value` whose half is round too. */
export function niceMax(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 10].find((candidate) => candidate * power >= value * (1 - 1e-9))!;
  return step * power;
}
