import { compact, count, counted, duration, ratio, took } from "../../format.js";
import type { Check, Suggestion, WhatIf } from "../../wire.gen.js";
import type { Unit } from "./whatifmath.js";

/** 71.4 %, 1 h 12 min, 412k. */
export function figure(value: number, unit: Unit): string {
  if (unit === "ratio") return ratio(value, 1);
  if (unit === "tokens") return compact(value);
  if (value === 0 || value >= 60) return duration(value);
  const { digits, unit: second } = took(value);
  return `${digits} ${second}`;
}

/** The same beside an axis: round. */
export function tickText(value: number, unit: Unit): string {
  if (unit === "ratio") return `${Number((100 * value).toPrecision(3))}\u2009%`;
  return figure(value, unit).replace(/\.0+(?= )/, "");
}

/** "would reach 78.0 %", "would save 412k". */
export function promise(value: number, unit: Unit): string {
  return `would ${unit === "ratio" ? "reach" : "save"} ${figure(value, unit)}`;
}

/** The suggestion and its reason, as a sentence. */
export function adviceText({ maxsize, ratio, text }: Suggestion): string {
  return `${count(maxsize)} ${promise(ratio, "ratio")}: ${text}`;
}

/** Which lookups were replayed. */
export function logText({ lookups, keys, lost }: WhatIf): string {
  const replayed = `${counted(lookups, "lookup")} of ${counted(keys, "key")}`;
  return lost ? `last ${replayed}; ${counted(lost, "lookup")} before are not in it` : replayed;
}

/** The simulation held against what happened. */
export function checkText({ simulated, measured, problem }: Check): string {
  const equal = simulated === measured;
  const compared = `simulated ${counted(simulated, "hit")}${equal ? " = measured" : `, measured ${count(measured)}`}`;
  if (problem) return `${compared}: ${problem}`;
  return equal ? compared : `${compared}: the curves cannot be relied on`;
}
