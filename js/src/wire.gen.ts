// Generated from inmem_widgets/wire/ by `npm run wire`. Do not edit.

/**
 * Every type that crosses, by its name.
 */
export interface Wire {
  Applied: Applied;
  Begun: Begun;
  FieldProblem: FieldProblem;
  Form: Form;
  FormField: FormField;
  Imported: Imported;
  Plan: Plan;
  PlanRow: PlanRow;
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
  Check: Check;
  Counts: Counts;
  Curve: Curve;
  Difference: Difference;
  EntryQuery: EntryQuery;
  EntryRow: EntryRow;
  Explanation: Explanation;
  History: History2;
  Lookup: Lookup;
  Mark: Mark;
  Near: Near;
  Pattern: Pattern;
  Rates: Rates;
  Saved: Saved;
  Stampedes: Stampedes;
  Suggestion: Suggestion;
  WhatIf: WhatIf;
  Why: Why;
  Channel: Channel;
  ChannelWeight: ChannelWeight;
  Diff: Diff;
  DiffRow: DiffRow;
  DiffSide: DiffSide;
  Maker: Maker;
  NamespaceWeight: NamespaceWeight;
  StateView: StateView;
  TaskWrite: TaskWrite;
  TaskWrites: TaskWrites;
  Weight: Weight;
  Writes: Writes;
  Bulk: Bulk;
  KeyQuery: KeyQuery;
  KeyRow: KeyRow;
  KeyTableState: KeyTableState;
  NamespaceRow: NamespaceRow;
  OpenKey: OpenKey;
  RecentChange: RecentChange;
  Share: Share;
  Space: Space;
  TopKey: TopKey;
  Activity: Activity;
  By: By;
  Effect: Effect;
  Effects: Effects;
  LogGroup: LogGroup;
  LogQuery: LogQuery;
  LogRow: LogRow;
  LogState: LogState;
  Travel: Travel;
  Watched: Watched;
  Close: Close;
  Module: Module;
  Open: Open;
  Opened: Opened;
  Params: Params;
  Patch: Patch;
  Reply: Reply;
  Request: Request;
  ReportFact: ReportFact;
  ReportPart: ReportPart;
  ReportRow: ReportRow;
  ReportSection: ReportSection;
  ReportState: ReportState;
  SectionRows: SectionRows;
  Axis: Axis;
  Badge: Badge;
  CheckpointRow: CheckpointRow;
  Idle: Idle;
  Jumps: Jumps;
  Reading: Reading;
  Run: Run;
  Segment: Segment;
  Thread: Thread;
  Tick: Tick;
  TimelineState: TimelineState;
  Watch: Watch;
  Part: Part;
  Problem: Problem;
  Title: Title;
  ValueNode: ValueNode1;
}
/**
 * The answer to `apply`.
 */
export interface Applied {
  done: boolean;
  /**
   * What is another since the plan was made, so that nothing was done; else "".
   */
  changed: string;
  goes: number;
  freed: number | null;
}
/**
 * The answer to `fork`, `rerun` and `resume`.
 */
export interface Begun {
  /**
   * Why nothing was done; empty where it was.
   */
  problems: FieldProblem[];
  /**
   * Of `runs`.
   */
  run: number | null;
  /**
   * The checkpoint that the fork made.
   */
  key: string | null;
}
export interface FieldProblem {
  name: string;
  message: string;
}
/**
 * The answer to `form`.
 */
export interface Form {
  key: string;
  fields: FormField[];
  /**
   * Nodes that run from here, …
   */
  next: string[];
  /**
   * … and those among them that had finished and are not run again.
   */
  kept: string[];
  /**
   * Nodes a manual update may be said to come from.
   */
  as_nodes: string[];
  /**
   * The one LangGraph takes by itself; None if it would not know.
   */
  as_node: string | null;
}
/**
 * A channel, or an interrupt, to give a value to.
 */
export interface FormField {
  /**
   * The channel's, or the interrupt's id.
   */
  name: string;
  label: string;
  /**
   * As the graph declares it: "list[AnyMessage]", "int", "Plan".
   */
  type: string;
  kind: "text" | "number" | "bool" | "choice" | "json";
  /**
   * The value now: text as it is, everything else as JSON.
   */
  text: string;
  choices: string[];
  editable: boolean;
  /**
   * Why not; else a hint, such as the interrupt's question.
   */
  reason: string;
}
/**
 * The answer to `import`, once all pieces are there.
 */
export interface Imported {
  threads: string[];
  checkpoints: number;
  writes: number;
  /**
   * Threads of these names that are there already: nothing is imported until told so.
   */
  replaced: string[];
}
/**
 * A dry run: the answer to `plan`.
 */
export interface Plan {
  /**
   * Confirms exactly this with `apply`.
   */
  token: string;
  what: "delete" | "copy" | "prune" | "sweep";
  rows: PlanRow[];
  more: number;
  /**
   * Checkpoints …
   */
  goes: number;
  stays: number;
  /**
   * Bytes.
   */
  freed: number | null;
  /**
   * Threads that stay because they wait for an answer: they go if `named`.
   */
  waiting: string[];
  /**
   * Why it cannot be done at all; else "".
   */
  refused: string;
}
export interface PlanRow {
  thread: string;
  ns: string;
  checkpoints: number;
  verdict: "goes" | "stays" | "copied" | "replaced";
  why: string;
  bytes: number | null;
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
    | EarlierBlock
    | NoteBlock
  )[];
  edit: Edit | null;
  /**
   * Why it cannot be edited; "" where it can.
   */
  reason: string;
}
/**
 * Before the last messages of a long conversation: there are earlier ones; with an offset, these.
 */
export interface EarlierBlock {
  kind: "earlier";
  blocks: (MessageBlock | NoteBlock)[];
  /**
   * How many of the last messages have been given, where there are earlier ones: the next offset.
   */
  more: number | null;
  total: number;
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
   * Estimated: of all values and keys.
   */
  bytes: number | null;
  bytes_how: "exact" | "sampled" | "shallow";
  /**
   * When watching began: the history reaches no further back.
   */
  since: number;
  history: History;
  all: History1;
  /**
   * By window: "1 s", "10 s", "1 min" and, where there is a mark, "mark".
   */
  rates: {
    [k: string]: Rates;
  };
  mark: Mark | null;
  saved: Saved;
  stampedes: Stampedes;
  /**
   * Lookups since watching began: the number of the latest.
   */
  seen: number;
  /**
   * Lookups that came too fast to be looked at one by one: in the counts, not in the rest.
   */
  missed_events: number;
  /**
   * Newest first, where the view asked for them (`Params.lookups`).
   */
  lookups: Lookup[] | null;
  /**
   * Where the view asked for it (`Params.why`).
   */
  why: Why | null;
  /**
   * Where the view asked for it (`Params.whatif`).
   */
  whatif: WhatIf | null;
  /**
   * Entries listed: those that match.
   */
  listed: number;
  start: number;
  /**
   * The window the view asked for; empty unless it asked for entries (`Params.entries`).
   */
  rows: EntryRow[];
  entry_query: EntryQuery;
  /**
   * 0 to 1 while the list is being made.
   */
  progress: number | null;
  problem: Problem | null;
  /**
   * The entry whose value is shown; its `key` is the prompt as `EntryRow` has it, or more of it …
   */
  open: OpenKey | null;
  /**
   * … and what is known of it; as it was last where it is gone.
   */
  open_row: EntryRow | null;
  /**
   * Ids of the entries evicted or cleared last: a row that disappeared and is not among them only
   * moved away.
   */
  removed: number[];
  /**
   * As the value pane is that of the key table: none.
   */
  delimiters: string;
  /**
   * Neither are they editable.
   */
  editable: boolean;
  /**
   * None where the object tells of its changes by itself.
   */
  watched: Watched | null;
  /**
   * Where the view asked for it (`Params.log`).
   */
  log: LogState | null;
  /**
   * Where the view shows the log, or another moment than now.
   */
  travel: Travel | null;
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
  /**
   * Watching was ended, as by `detach()`: nothing is told any more.
   */
  ended: boolean;
}
/**
 * The last five minutes.
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
 * All since watching began, in at most some hundreds of buckets.
 */
export interface History1 {
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
 * Per second, over a window that ends now.
 */
export interface Rates {
  /**
   * How long the window really is: shorter while watching has just begun.
   */
  seconds: number;
  hits: number;
  misses: number;
  inserts: number;
  evictions: number;
  /**
   * Hits by lookups; None without lookups.
   */
  ratio: number | null;
}
/**
 * The totals at the moment from which the user counts.
 */
export interface Mark {
  hits: number;
  misses: number;
  inserts: number;
  refreshes: number;
  evictions: number;
  clears: number;
  time: number;
}
/**
 * What hits spared, since watching began (or since the mark).
 */
export interface Saved {
  seconds: number;
  /**
   * Hits on entries whose load time is not known: not in `seconds`.
   */
  seconds_unknown: number;
  input_tokens: number;
  output_tokens: number;
  /**
   * Hits on entries without `usage_metadata`.
   */
  tokens_unknown: number;
  /**
   * None without a price table.
   */
  money: number | null;
  /**
   * Hits whose tokens or whose model's price are not known.
   */
  money_unknown: number;
  currency: string;
}
/**
 * Misses of a key while an earlier miss of it was unanswered.
 */
export interface Stampedes {
  /**
   * Loads during which it happened.
   */
  count: number;
  /**
   * Misses beside the first ones.
   */
  misses: number;
  /**
   * Answers that came after the first one: work done twice.
   */
  answers: number;
  /**
   * Prompt of the latest one; "" if there was none.
   */
  latest: string;
}
/**
 * One lookup in the feed.
 */
export interface Lookup {
  /**
   * 1, 2, 3, … since watching began: its identity.
   */
  number: number;
  time: number;
  outcome: "hit" | "cold" | "evicted" | "cleared" | "unknown";
  prompt: string;
  model: string;
  /**
   * Seconds: of a miss, until its answer was cached; of a hit, what it saved. None where unknown.
   */
  load: number | null;
  /**
   * A miss that has no answer (yet).
   */
  waiting: boolean;
  /**
   * A miss while an earlier one of the same key was unanswered.
   */
  beside: boolean;
  /**
   * What else there is to say, such as "evicted 1,204 lookups ago".
   */
  note: string;
}
/**
 * Why lookups missed, since watching began.
 */
export interface Why {
  cold: number;
  evicted: number;
  cleared: number;
  unknown: number;
  /**
   * Cold misses of late for which the closest entry was searched …
   */
  examined: number;
  /**
   * … and found close.
   */
  near: number;
  /**
   * 0 to 1 while some are being examined.
   */
  progress: number | null;
  /**
   * Most misses first.
   */
  patterns: Pattern[];
}
/**
 * Misses that differ from the closest entry in the same way.
 */
export interface Pattern {
  /**
   * Such as "message id", "only temperature".
   */
  text: string;
  misses: number;
  example: Near;
  /**
   * A lookup of which that is true.
   */
  number: number;
}
/**
 * The closest cached entry.
 */
export interface Near {
  /**
   * Of the entry.
   */
  id: number;
  prompt: string;
  model: string;
  /**
   * 0 to 1.
   */
  similarity: number;
  differences: Difference[];
  /**
   * Differences beyond those listed.
   */
  more: number;
  /**
   * What is equal: "the prompt, model, stop and 4 more".
   */
  equal: string;
  /**
   * In short what differs: "only temperature", "message id", "date and number".
   */
  pattern: string;
  /**
   * It was cached then, and is no longer.
   */
  gone: boolean;
}
/**
 * One place where a missed key and the closest cached one differ.
 */
export interface Difference {
  where: "prompt" | "model";
  /**
   * Such as "temperature", "messages[2].id", "tools".
   */
  path: string;
  nature: "value" | "id" | "date" | "number" | "space" | "order" | "text" | "added" | "removed";
  /**
   * What the cached entry has, in short; None where it has nothing.
   */
  before: string | null;
  /**
   * What was looked up.
   */
  after: string | null;
  /**
   * Of longer texts: both in one, with what differs; else empty.
   */
  parts: Part[];
}
/**
 * A piece of a text in which two are compared.
 */
export interface Part {
  op: "same" | "removed" | "added";
  text: string;
}
/**
 * Recorded lookups, replayed with other sizes and policies.
 */
export interface WhatIf {
  /**
   * In the log.
   */
  lookups: number;
  /**
   * Different ones.
   */
  keys: number;
  /**
   * Lookups since watching began that are no longer in the log. `CacheState.seen - lookups - lost` are
   * newer than it: nothing here changes with each lookup, so that it is not sent again with each.
   */
  lost: number;
  /**
   * 0 to 1 while it is being made; curves come one after the other.
   */
  progress: number | null;
  policy: string;
  maxsize: number | null;
  /**
   * At the present size and policy, in the log.
   */
  ratio: number | null;
  sizes: number[];
  curves: Curve[];
  suggestion: Suggestion | null;
  check: Check | null;
  /**
   * What is not known: "the log was cut: …".
   */
  notes: string[];
  problem: string;
}
export interface Curve {
  policy: string;
  label: string;
  /**
   * Hits by lookups, for each of `WhatIf.sizes`.
   */
  ratios: number[];
  /**
   * Seconds saved; None where no load time is known.
   */
  seconds: number[] | null;
  tokens: number[] | null;
}
/**
 * The size beyond which more buys little.
 */
export interface Suggestion {
  maxsize: number;
  ratio: number;
  /**
   * Why: "70 % of what is to be gained; doubling again gains 0.8 points".
   */
  text: string;
}
/**
 * The simulation held against what happened: hits in the log at the present size and policy.
 */
export interface Check {
  simulated: number;
  measured: number;
  /**
   * Why they may differ; "" where they must be equal.
   */
  problem: string;
}
/**
 * One cached entry. None is what cannot be known, as of entries older than watching.
 */
export interface EntryRow {
  id: number;
  prompt: string;
  model: string;
  /**
   * Where `inserted` is not known: since watching began.
   */
  hits: number | null;
  inserted: number | null;
  /**
   * When last hit.
   */
  used: number | null;
  /**
   * Seconds from the miss to the answer.
   */
  load: number | null;
  tokens: number | null;
  /**
   * Bytes of its key and value.
   */
  size: number | null;
  how: "exact" | "sampled" | "shallow";
}
export interface EntryQuery {
  /**
   * Text in prompt or model parameters; smart case.
   */
  filter: string;
  sort: "stored" | "prompt" | "model" | "hits" | "age" | "used" | "load" | "tokens" | "size";
  descending: boolean;
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
/**
 * How an object is watched, and what cannot be known of it.
 */
export interface Watched {
  /**
   * It tells of its changes itself; its methods tell (tapped in place); it is read again and again; it
   * comes from a file.
   */
  how: "events" | "tapped" | "read" | "recorded";
  /**
   * Seconds between two readings, for what changes elsewhere; None where nothing is read.
   */
  interval: number | null;
  /**
   * When it was last read.
   */
  read: number | null;
  /**
   * 0 to 1 while the first reading goes on.
   */
  progress: number | null;
  /**
   * Why it cannot be read; "" if it can.
   */
  problem: string;
  /**
   * Figures and columns that cannot be known, by the state's field name, and why.
   */
  unknown: {
    [k: string]: string;
  };
  /**
   * What is good to know: "entries are those seen since watching began"; "" for nothing.
   */
  note: string;
}
export interface LogState {
  /**
   * Number of the oldest change kept: earlier ones were let go (or spilled).
   */
  first: number;
  last: number;
  kept: number;
  /**
   * Changes kept at the most, …
   */
  most: number;
  /**
   * … what their values hold, estimated, …
   */
  bytes: number;
  /**
   * … and how much of that is kept at the most.
   */
  most_bytes: number;
  /**
   * Changes in the file that was asked for.
   */
  spilled: number;
  /**
   * Changes that came too fast to be logged.
   */
  lost: number;
  /**
   * How many match, as far as they were looked at; …
   */
  matching: number;
  /**
   * … 0 to 1 of them while older ones are still being looked at; None when all were.
   */
  progress: number | null;
  /**
   * The newest that match, newest first, at most 200; older ones by the request `log`.
   */
  rows: LogRow[];
  /**
   * Where the query groups; most changes first, at most 200.
   */
  groups: LogGroup[] | null;
  /**
   * All there are in the log.
   */
  kinds: string[];
  query: LogQuery;
  problem: Problem | null;
}
export interface LogRow {
  /**
   * The change's: 1, 2, 3, … per object. The moment right after it is a place to travel to.
   */
  number: number;
  time: number | null;
  /**
   * As in `Change.kind`, but "insert", "change" for a store's "set".
   */
  kind: string;
  /**
   * The first one's text, cut.
   */
  key: string;
  keys: number;
  /**
   * Of the first key, for `open`; None where it cannot be opened.
   */
  id: number | null;
  /**
   * Bytes written.
   */
  size: number | null;
  /**
   * What else there is to say: "evicted …", "cold miss", "step 4".
   */
  note: string;
  /**
   * The value before, in short; "" where there was none or it is not known.
   */
  before: string;
  after: string;
  by: By | null;
}
/**
 * Who did something.
 */
export interface By {
  /**
   * In one line: "planner, step 4, cell [12]".
   */
  text: string;
  /**
   * The execution count of the notebook's cell.
   */
  cell: number | null;
  /**
   * Name of Python's thread.
   */
  os_thread: string;
  /**
   * Of LangGraph, as text, as are the following.
   */
  thread: string | null;
  node: string | null;
  step: number | null;
  task: string | null;
  /**
   * LangChain's id of the run.
   */
  run: string | null;
  /**
   * Key ("ns\nid") of the checkpoint that the step began from.
   */
  checkpoint: string | null;
}
export interface LogGroup {
  /**
   * "" stands for changes of which this is not known: made outside of a graph, of a cell.
   */
  label: string;
  changes: number;
  hits: number;
  misses: number;
  /**
   * Written.
   */
  bytes: number;
}
/**
 * Which changes are listed; all fields given must fit.
 */
export interface LogQuery {
  /**
   * Part of a key or of the text of who did it; smart case.
   */
  filter: string;
  /**
   * Empty for all.
   */
  kinds: string[];
  node: string | null;
  step: number | null;
  thread: string | null;
  cell: number | null;
  /**
   * Id of a key: the history of one.
   */
  key: number | null;
  group: "" | "kind" | "key" | "node" | "step" | "thread" | "cell";
}
/**
 * What the slider shows: the moments that can be travelled to.
 */
export interface Travel {
  /**
   * The view shows how it was after the change of this number; None: as it is now.
   */
  at: number | null;
  /**
   * When that was.
   */
  time: number | null;
  /**
   * That change.
   */
  row: LogRow | null;
  /**
   * The earliest moment (the number before the oldest change kept), …
   */
  first: number;
  /**
   * … and the latest.
   */
  last: number;
  activity: Activity;
  /**
   * What is not certain about the state shown; "" for nothing.
   */
  note: string;
}
/**
 * How busy it was along the slider, in at most 64 buckets.
 */
export interface Activity {
  /**
   * Number that the first bucket begins with; its first changes may have been let go.
   */
  start: number;
  /**
   * Numbers in a bucket: the one at i has those from start + i * width on.
   */
  width: number;
  /**
   * Of each bucket how many changes are known of, …
   */
  changes: number[];
  /**
   * … how many of them took keys away: deleted, evicted, cleared, replaced, …
   */
  gone: number[];
  /**
   * … how many were lookups that missed, …
   */
  missed: number[];
  /**
   * … and when the last one was.
   */
  times: (number | null)[];
}
/**
 * Totals of a cache's life.
 */
export interface Counts {
  hits: number;
  misses: number;
  inserts: number;
  refreshes: number;
  evictions: number;
  clears: number;
}
/**
 * The answer to `explain`: why a lookup missed, in words, and what came close.
 */
export interface Explanation {
  number: number;
  outcome: "hit" | "cold" | "evicted" | "cleared" | "unknown";
  /**
   * A sentence: "Held until 1,204 lookups ago, when the insertion of … pushed it out".
   */
  text: string;
  /**
   * More of it than a row shows, masked.
   */
  prompt: string;
  near: Near | null;
  /**
   * Entries among which it was searched.
   */
  searched: number;
  /**
   * 0 to 1 while it is being searched: ask again.
   */
  progress: number | null;
  /**
   * Why the closest entry cannot be told; "" if it could.
   */
  problem: string;
}
/**
 * Counts per bucket, oldest first; the last bucket is still filling.
 */
export interface History2 {
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
 * One channel of a state.
 */
export interface Channel {
  name: string;
  type: string;
  preview: string;
  size: number | null;
  how: "exact" | "sampled" | "shallow";
  /**
   * How many children its value has.
   */
  count: number | null;
  /**
   * Since the parent.
   */
  changed: boolean;
  /**
   * Who wrote this value; None where it cannot be known.
   */
  by: Maker | null;
  /**
   * Such as "rebuilt from 12 writes" of a delta channel, or why it could not be deserialised; else "".
   */
  remark: string;
  /**
   * It could not be deserialised.
   */
  broken: boolean;
  /**
   * Where it was asked for as open.
   */
  view: ValueView | null;
}
/**
 * Who wrote something.
 */
export interface Maker {
  /**
   * Names; several where it cannot be told which of them. Empty for an input or a manual update …
   */
  nodes: string[];
  /**
   * … which this tells: loop, input, update, fork.
   */
  source: string;
  step: number | null;
  /**
   * Its id; "" where unknown.
   */
  task: string;
  /**
   * Of the checkpoint that has it.
   */
  key: string;
  /**
   * Told by saved writes; else reckoned from which nodes ran.
   */
  certain: boolean;
}
export interface ChannelWeight {
  name: string;
  /**
   * Bytes that only this checkpoint holds …
   */
  exclusive: number;
  /**
   * … and those that others hold too, which count once.
   */
  shared: number;
  /**
   * How what is stored for it grows with the steps.
   */
  growth: "" | "linear" | "quadratic";
  /**
   * Bytes of its value over the steps down to this checkpoint, oldest first, at most some 60.
   */
  points: number[];
}
/**
 * The answer to `diff`.
 */
export interface Diff {
  /**
   * None: there is no parent, everything was added.
   */
  before: DiffSide | null;
  after: DiffSide;
  /**
   * Key of the youngest common ancestor, where the two are on different branches.
   */
  common: string | null;
  added: number;
  changed: number;
  removed: number;
  moved: number;
  rows: DiffRow[];
  /**
   * Changes that are not listed.
   */
  more: number;
  /**
   * Changes in LangGraph's own channels, which are not listed.
   */
  internal: number;
  problem: string;
}
export interface DiffSide {
  key: string;
  /**
   * Such as "agent · step 6".
   */
  label: string;
  thread: string;
}
/**
 * A line of a diff.
 */
export interface DiffRow {
  /**
   * Same: a container that leads to changes (`after`: what it is, of an item), or the only unchanged
   * value beside changes, in `after`. Fold: `count` unchanged items in a row, which the label says.
   */
  op: "same" | "add" | "del" | "mod" | "move" | "fold";
  depth: number;
  /**
   * A channel's or field's name; of an item what it is called ("ai", its name, or its position: "[3]");
   * of a fold all there is to say ("4 unchanged", "2 more keys unchanged"); "" of an item of a set.
   */
  label: string;
  /**
   * As in code: `messages[3].content`.
   */
  path: string;
  /**
   * In short; None where there was nothing.
   */
  before: string | null;
  after: string | null;
  /**
   * Of longer texts: both in one, with what differs; else empty.
   */
  parts: Part[];
  count: number;
  /**
   * Positions in the list, before and after.
   */
  moved: [unknown, unknown] | null;
  /**
   * Who made the change: at the other side for what was removed.
   */
  by: Maker | null;
}
export interface NamespaceWeight {
  ns: string;
  checkpoints: number;
  bytes: number;
}
/**
 * The answer to `state`.
 */
export interface StateView {
  key: string;
  /**
   * What the graph's author named, first; bounded.
   */
  channels: Channel[];
  /**
   * LangGraph's own, such as "branch:to:agent".
   */
  internal: Channel[];
  more: number;
  /**
   * Nodes that are to run from here.
   */
  next: string[];
  /**
   * Why none of it can be shown; else "".
   */
  problem: string;
}
export interface TaskWrite {
  channel: string;
  type: string;
  preview: string;
  size: number | null;
  broken: boolean;
}
/**
 * What a task wrote.
 */
export interface TaskWrites {
  task: string;
  /**
   * "" where unknown.
   */
  node: string;
  certain: boolean;
  path: string;
  state: "done" | "failed" | "interrupted" | "resumed";
  error: string;
  writes: TaskWrite[];
}
/**
 * The answer to `weight`.
 */
export interface Weight {
  key: string;
  how: "exact" | "sampled" | "shallow";
  exclusive: number;
  shared: number;
  /**
   * Bytes of the writes saved beside it.
   */
  writes: number;
  /**
   * Heaviest first, bounded.
   */
  channels: ChannelWeight[];
  more: number;
  /**
   * All that is stored for the thread; the sum of …
   */
  thread: number;
  namespaces: NamespaceWeight[];
  /**
   * Names the channel that grows quadratically, and what to do; "" where none does.
   */
  warning: string;
  /**
   * Threads without a checkpoint, of the whole checkpointer …
   */
  ghosts: string[];
  /**
   * … and writes without their checkpoint, …
   */
  orphans: number;
  orphan_bytes: number;
  /**
   * 0 to 1 while it is being reckoned; figures so far are then missing (0).
   */
  progress: number | null;
}
/**
 * The answer to `writes`.
 */
export interface Writes {
  key: string;
  /**
   * What made this checkpoint: saved beside its parent.
   */
  made: TaskWrites[];
  /**
   * Saved beside this one: of tasks that ran, or are to run, from here.
   */
  pending: TaskWrites[];
  /**
   * Some child has taken them over; else they are kept for when the run goes on.
   */
  applied: boolean;
  more: number;
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
   * Where the view asked for it, once it is known; at most some hundreds.
   */
  tree: NamespaceRow[] | null;
  space: Space | null;
  /**
   * Newest first.
   */
  recent: RecentChange[] | null;
  bulk: Bulk | null;
  /**
   * None where the object tells of its changes by itself.
   */
  watched: Watched | null;
  /**
   * Where the view asked for it (`Params.log`).
   */
  log: LogState | null;
  /**
   * Where the view shows the log, or another moment than now.
   */
  travel: Travel | null;
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
/**
 * What one store or cache did during a step.
 */
export interface Effect {
  name: string;
  type: string;
  /**
   * Lookups among them.
   */
  changes: number;
  hits: number;
  misses: number;
  bytes: number;
  /**
   * The first of them, oldest first, at most 50.
   */
  rows: LogRow[];
}
/**
 * What watched stores and caches did while a checkpoint was being made.
 */
export interface Effects {
  effects: Effect[];
  /**
   * Stores and caches that are logged in this kernel; 0: nothing could be known.
   */
  watched: number;
  note: string;
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
   * Part of the ids of the threads to list.
   */
  find?: string;
  /**
   * Key of the row at `start` when the view asked for it: the window stays with it while rows come on
   * top. None where the view shows the newest.
   */
  anchor?: string | null;
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
  /**
   * Which lookups the view shows, …
   */
  lookups?: "" | "all" | "missed";
  why?: boolean;
  whatif?: boolean;
  entries?: boolean;
  /**
   * Whether the view shows the log.
   */
  log?: boolean;
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
 * Of all widgets: `look` (params: Params → a Patch at once, the result is null), `ping` (null), `refresh`
 * ({} → null: read now what changed elsewhere; what is found comes as patches).
 *
 * `module` ({} → Module: the rest of the widget's code, if it has some; {"name": "log_panes"} → that of
 * the log).
 *
 * Of all widgets of an object, for all views of the widget, if it is logged:
 * `log` (some of LogQuery → null), `older` ({"before": int} → {"rows": list[LogRow], "more": bool}: what
 * matches and is older than that number), `travel` ({"at": int | null} or
 * {"time": float} → null: show how it was then).
 *
 * Of the report of a cell: `section` ({"part": int, "section": its id, "start": int} → SectionRows).
 *
 * Of the timeline, `at` being a checkpoint's key ("ns\nid") and `thread` its thread, both text:
 * `go` ({"thread", "to": a name in Jumps, "at"? where from} or {"thread", "row": int, "size"? how many rows
 * there were when it was that one} or {"thread", "at"?, "to": "incident", "way": 1 | -1}, the interrupt or
 * error next to it on the newer or older side → {"at": str} | null where it leads nowhere: chosen for all
 * views; the newest is followed again),
 * `pin` ({"thread", "at": str | null} → null),
 * `state` ({"thread", "at", "open": {channel: {"format"?: str}}} → StateView),
 * `value` ({"thread", "at", "channel", "format"?, "offset"?, "path"?} → as in the key table),
 * `diff` ({"thread", "at", "against": "parent" | "pinned"} → Diff),
 * `writes` ({"thread", "at"} → Writes), `effects` ({"thread", "at", "since"?: str | null} → Effects),
 * `weight` ({"thread", "at"} → Weight),
 * `watch` ({"name": str, "on": false} → null: takes it away),
 * `form` ({"thread", "at", "of": "fork" | "resume"} → Form),
 * `fork` ({"thread", "at", "values": {channel: text}, "as_node": str | null, "run": bool} → Begun),
 * `rerun` ({"thread", "at"} → Begun), `resume` ({"thread", "at", "values": {interrupt: text}} → Begun),
 * `stop` ({"run": int} → null: after the step it is at),
 * `plan` ({"what", "threads": list[str] (none: all), "target"?: str, "named"?: list[str] of interrupted
 * threads that are to go all the same} → Plan), `apply` ({"token": str} → Applied),
 * `export` ({"threads": list[str] | null, "piece": int} → Piece; with no data while it is being read),
 * `import` ({"piece": int from 0 on, "text": str, "last": bool, "replace": bool} → Imported | null: after
 * the last piece, null while it goes on; ask with the same piece again),
 * `code` ({"of": "config" | "state" | "diff" | "fork" | "rerun" | "resume" | "watch" | "first" | "export" |
 * "import" | "delete" | "copy" | "prune" | "sweep", "thread"?, "at"?, "threads"?, "target"?, "values"?,
 * "as_node"?} → {"code": str}).
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
 * Of the cache counters, for all views of the widget:
 * `mark` ({"on": bool} → null: count from here, or all again),
 * `explain` ({"number": int} → Explanation of a lookup in the feed),
 * `whatif` ({"run": bool} → null: begin anew, or cancel),
 * `entries` (some of EntryQuery → null),
 * `open`, `locate`, `value` as in the key table, of entries,
 * `code` ({"of": "stats" | "entries" | "lookups" | "history" | "whatif" | "value"} → {"code": str}).
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
    | "module"
    | "mark"
    | "explain"
    | "whatif"
    | "entries"
    | "go"
    | "pin"
    | "diff"
    | "writes"
    | "weight"
    | "watch"
    | "form"
    | "fork"
    | "rerun"
    | "resume"
    | "stop"
    | "plan"
    | "apply"
    | "import"
    | "log"
    | "older"
    | "travel"
    | "effects"
    | "section"
    | "refresh";
  params: {
    [k: string]: unknown;
  };
}
/**
 * A figure in an object's headline.
 */
export interface ReportFact {
  /**
   * "added", "changed", "deleted", "reads", "hits", "misses", "evicted", "checkpoints", …
   */
  label: string;
  /**
   * None where it cannot be known: `ReportPart.unknown` says why.
   */
  count: number | null;
  sort:
    | "added"
    | "changed"
    | "deleted"
    | "same"
    | "brief"
    | "written"
    | "reads"
    | "absent"
    | "hits"
    | "misses"
    | "inserted"
    | "refreshed"
    | "evicted"
    | "cleared"
    | "checkpoints"
    | "interrupts"
    | "errors";
}
/**
 * One watched object.
 */
export interface ReportPart {
  name: string;
  type: string;
  kind: "store" | "cache" | "saver";
  /**
   * Nothing happened to it.
   */
  quiet: boolean;
  facts: ReportFact[];
  sections: ReportSection[];
  /**
   * Changes that came too fast to be looked at.
   */
  lost: number;
  /**
   * What cannot be known, by label, and why.
   */
  unknown: {
    [k: string]: string;
  };
  note: string;
}
/**
 * Things of one sort, to be expanded.
 */
export interface ReportSection {
  id: string;
  /**
   * "added", "misses: never cached", "thread planner-1", …
   */
  label: string;
  count: number;
  /**
   * In a few words, such as "1,204 times" or "agent, tools".
   */
  note: string;
  /**
   * The first of them: "doc:1, doc:2, …".
   */
  names: string;
  sort:
    | "added"
    | "changed"
    | "deleted"
    | "same"
    | "brief"
    | "written"
    | "reads"
    | "absent"
    | "hits"
    | "misses"
    | "inserted"
    | "refreshed"
    | "evicted"
    | "cleared"
    | "checkpoints"
    | "interrupts"
    | "errors";
}
/**
 * One line of an expanded section: what became of one key.
 */
export interface ReportRow {
  key: string;
  /**
   * Of the value, or the model of a lookup.
   */
  type: string;
  size: number | null;
  before: string;
  after: string;
  note: string;
  /**
   * How often.
   */
  count: number;
  /**
   * Of the last time, as are the following.
   */
  time: number | null;
  number: number | null;
  by: By | null;
}
export interface ReportState {
  seq: number;
  now: number;
  title: Title;
  cell: number | null;
  running: boolean;
  /**
   * How long it took (so far).
   */
  seconds: number;
  /**
   * What it raised, in one line; "" if nothing.
   */
  error: string;
  parts: ReportPart[];
}
/**
 * The answer to `section`.
 */
export interface SectionRows {
  rows: ReportRow[];
  /**
   * How many follow.
   */
  more: number;
}
/**
 * Where rows are on the scrubber, 0 (oldest) to 1 (newest).
 */
export interface Axis {
  /**
   * Descending from the oldest row to row 0, at most some 200 …
   */
  rows: number[];
  /**
   * … and where they are in real time, idle stretches collapsed; rows in between lie on a line. By steps
   * all rows are equally far apart.
   */
  x: number[];
  idle: Idle[];
  /**
   * From the first checkpoint to the last one.
   */
  seconds: number;
}
export interface Idle {
  x: number;
  seconds: number;
}
export interface Badge {
  /**
   * Pending: tasks that have written, of a step that is not done. Note: what a manual update changed.
   */
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
  /**
   * Seconds since the checkpoint it was made from.
   */
  took: number | null;
  /**
   * Seconds in which nothing happened in the thread before it, where that is worth saying.
   */
  idle: number | null;
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
/**
 * Where the keys and buttons lead from the selected checkpoint: keys of checkpoints.
 */
export interface Jumps {
  parent: string | null;
  child: string | null;
  /**
   * The next newer checkpoint that has several children, else the nearest older one; as with …
   */
  fork: string | null;
  /**
   * … interrupts …
   */
  interrupt: string | null;
  error: string | null;
  newest: string | null;
}
/**
 * How a checkpointer that emits no changes is read.
 */
export interface Reading {
  /**
   * 0 to 1 during the first reading.
   */
  progress: number | null;
  /**
   * Seconds between two looks for what is new; None where that is on demand only.
   */
  every: number | null;
  /**
   * When it was last read whole.
   */
  read: number | null;
  /**
   * Why it cannot be read at the moment.
   */
  problem: string;
}
/**
 * A run begun from here.
 */
export interface Run {
  id: number;
  what: "fork" | "rerun" | "resume";
  thread: string;
  state: "running" | "done" | "interrupted" | "failed" | "stopping" | "stopped";
  error: string;
  started: number;
  /**
   * Checkpoints made so far.
   */
  steps: number;
}
export interface Thread {
  id: string;
  checkpoints: number;
  step: number | null;
  /**
   * Of its newest root checkpoint. Stopped: there is more to run, but nothing has happened for a while.
   */
  status: "finished" | "interrupted" | "failed" | "running" | "stopped";
  updated: number | null;
  /**
   * All that is stored for it; None where that is not known (yet).
   */
  bytes: number | null;
}
/**
 * A place on the scrubber worth finding; near ones of a kind are one.
 */
export interface Tick {
  kind: "interrupt" | "error" | "fork" | "update";
  /**
   * Of the newest of them, counted like `start`.
   */
  row: number;
  count: number;
}
export interface TimelineState {
  seq: number;
  now: number;
  title: Title;
  /**
   * Whether threads can be deleted, copied, pruned and imported here.
   */
  editable: boolean;
  /**
   * What runs can be begun with; None without `graph=`.
   */
  graph: string | null;
  /**
   * None where the checkpointer tells of its changes by itself.
   */
  reading: Reading | null;
  /**
   * Those found, most recently changed first, bounded.
   */
  threads: Thread[];
  thread_count: number;
  /**
   * How many threads match the search; as many as there are without one.
   */
  found: number;
  /**
   * Over all threads.
   */
  checkpoint_count: number;
  bytes: number | null;
  bytes_how: "exact" | "sampled" | "shallow";
  /**
   * The thread shown; None when there is none.
   */
  thread: string | null;
  /**
   * The thread shown had checkpoints, and has none any more.
   */
  deleted: boolean;
  /**
   * Key (`ns` + "\n" + `id`) of the selected checkpoint.
   */
  selected: string | null;
  /**
   * Its row, counted like `start`; None if it is not in this thread.
   */
  selected_row: number | null;
  /**
   * Nothing is chosen: the newest is shown, whatever comes.
   */
  following: boolean;
  /**
   * Key of the checkpoint that diffs are made against, of the thread shown.
   */
  pinned: string | null;
  pinned_row: number | null;
  jumps: Jumps;
  lanes: number;
  /**
   * Rows (checkpoints) of the thread shown, newest first.
   */
  size: number;
  start: number;
  rows: CheckpointRow[];
  axis: Axis;
  /**
   * At most some 200.
   */
  ticks: Tick[];
  /**
   * The size of the state first, then those made with `timeline.watch`.
   */
  watches: Watch[];
  /**
   * The latest ones, newest first, a few.
   */
  runs: Run[];
  /**
   * None where the checkpointer tells of its changes by itself; `reading` says how it is read.
   */
  watched: Watched | null;
  /**
   * Where the view asked for it (`Params.log`).
   */
  log: LogState | null;
  /**
   * None: a checkpointer keeps its history itself.
   */
  travel: Travel | null;
}
/**
 * A watch expression over the thread shown, for the lanes' sparkline.
 */
export interface Watch {
  name: string;
  unit: "" | "bytes";
  /**
   * Whether there is a line to draw.
   */
  kind: "number" | "text";
  /**
   * Descending, at most some 400: the middle rows of equal stretches …
   */
  rows: number[];
  /**
   * … and the least value there (None where there is none), …
   */
  low: (number | null)[];
  /**
   * … and the greatest.
   */
  high: (number | null)[];
  /**
   * Rows, at most some 100, at which it raised.
   */
  failed: number[];
  failures: number;
  /**
   * The value at the selected checkpoint, in short; None where there is none (yet).
   */
  at: string | null;
  /**
   * Why there is none at the selected checkpoint.
   */
  error: string | null;
  /**
   * 0 to 1 while it is evaluated.
   */
  progress: number | null;
  /**
   * Made with `timeline.watch`: it can be taken away.
   */
  own: boolean;
}
