/** What the timeline's shell and the parts that are fetched later (widgets/checkpoint_panes.ts) know of each other. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Link, View } from "../../link.js";
import type { LogPanes } from "../../widgets/log_panes.js";
import type { CheckpointRow, TimelineState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";

export type TimelineLink = Link<TimelineState>;

/** A checkpoint, as requests name it. */
export interface Place {
  thread: string;
  /** Its key: namespace, a newline, id. */
  at: string;
}

/** The checkpoint shown. */
export interface Chosen extends Place {
  ns: string;
  id: string;
  /** Undefined where the row is outside of the window. */
  row: CheckpointRow | undefined;
}

/** What the shell does for its parts. */
export interface Shell extends Pick<Frame, "announce" | "copy"> {
  /** Shows another checkpoint, of the thread shown if none is named. */
  choose(at: string, thread?: string): void;
  /** Where the scrubber goes next, nearest first: worth having before it is asked for. None while nothing is chosen. */
  readonly neighbours: ReadonlySignal<readonly Place[]>;
  /** The code of the log. */
  log(): Promise<LogPanes>;
}

/** The checkpoint's head and tabs. */
export interface Pane extends View {
  /** Shows a tab, from 0 (state, diff, writes, weight, stores). */
  tab(index: number): void;
}

export type Act = "fork" | "rerun" | "resume" | "code";

/** The row of actions below the pane, and their sheets. */
export interface Acts extends View {
  act(what: Act): void;
}

/** The menu at the toolbar's end. */
export interface TimelineMenu extends View {
  help(): void;
}

export type Chooses = ReadonlySignal<Chosen | null>;
