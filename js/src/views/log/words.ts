import { count, moment } from "../../format.js";
import type { GlyphName, Mark } from "../../icons.js";
import { IDLE, STOPPED, UPDATED } from "../../pictures.js";
import type { By, LogRow } from "../../wire.gen.js";

const RENEWED: Mark = ["s", "M5 1.6 8.4 5 5 8.4 1.6 5z", true];

/** By what it is called in code: its mark, and what was done. */
const KINDS: Record<string, readonly [mark: GlyphName, word: string]> = {
  insert: ["inserted", "inserted"],
  change: ["changed", "changed"],
  set: ["changed", "set"],
  delete: ["deleted", "deleted"],
  reset: [STOPPED, "replaced"],
  get: [IDLE, "read"],
  hit: ["hit", "hit"],
  miss: ["miss", "missed"],
  refresh: [RENEWED, "refreshed"],
  clear: [STOPPED, "cleared"],
  evict: ["evict", "evicted"],
  expire: ["evict", "expired"],
  put: [UPDATED, "saved"],
  put_writes: [IDLE, "writes"],
  delete_thread: ["deleted", "deleted"],
  copy_thread: ["inserted", "copied"],
  prune: ["deleted", "pruned"],
  delete_for_runs: ["deleted", "runs deleted"],
};

/** Those of a kind nobody told of here are named as they are. */
export function kindOf(kind: string): readonly [mark: GlyphName, word: string] {
  return KINDS[kind] ?? [IDLE, kind.replaceAll("_", " ")];
}

/** In the order in which they are listed. */
export function inOrder(kinds: readonly string[]): string[] {
  const all = Object.keys(KINDS);
  const place = (kind: string) => (kind in KINDS ? all.indexOf(kind) : all.length);
  return [...kinds].sort((a, b) => place(a) - place(b));
}

/** "changed prod:a and 3 more" */
export function deed({ kind, key, keys }: LogRow): string {
  const more = keys > 1 ? ` and ${keys - 1} more` : "";
  return `${kindOf(kind)[1]} ${key}${more}`.trim();
}

/** Which moment: the first one is before all changes that are known. */
export const thenText = (at: number, first: number) =>
  at > first ? `after change ${count(at)}` : `before change ${count(at + 1)}`;

/** When it was, and what was done then: "14:02:31, planner, step 4, cell [12] changed prod:a". */
export function momentText(row: LogRow | null, time: number | null, now: number): string {
  const when = time === null ? "" : moment(time, now);
  const what = row ? [row.by?.text, deed(row)].filter(Boolean).join(" ") : "";
  return [when, what].filter(Boolean).join(", ");
}

/** Who it was without the node, which stands apart: "step 4 · cell [12]". */
export function rest({ node, step, cell, text }: By): string {
  const parts = [node !== null && step !== null && `step ${step}`, cell !== null && `cell [${cell}]`];
  return parts.filter(Boolean).join(" · ") || (node === null ? text : "");
}

/** All that is known of who it was, a line each. */
export function whoLines(by: By): string {
  const { os_thread, thread, task, run } = by;
  const lines = [
    by.text,
    thread !== null && `thread ${thread}`,
    task !== null && `task ${task}`,
    run !== null && `run ${run}`,
    os_thread !== "" && `Python's thread ${os_thread}`,
  ];
  return lines.filter(Boolean).join("\n");
}

/** A checkpoint as LangGraph takes it. */
export function configCode(thread: string, checkpoint: string): string {
  const at = checkpoint.lastIndexOf("\n");
  const [ns, id] = [checkpoint.slice(0, Math.max(0, at)), checkpoint.slice(at + 1)];
  const parts = { thread_id: thread, checkpoint_ns: ns, checkpoint_id: id };
  const text = Object.entries(parts).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`);
  return `{"configurable": {${text.join(", ")}}}`;
}
