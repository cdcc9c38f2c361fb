/** Parts of a whole: how wide their bars are, and what is left of it. */
import { bytes } from "../../format.js";
import type { Share, Space, TopKey } from "../../wire.gen.js";

/** The width of a bar; what is there at all is seen. */
export function part(n: number | null, whole: number | null): string {
  if (!n || !whole) return "0";
  return `max(1px, ${Math.min(100, (100 * n) / whole).toFixed(2)}%)`;
}

/** "4.2 kB", "~4.2 kB" where it is not exact. */
export function sized(n: number, how: TopKey["how"] = "exact"): string {
  const { digits, unit } = bytes(n);
  return `${how === "exact" ? "" : "~"}${digits} ${unit}`;
}

/** With what the list leaves out of the whole as its last part. */
export function withRest(
  shares: readonly Share[],
  { keys, bytes: whole }: Pick<Space, "keys" | "bytes">,
): Share[] {
  const left = keys - shares.reduce((sum, share) => sum + share.keys, 0);
  if (left <= 0 || shares.length === 0) return [...shares];
  const rest = whole - shares.reduce((sum, share) => sum + share.bytes, 0);
  return [...shares, { label: "all others", prefix: null, keys: left, bytes: Math.max(0, rest) }];
}
