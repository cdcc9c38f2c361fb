/** Parts of a whole: how wide their bars are, and what is left of it. */
import type { Share, Space } from "../../wire.gen.js";

/** The width of a bar; what is there at all is seen. */
export function part(n: number | null, whole: number | null): string {
  return n && whole ? `max(1px, ${Math.min(100, (100 * n) / whole).toFixed(2)}%)` : "0";
}

/** With what the list leaves out of the whole as its last part. */
export function withRest(shares: readonly Share[], whole: Pick<Space, "keys" | "bytes">): Share[] {
  const left = (of: "keys" | "bytes") => whole[of] - shares.reduce((sum, share) => sum + share[of], 0);
  const keys = left("keys");
  if (keys <= 0 || shares.length === 0) return [...shares];
  return [...shares, { label: "all others", prefix: null, keys, bytes: Math.max(0, left("bytes")) }];
}
