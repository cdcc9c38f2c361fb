/** Numbers, sizes, ages and ratios as text; the parts are apart where the view dims the unit. */

export interface Quantity {
  digits: string;
  unit: string;
}

const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const THIN = "\u2009";
const MINUS = "\u2212";

/** 1,000,000; a true minus sign. */
export function count(n: number): string {
  return integer.format(n).replace("-", MINUS);
}

/** "1 key", "2 keys". */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : plural}`;
}

/** At most three digits: 612 B, 4.2 kB, 12.3 kB, 141 kB. */
export function bytes(n: number): Quantity {
  if (n < 1000) return { digits: String(n), unit: "B" };
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = n / 1000;
  let i = 0;
  while (value >= 999.5 && i < units.length - 1) {
    value /= 1000;
    i++;
  }
  return { digits: value < 99.95 ? value.toFixed(1) : value.toFixed(0), unit: units[i]! };
}

/** "now", 3 s, 2 min, 4 h; from a day on the date. Seconds since the epoch. */
export function age(time: number, now: number): Quantity {
  const seconds = Math.floor(now - time);
  if (seconds < 1) return { digits: "now", unit: "" };
  if (seconds < 60) return { digits: String(seconds), unit: "s" };
  if (seconds < 3600) return { digits: String(Math.floor(seconds / 60)), unit: "min" };
  if (seconds < 86_400) return { digits: String(Math.floor(seconds / 3600)), unit: "h" };
  const date = new Date(time * 1000);
  const month = MONTHS[date.getMonth()]!;
  if (seconds < 300 * 86_400) return { digits: `${date.getDate()} ${month}`, unit: "" };
  return { digits: `${month} ${date.getFullYear()}`, unit: "" };
}

/** A quantity as words: "4.2 kB", "now". */
export const plain = ({ digits, unit }: Quantity): string => (unit ? `${digits} ${unit}` : digits);

/** "3 s ago", "now", "12 Mar". */
export function ago(time: number, now: number): string {
  const { digits, unit } = age(time, now);
  return unit ? `${digits} ${unit} ago` : digits;
}

/** How long something lasts: 3 s, 42 min, 1 h 12 min, 5 days. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} days`;
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${Math.floor(seconds / 3600)} h${minutes ? ` ${minutes} min` : ""}`;
}

/** How long a call took, at most three digits: 0.2 ms, 84 ms, 1.84 s, 12.3 s, 3.2 min. */
export function took(seconds: number): Quantity {
  if (seconds >= 99.95) return { digits: (seconds / 60).toFixed(seconds < 597 ? 1 : 0), unit: "min" };
  if (seconds >= 0.9995) return { digits: seconds.toFixed(seconds < 9.995 ? 2 : 1), unit: "s" };
  const ms = seconds * 1000;
  return { digits: ms.toFixed(ms < 9.95 ? 1 : 0), unit: "ms" };
}

const compacting = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** At most three digits: 812, 4.21k, 412k, 1.2M. */
export function compact(n: number): string {
  return compacting.format(n).replace("K", "k");
}

/** "$12.40", "$0.0031", "NOK 4.10": a code stands apart from the number. */
export function money(amount: number, currency: string): string {
  const before = currency + (/\w$/.test(currency) ? "\u00a0" : "");
  if (amount > 0 && amount < 0.0001) return `< ${before}0.0001`;
  const digits = amount > 0 && amount < 0.1 ? amount.toPrecision(2) : amount.toFixed(2);
  return before + (amount < 1000 ? digits : count(amount));
}

/** "71.4 %", or a dash where there is nothing to divide by. */
export function ratio(part: number, whole: number): string {
  if (whole === 0) return "—";
  const percent = (100 * part) / whole;
  // 99.97 % is not all, and 0.02 % is not none.
  if (part > 0 && percent < 0.05) return `< 0.1${THIN}%`;
  const bounded = part < whole ? Math.min(percent, 99.9) : percent;
  return `${bounded.toFixed(bounded === 100 ? 0 : 1)}${THIN}%`;
}

/** A rate with two figures where it is small: 0, 0.4, 3.1, 240. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return "0";
  return perSecond < 9.95 ? Math.max(0.1, perSecond).toFixed(1) : count(Math.round(perSecond));
}

/** 14:02:31 in the browser's time zone, with the date where it is not today's. */
export function moment(time: number, now: number): string {
  const date = new Date(time * 1000);
  const clock = date.toTimeString().slice(0, 8);
  if (date.toDateString() === new Date(now * 1000).toDateString()) return clock;
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${clock}`;
}

/** −1, 0, 7; a dash where there is none. */
export function step(n: number | null): string {
  return n === null ? "—" : count(n);
}

const MAGNITUDE = ["", "k", "m", "g", "t", "p"];

/** "10 kB", "1.5MB", "4 KiB", "812" in bytes; null for nothing, undefined for what is no size. */
export function parseBytes(text: string): number | null | undefined {
  const cleaned = text.trim().replaceAll(",", "").toLowerCase();
  if (cleaned === "") return null;
  const [, digits, prefix, binary] = /^(\d+\.?\d*|\.\d+)\s*([kmgtp]?)(i?)b?$/.exec(cleaned) ?? [];
  if (digits === undefined) return undefined;
  return Math.round(Number(digits) * (binary ? 1024 : 1000) ** MAGNITUDE.indexOf(prefix ?? ""));
}
