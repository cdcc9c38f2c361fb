import type { AnyState } from "./link.js";
import type { Patch } from "./wire.gen.js";

/** The state after the patch; the old one is not touched. Rows that did not change keep their identity. */
export function applyPatch<S extends AnyState>(state: S, patch: Patch): S {
  const next = { ...state, ...patch.set, seq: patch.seq } as S;
  const positions = Object.keys(patch.rows);
  if (positions.length > 0 && "rows" in next) {
    const rows: unknown[] = [...next.rows];
    for (const position of positions) {
      // A position past the end would leave a hole.
      if (Number(position) < rows.length) rows[Number(position)] = patch.rows[position];
    }
    return { ...next, rows };
  }
  return next;
}
