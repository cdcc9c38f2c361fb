import type { ReadonlySignal } from "@preact/signals-core";
import type { Chooses, Place, Shell, TimelineLink } from "../parts.js";
import type { Answers } from "./answers.js";
import type { Following } from "./following.js";
import type { Questions } from "./questions.js";

/** What the tabs share. */
export interface Context {
  link: TimelineLink;
  shell: Shell;
  chosen: Chooses;
  answers: Answers;
  questions: Questions;
}

export interface Tab {
  readonly label: string;
  readonly element: HTMLElement;
  /** Beside the tabs. */
  readonly aside: HTMLElement;
  readonly following: Following<unknown>;
  /** Asks for it before it is chosen; undefined where that is not worth it. */
  fetch?(place: Place): Promise<unknown> | undefined;
  dispose(): void;
}

/** Whether the tab is the one shown. */
export type Active = ReadonlySignal<boolean>;
