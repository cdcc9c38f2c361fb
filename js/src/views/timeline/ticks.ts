import type { Tick } from "../../wire.gen.js";

/** "3 interrupts" */
export function tickText({ kind, count }: Tick): string {
  return count > 1 ? `${count} ${kind}s` : kind;
}
