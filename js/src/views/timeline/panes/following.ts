import { batch, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { stopAll } from "../../../stops.js";
import { reason } from "../../../text.js";
import type { Place, TimelineLink } from "../parts.js";
import { type Answers, type Question, questionId } from "./answers.js";

export const SLOW = 300; // ms without a sign, at most
const AT_ONCE = 2; // requests under way; while scrubbing, those in between are left out
const PACE = 1_000; // ms

export interface Shown<T> {
  readonly place: Place;
  readonly answer: T;
  /** Of the question. */
  readonly id: string;
}

export interface Following<T> {
  /** The newest answer; until it is there, that of the question before. */
  readonly shown: ReadonlySignal<Shown<T> | null>;
  /** Why there is none; "" where there is, or may still be. */
  readonly problem: ReadonlySignal<string>;
  /** It takes long enough to say so. */
  readonly late: ReadonlySignal<boolean>;
  /** Asks again, also where it is known. */
  again(): void;
  /** Shows nothing until the next answer. */
  clear(): void;
  dispose(): void;
}

/**
 * Follows a question that changes faster than it may be answered; while it is null, nothing happens. What went
 * wrong, and an answer that does not last, are asked for again after the timeline has changed.
 */
export function createFollowing<T>(
  answers: Answers,
  question: ReadonlySignal<Question<T> | null>,
  { state, connection }: Pick<TimelineLink, "state" | "connection">,
): Following<T> {
  const shown = signal<Shown<T> | null>(null);
  const problem = signal("");
  const late = signal(false);
  const running = new Set<string>();
  let goal = "";
  let owed = ""; // what is to be asked anew, and could not be yet
  let timer: ReturnType<typeof setTimeout> | undefined;
  let soon: ReturnType<typeof setTimeout> | undefined;
  let seen = state.peek().seq;

  function follow(next: Question<T> | null): void {
    const id = next ? questionId(next) : "";
    if (id === goal) return;
    goal = id;
    owed = "";
    clearTimeout(timer);
    batch(() => {
      problem.value = "";
      late.value = false;
    });
    if (!next) return;
    const known = answers.known(next);
    if (known !== undefined) {
      show(next, known);
      return;
    }
    timer = setTimeout(() => {
      late.value = true;
    }, SLOW);
    ask(next);
  }

  function ask(next: Question<T>): void {
    if (running.size < AT_ONCE && !running.has(questionId(next))) void load(next);
  }

  async function load(asked: Question<T>): Promise<void> {
    const id = questionId(asked);
    running.add(id);
    let failure = "";
    try {
      const answer = await answers.ask(asked);
      if (id === goal) show(asked, answer);
    } catch (error) {
      failure = reason(error);
    }
    running.delete(id);
    if (failure && id === goal && shown.peek()?.id !== id) fail(failure);
    if (owed) refresh();
    if (id === goal) return;
    // What is wanted meanwhile had to wait.
    const next = question.peek();
    if (next && goal && shown.peek()?.id !== goal && !problem.peek()) ask(next);
  }

  function show({ place }: Question<T>, answer: T): void {
    clearTimeout(timer);
    batch(() => {
      shown.value = { place, answer, id: goal };
      problem.value = "";
      late.value = false;
    });
  }

  function fail(text: string): void {
    clearTimeout(timer);
    batch(() => {
      problem.value = text;
      late.value = false;
    });
  }

  function again(): void {
    problem.value = "";
    refresh();
  }

  /** What is shown, also a problem, stays until it is answered. */
  function refresh(): void {
    const next = question.peek();
    if (!next) return;
    const id = questionId(next);
    owed = running.has(id) || running.size >= AT_ONCE ? id : "";
    ask(next);
  }

  function lasts(): boolean {
    const there = shown.peek();
    return there?.id === goal && !problem.peek() && question.peek()!.lasts(there.answer);
  }

  const stops = [
    effect(() => {
      const next = question.value;
      untracked(() => follow(next));
    }),
    effect(() => {
      if (connection.value === "live" && problem.peek()) untracked(again);
    }),
    effect(() => {
      const { seq } = state.value;
      if (question.value === null || seq === seen) return;
      seen = seq;
      soon ??= setTimeout(() => {
        soon = undefined;
        if (goal && !lasts()) refresh();
      }, PACE);
    }),
    () => {
      goal = "";
      clearTimeout(timer);
      clearTimeout(soon);
    },
  ];
  return {
    shown,
    problem,
    late,
    again,
    clear() {
      goal = "";
      shown.value = null;
      follow(question.peek());
    },
    dispose: stopAll(stops),
  };
}
