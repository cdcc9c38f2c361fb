import type { ReadonlySignal } from "@preact/signals-core";
import type { CacheState, KeyTableState, Params, ReportState, Request, TimelineState } from "./wire.gen.js";

/** Of a widget of one object. */
export type State = KeyTableState | CacheState | TimelineState;
export type AnyState = State | ReportState;

export type Connection = "connecting" | "live" | "paused" | "lost";

/** What a view knows of the kernel. Times are seconds since the epoch. */
export interface Link<S extends AnyState = State> {
  /** What is to be shown. */
  readonly state: ReadonlySignal<S>;
  /** The newest state known; runs ahead of `state` while paused. */
  readonly latest: ReadonlySignal<S>;
  readonly connection: ReadonlySignal<Connection>;
  /** The kernel's clock, to the second: ages are reckoned from it. */
  readonly now: ReadonlySignal<number>;
  /** The browser's clock when the kernel was last heard. */
  readonly heard: ReadonlySignal<number>;
  /** The kernel's clock at this moment. */
  clock(): number;
  /** Changes what the view wants to see; only the newest wish is sent. */
  look(params: Params): void;
  /** Rejects with an Error when the kernel refuses, or does not answer after retries. */
  request(method: Request["method"], params: Record<string, unknown>): Promise<unknown>;
  /** Keeps the state shown until `resume`. */
  pause(): void;
  /** Shows the newest state and stays paused. */
  catchUp(): void;
  resume(): void;
  reconnect(): void;
}

/** A value shared with the kernel, settable from both sides. */
export interface Trait<T> {
  readonly value: ReadonlySignal<T>;
  set(value: T): void;
}

export interface View {
  readonly element: HTMLElement;
  dispose(): void;
}
