import { count, counted, duration, ratio } from "../../format.js";
import type { Check, WhatIf } from "../../wire.gen.js";
import type { Unit } from "./whatifmath.js";

const THIN = "\u2009";

/** 71.4 %, 1 h 12 min, 412k tokens. */
export function figure(value: number, unit: Unit): string {
  if (unit === "ratio") return ratio(value, 1);
  if (unit === "seconds") return spent(value);
  return `${compact(value)} tokens`;
}

/** The same in the space of a column, or beside an axis. */
export function tickText(value: number, unit: Unit): string {
  if (unit === "ratio") return `${Number((100 * value).toPrecision(3))}${THIN}%`;
  return unit === "seconds" ? spent(value) : compact(value);
}

export function spent(seconds: number): string {
  return seconds > 0 && seconds < 9.95 ? `${Number(seconds.toPrecision(2))} s` : duration(seconds);
}

/** 940, 41.2k, 412k, 1.2M. */
export function compact(n: number): string {
  const units = ["", "k", "M", "G"];
  let [value, i] = [n, 0];
  for (; value >= 999.5 && i < units.length - 1; i++) value /= 1000;
  return i && value < 99.95
    ? `${Number(value.toFixed(1))}${units[i]}`
    : `${count(Math.round(value))}${units[i]}`;
}

/** Which lookups were replayed. */
export function logText({ lookups, keys, lost }: WhatIf): string {
  const of = `${counted(keys, "key")}`;
  if (!lost) return `all ${counted(lookups, "lookup")}, ${of}`;
  return `last ${counted(lookups, "lookup")}, ${of}; ${counted(lost, "lookup")} before are not in it`;
}

/** The simulation held against what happened. */
export function checkText({ simulated, measured, problem }: Check): string {
  const compared =
    simulated === measured
      ? `simulated ${counted(simulated, "hit")} = measured`
      : `simulated ${counted(simulated, "hit")}, measured ${count(measured)}`;
  if (problem) return `${compared}: ${problem}`;
  return simulated === measured ? compared : `${compared}: the curves cannot be relied on`;
}
