// Generated from inmem_widgets/wire/ by `npm run wire`. Do not edit.

/**
 * Every type that crosses, by its name.
 */
export interface Wire {
  Edit: Edit;
  Edited: Edited;
  Fact: Fact;
  FactsBlock: FactsBlock;
  HexBlock: HexBlock;
  ImageBlock: ImageBlock;
  MessageBlock: MessageBlock;
  NoteBlock: NoteBlock;
  OutlineBlock: OutlineBlock;
  OutlineItem: OutlineItem;
  Packed: Packed;
  Piece: Piece;
  PlotBlock: PlotBlock;
  Span: Span;
  TableBlock: TableBlock;
  TextBlock: TextBlock;
  ToolCall: ToolCall;
  TreeBlock: TreeBlock;
  ValueView: ValueView;
  CacheState: CacheState;
  History: History;
  Bulk: Bulk;
  KeyQuery: KeyQuery;
  KeyRow: KeyRow;
  KeyTableState: KeyTableState;
  NamespaceRow: NamespaceRow;
  OpenKey: OpenKey;
  Problem: Problem;
  RecentChange: RecentChange;
  Share: Share;
  Space: Space;
  TopKey: TopKey;
  Close: Close;
  Module: Module;
  Open: Open;
  Opened: Opened;
  Params: Params;
  Patch: Patch;
  Reply: Reply;
  Request: Request;
  Badge: Badge;
  CheckpointRow: CheckpointRow;
  Segment: Segment;
  Thread: Thread;
  TimelineState: TimelineState;
  Title: Title;
  ValueNode: ValueNode1;
}
/**
 * The value as it can be edited.
 */
export interface Edit {
  language: "text" | "json";
  text: string;
  /**
   * What the value was; sent back with the edit, so that a change meanwhile is noticed.
   */
  token: string;
}
/**
 * The answer to `edit`.
 */
export interface Edited {
  /**
   * The key's row, where it was written.
   */
  id: number | null;
  /**
   * The value is another one meanwhile, and nothing was written; `text` is what it is now.
   */
  conflict: Edit | null;
  /**
   * The key was deleted meanwhile (or, for a new key, exists already), and nothing was written.
   */
  missing: boolean;
}
export interface Fact {
  label: string;
  text: string;
}
export interface FactsBlock {
  kind: "facts";
  facts: Fact[];
}
export interface HexBlock {
  kind: "hex";
  /**
   * Base64.
   */
  data: string;
  offset: number;
  total: number;
  more: number | null;
}
export interface ImageBlock {
  kind: "image";
  mime: "image/png" | "image/jpeg";
  /**
   * Base64.
   */
  data: string;
  width: number;
  height: number;
}
export interface MessageBlock {
  kind: "message";
  /**
   * human, ai, system, tool, document or whatever the message says.
   */
  role: string;
  name: string;
  text: (TextBlock | OutlineBlock | ImageBlock | NoteBlock)[];
  calls: ToolCall[];
  /**
   * Token counts, ids, metadata.
   */
  facts: Fact[];
}
/**
 * Text as it is, in a fixed-width face.
 */
export interface TextBlock {
  kind: "text";
  text: string;
  offset: number;
  total: number | null;
  /**
   * What offset and total count: "characters", "bytes", "opcodes".
   */
  unit: string;
  /**
   * The offset of the next part, None at the end.
   */
  more: number | null;
}
/**
 * Structured text (Markdown): nothing in it is markup any more.
 */
export interface OutlineBlock {
  kind: "outline";
  items: OutlineItem[];
}
export interface OutlineItem {
  kind: "heading" | "paragraph" | "item" | "code" | "quote" | "rule" | "row";
  /**
   * Of a heading 1 to 6; of an item how deep; else 0.
   */
  level: number;
  /**
   * What stands before an item: "•", "3.".
   */
  mark: string;
  spans: Span[];
}
export interface Span {
  text: string;
  style: "" | "strong" | "em" | "code" | "link";
}
export interface NoteBlock {
  kind: "note";
  text: string;
  tone: "" | "warning" | "error";
}
export interface ToolCall {
  name: string;
  id: string;
  args: ValueNode;
}
/**
 * With all the levels there are to show.
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
  children: ValueNode1[] | null;
}
/**
 * One node of a value shown as a tree, bounded in text and in children.
 */
export interface ValueNode1 {
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
  children: ValueNode1[] | null;
}
/**
 * A compressed value that was opened.
 */
export interface Packed {
  /**
   * gzip, zstd or zlib.
   */
  name: string;
  size: number;
  /**
   * Bytes taken out.
   */
  opened: number;
  complete: boolean;
}
/**
 * The answer to `export`: the next part of a file.
 */
export interface Piece {
  name: string;
  mime: string;
  /**
   * Base64.
   */
  data: string;
  /**
   * Rows written so far.
   */
  done: number;
  total: number;
  last: boolean;
}
/**
 * Numbers as a small chart: in their order, or as counts between low and high.
 */
export interface PlotBlock {
  kind: "plot";
  label: string;
  style: "line" | "bars";
  /**
   * The smallest of each slice of the numbers (for bars always 0); None: not finite.
   */
  low: (number | null)[];
  high: (number | null)[];
  /**
   * Labels at the two ends of the horizontal axis.
   */
  first: string;
  last: string;
}
export interface TableBlock {
  kind: "table";
  columns: string[];
  numeric: boolean[];
  rows: string[][];
  offset: number;
  total: number;
  more: number | null;
}
export interface TreeBlock {
  kind: "tree";
  node: ValueNode1;
  /**
   * Whether deeper nodes can be asked for by their path (`value` with `path`).
   */
  loads: boolean;
}
/**
 * The answer to `value`. With an offset it continues the blocks shown; with a path see `TreeBlock`.
 */
export interface ValueView {
  id: number;
  version: number;
  /**
   * Names of the formats that fit, the best first.
   */
  formats: string[];
  format: string;
  packed: Packed | null;
  blocks: (
    | TextBlock
    | HexBlock
    | TreeBlock
    | FactsBlock
    | PlotBlock
    | TableBlock
    | ImageBlock
    | OutlineBlock
    | MessageBlock
    | NoteBlock
  )[];
  edit: Edit | null;
  /**
   * Why it cannot be edited; "" where it can.
   */
  reason: string;
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
/**
 * Deleting all that the filter matches.
 */
export interface Bulk {
  done: number;
  total: number;
  deleted: number;
  /**
   * Written to after the count was confirmed, or so long ago that it cannot be told: not deleted.
   */
  kept: number;
  /**
   * Deleted by somebody else meanwhile.
   */
  gone: number;
  state: "running" | "done" | "cancelled" | "failed";
  message: string;
}
/**
 * Which keys are listed and in which order; see `observables.keys.query.Query`.
 */
export interface KeyQuery {
  filter: string;
  mode: "auto" | "text" | "glob" | "regex";
  /**
   * Type labels; empty for all.
   */
  types: string[];
  min_size: number | null;
  max_size: number | null;
  /**
   * What the keys begin with, the last delimiter included; "" for all.
   */
  namespace: string;
  sort: "stored" | "key" | "type" | "size" | "changed" | "preview";
  descending: boolean;
  /**
   * Each character is one; None: guessed from the keys.
   */
  delimiters: string | null;
}
export interface KeyRow {
  /**
   * Identity of the key, stable while the kernel lives (long keys are cut for display).
   */
  id: number;
  key: string;
  type: string;
  size: number | null;
  how: "exact" | "sampled" | "shallow";
  preview: string;
  /**
   * When last written; None if not since watching began (or too long ago to be remembered).
   */
  changed: number | null;
  change: ("inserted" | "changed" | "deleted") | null;
}
export interface KeyTableState {
  seq: number;
  /**
   * The kernel's clock when this was made: ages are reckoned from it.
   */
  now: number;
  title: Title;
  /**
   * Keys in the store.
   */
  total: number;
  /**
   * Of all values.
   */
  bytes: number | null;
  bytes_how: "exact" | "sampled" | "shallow";
  /**
   * Rows listed: keys that match (so far, while there is progress).
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
  query: KeyQuery;
  /**
   * How the filter is read; of interest where the mode is "auto".
   */
  matching: "text" | "glob" | "regex";
  /**
   * Those in use: given or guessed.
   */
  delimiters: string;
  problem: Problem | null;
  /**
   * 0 to 1 while the list is being made; None when it is complete.
   */
  progress: number | null;
  doing: "" | "filtering" | "measuring" | "sorting";
  /**
   * Ids of the selected keys; where they are more than 1,000, of those among `rows`.
   */
  selection: number[];
  /**
   * How many are selected.
   */
  selected: number;
  open: OpenKey | null;
  /**
   * Ids of the keys deleted last: a row that disappeared and is not among them only moved away.
   */
  deleted: number[];
  editable: boolean;
  /**
   * What values the store accepts.
   */
  takes: "bytes" | "any";
  /**
   * Where the view asked for it; at most some hundreds.
   */
  tree: NamespaceRow[] | null;
  space: Space | null;
  /**
   * Newest first.
   */
  recent: RecentChange[] | null;
  bulk: Bulk | null;
}
/**
 * Why a query could not be taken over; the list shown is still the one before.
 */
export interface Problem {
  field: string;
  message: string;
  /**
   * Where in the filter, in characters.
   */
  at: number | null;
}
/**
 * The key whose value is shown.
 */
export interface OpenKey {
  id: number;
  key: string;
  type: string;
  size: number | null;
  how: "exact" | "sampled" | "shallow";
  changed: number | null;
  /**
   * Another one for another value: ask for `value` again.
   */
  version: number;
  gone: boolean;
}
export interface NamespaceRow {
  /**
   * What all of its keys begin with, for `KeyQuery.namespace` and `Params.expanded`.
   */
  prefix: string;
  name: string;
  /**
   * From 0.
   */
  level: number;
  keys: number;
  /**
   * None while not measured.
   */
  bytes: number | null;
  /**
   * None for a namespace that holds no other.
   */
  expanded: boolean | null;
  /**
   * Not 0: no namespace, but so many more at this level that are not listed.
   */
  more: number;
}
export interface Space {
  /**
   * 0 to 1; None when all is measured.
   */
  progress: number | null;
  keys: number;
  /**
   * Of the values, of what has been measured.
   */
  bytes: number;
  /**
   * Of the keys' own text.
   */
  key_bytes: number;
  /**
   * How many values were measured so.
   */
  exact: number;
  sampled: number;
  shallow: number;
  /**
   * When.
   */
  measured: number | null;
  types: Share[];
  namespaces: Share[];
  largest: TopKey[];
  busiest: TopKey[];
}
/**
 * A part of the whole: a type, or a namespace.
 */
export interface Share {
  label: string;
  prefix: string | null;
  keys: number;
  bytes: number;
}
export interface TopKey {
  id: number;
  key: string;
  size: number | null;
  how: "exact" | "sampled" | "shallow";
  /**
   * Changes counted; at least so many.
   */
  changes: number;
}
export interface RecentChange {
  number: number;
  id: number;
  key: string;
  kind: "inserted" | "changed" | "deleted" | "reset";
  time: number;
  /**
   * How many keys it stands for: 1, or all of a call that touched many.
   */
  keys: number;
}
export interface Close {
  kind: "close";
  view: string;
}
/**
 * The answer to `module`.
 */
export interface Module {
  /**
   * An ES module.
   */
  script: string;
  style: string;
}
/**
 * View → kernel: begin (or begin again); answered by `Opened`.
 */
export interface Open {
  kind: "open";
  view: string;
  params: Params;
}
/**
 * What a view wants to see. A field left out keeps its value.
 */
export interface Params {
  start?: number;
  stop?: number;
  thread?: string;
  selected?: string | null;
  /**
   * Whether the view shows namespaces …
   */
  tree?: boolean;
  /**
   * … and which of them are open, as prefixes.
   */
  expanded?: string[];
  space?: boolean;
  recent?: boolean;
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
export interface Reply {
  kind: "reply";
  view: string;
  id: number;
  result?: unknown;
  error?: string;
}
/**
 * View → kernel: always answered by a `Reply` with the same id; safe to repeat.
 *
 * Of all widgets: `look` (params: Params → a Patch at once, the result is null), `ping` (null).
 *
 * `module` ({} → Module: the rest of the widget's code, if it has some).
 *
 * Of the timeline: `state` ({"ns", "id", "thread", "path": list[int]} → ValueNode with its children).
 *
 * Of the key table, for all views of the widget:
 * `query` (some of KeyQuery → null; what is wrong with it shows as the state's `problem`),
 * `cancel` ({} → null: stops the list, or the bulk deletion, being made),
 * `select` ({"ids": list[int]} or {"first": int, "last": int} as rows; "add": bool; → null),
 * `open` ({"id": int | null} → null),
 * `locate` ({"id": int} → {"row": int | null}: where the key is listed),
 * `value` ({"format"?: str, "offset"?: int} → ValueView of the open key;
 * with "path": list[int], "format" and "offset"?: int → ValueNode with the children from offset on),
 * `edit` ({"key": str} for a new one or {"id": int, "token": str}, "language", "text" → Edited),
 * `delete` ({"ids": list[int]}, or {"ids": null, "count": int} for all selected → {"deleted": int}),
 * `bulk` ({"query": KeyQuery, "count": int, "changes": int}: the state in which it was confirmed → null;
 * goes on as the state's `bulk`),
 * `export` ({"format": "csv" | "jsonl" | "parquet", "piece": int from 0 on} → Piece),
 * `code` ({"of": "view" | "value" | "selection" | "delete" | "bulk"} → {"code": str}).
 *
 * A view that is not open gets an error, and opens again.
 */
export interface Request {
  kind: "request";
  view: string;
  id: number;
  method:
    | "look"
    | "ping"
    | "state"
    | "query"
    | "cancel"
    | "select"
    | "open"
    | "locate"
    | "value"
    | "edit"
    | "delete"
    | "bulk"
    | "export"
    | "code"
    | "module";
  params: {
    [k: string]: unknown;
  };
}
export interface Badge {
  kind: "interrupt" | "error" | "pending" | "note";
  text: string;
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
export interface Thread {
  id: string;
  checkpoints: number;
  step: number | null;
  status: "idle" | "interrupted" | "failed";
  updated: number | null;
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
