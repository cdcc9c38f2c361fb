import type { CheckpointRow } from "../../wire.gen.js";

/** How requests name a checkpoint. */
export const keyOf = ({ ns, id }: { ns: string; id: string }) => `${ns}\n${id}`;

export function splitKey(key: string): { ns: string; id: string } {
  const at = key.lastIndexOf("\n");
  return { ns: key.slice(0, at), id: key.slice(at + 1) };
}

/** A LangGraph `RunnableConfig` that names one checkpoint. */
export interface Selection {
  /** Thread ids from Python need not be strings. */
  configurable: { thread_id: unknown; checkpoint_ns: string; checkpoint_id: string };
}

export function configOf(thread: string, key: string): Selection {
  const { ns, id } = splitKey(key);
  return { configurable: { thread_id: thread, checkpoint_ns: ns, checkpoint_id: id } };
}

/** Names of the nodes that ran, or what made the checkpoint where none did. */
export function nodeText(row: CheckpointRow): string {
  return row.nodes.length > 0 ? row.nodes.join(", ") : row.source;
}
