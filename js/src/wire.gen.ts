// Generated from inmem_widgets/wire.py by `npm run wire`. Do not edit.

/**
 * Every type that crosses, by its name.
 */
export interface Wire {
  ValueNode: ValueNode;
  Title: Title;
  KeyRow: KeyRow;
  KeyTableState: KeyTableState;
  History: History;
  CacheState: CacheState;
  Thread: Thread;
  Badge: Badge;
  Segment: Segment;
  CheckpointRow: CheckpointRow;
  TimelineState: TimelineState;
  Params: Params;
  Open: Open;
  Close: Close;
  Request: Request;
  Reply: Reply;
  Opened: Opened;
  Patch: Patch;
}
/**
 * One node of a value shown as a tree, bounded in text and in children.
 */
export interface ValueNode {
  name: string;
  type: string;
  preview: string;
  /**
   * Bytes; None where unknown.
   */
  size: number | null;
  /**
   * How many children the value has; None for a leaf.
   */
  count: number | null;
  /**
   * The first children; None when not loaded (ask with `state` and this node's path).
   */
  children: ValueNode[] | null;
}
export interface Title {
  type: string;
  /**
   * The variable that holds the object where the widget was made, if there was one.
   */
  name: string | null;
  /**
   * Nothing in the kernel holds the object any more.
   */
  gone: boolean;
}
export interface KeyRow {
  /**
   * Identity of the key, stable while the kernel lives (long keys are cut for display).
   */
  id: number;
  key: string;
  type: string;
  size: number | null;
  /**
   * False when `size` is an estimate.
   */
  exact: boolean;
  preview: string;
  /**
   * When last written; None if not since watching began (or too long ago to be remembered).
   */
  changed: number | null;
  change: ("inserted" | "changed") | null;
}
export interface KeyTableState {
  seq: number;
  /**
   * The kernel's clock when this was made: ages are reckoned from it.
   */
  now: number;
  title: Title;
  /**
   * How many rows there are in all.
   */
  size: number;
  start: number;
  /**
   * The rows start, start + 1, … of the window the view asked for.
   */
  rows: KeyRow[];
  /**
   * Changes seen since watching began.
   */
  changes: number;
}
/**
 * Counts per bucket, oldest first; the last bucket is still filling.
 */
export interface History {
  interval: number;
  /**
   * End of the last bucket.
   */
  end: number;
  hits: number[];
  misses: number[];
  evictions: number[];
}
export interface CacheState {
  seq: number;
  now: number;
  title: Title;
  policy: string;
  hits: number;
  misses: number;
  inserts: number;
  refreshes: number;
  evictions: number;
  clears: number;
  size: number;
  maxsize: number | null;
  /**
   * When watching began: the history reaches no further back.
   */
  since: number;
  history: History;
}
export interface Thread {
  id: string;
  checkpoints: number;
  step: number | null;
  status: "idle" | "interrupted" | "failed";
  updated: number | null;
}
export interface Badge {
  kind: "interrupt" | "error" | "pending" | "note";
  text: string;
}
/**
 * A piece of a lane inside one row, between lanes counted from 0 at the left.
 */
export interface Segment {
  /**
   * From the row's top edge to its node, from its node to the bottom edge, or past the node.
   */
  part: "top" | "bottom" | "through";
  top: number;
  bottom: number;
  /**
   * A subgraph's lane.
   */
  dashed: boolean;
  /**
   * On the way from the root to the selected checkpoint.
   */
  path: boolean;
}
export interface CheckpointRow {
  id: string;
  /**
   * The checkpoint namespace, verbatim ("" is the root graph).
   */
  ns: string;
  /**
   * The subgraph's place, as the names of the nodes that called it.
   */
  scope: string[];
  /**
   * The nodes that ran to make this checkpoint; empty for input, update and fork.
   */
  nodes: string[];
  /**
   * input, loop, update, fork, or whatever the metadata says.
   */
  source: string;
  step: number | null;
  ts: number | null;
  parent: string | null;
  lane: number;
  segments: Segment[];
  path: boolean;
  badges: Badge[];
}
export interface TimelineState {
  seq: number;
  now: number;
  title: Title;
  /**
   * Most recently changed first, bounded.
   */
  threads: Thread[];
  thread_count: number;
  /**
   * Over all threads.
   */
  checkpoint_count: number;
  /**
   * The thread shown; None when there is none.
   */
  thread: string | null;
  /**
   * Key (`ns` + "\n" + `id`) of the selected checkpoint.
   */
  selected: string | null;
  /**
   * Its row, counted like `start`; None if it is not in this thread.
   */
  selected_row: number | null;
  lanes: number;
  /**
   * Rows (checkpoints) of the thread shown, newest first.
   */
  size: number;
  start: number;
  rows: CheckpointRow[];
}
/**
 * What a view wants to see. A field left out keeps its value.
 */
export interface Params {
  start?: number;
  stop?: number;
  thread?: string;
  selected?: string | null;
}
/**
 * View → kernel: begin (or begin again); answered by `Opened`.
 */
export interface Open {
  kind: "open";
  view: string;
  params: Params;
}
export interface Close {
  kind: "close";
  view: string;
}
/**
 * View → kernel: always answered by a `Reply` with the same id; safe to repeat.
 *
 * Methods: `look` (params: Params → a Patch at once, the result is null), `ping` (null) and
 * `state` (params: {"ns", "id", "thread", "path": list[int]} → ValueNode with its children).
 * A view that is not open gets an error, and opens again.
 */
export interface Request {
  kind: "request";
  view: string;
  id: number;
  method: "look" | "ping" | "state";
  params: {
    [k: string]: unknown;
  };
}
export interface Reply {
  kind: "reply";
  view: string;
  id: number;
  result?: unknown;
  error?: string;
}
export interface Opened {
  kind: "opened";
  view: string;
  /**
   * KeyTableState, CacheState or TimelineState.
   */
  state: {
    [k: string]: unknown;
  };
}
/**
 * Kernel → view: bring the state from `prev` to `seq`.
 */
export interface Patch {
  kind: "patch";
  view: string;
  prev: number;
  seq: number;
  /**
   * Top-level fields to replace, whole; `rows` is one of them when their number or `start` changes.
   */
  set: {
    [k: string]: unknown;
  };
  /**
   * Single rows to replace: position in `rows` (as text) → row.
   */
  rows: {
    [k: string]: unknown;
  };
}
