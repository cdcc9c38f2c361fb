import type { Place } from "../parts.js";

const KEPT = 64; // checkpoints

/** Something to be known of a checkpoint. */
export interface Question<T = unknown> {
  readonly place: Place;
  /** Tells apart what is asked of the checkpoint. */
  readonly name: string;
  ask(): Promise<T>;
  /** Whether the answer stays true. */
  lasts(answer: T): boolean;
}

export interface Answers {
  /** The answer, where there is one that lasts. */
  known<T>(question: Question<T>): T | undefined;
  keep<T>(question: Pick<Question<T>, "place" | "name">, answer: T): void;
  /** Asks the kernel, once for all who ask the same meanwhile. */
  ask<T>(question: Question<T>): Promise<T>;
}

const placeId = ({ thread, at }: Place) => JSON.stringify([thread, at]);

export const questionId = ({ place, name }: Pick<Question, "place" | "name">) => `${placeId(place)} ${name}`;

/** What was told of the checkpoints looked at last. A checkpoint does not change, so that it stays true. */
export function createAnswers(): Answers {
  const kept = new Map<string, Map<string, unknown>>(); // the checkpoint used last is last
  const asked = new Map<string, Promise<unknown>>();

  function of(place: Place): Map<string, unknown> {
    const id = placeId(place);
    const answers = kept.get(id) ?? new Map<string, unknown>();
    kept.delete(id);
    kept.set(id, answers);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return answers;
  }

  const keep: Answers["keep"] = ({ place, name }, answer) => void of(place).set(name, answer);

  return {
    keep,
    known: <T>({ place, name }: Question<T>) =>
      kept.has(placeId(place)) ? (of(place).get(name) as T | undefined) : undefined,
    ask<T>(question: Question<T>) {
      const id = questionId(question);
      const running = asked.get(id) as Promise<T> | undefined;
      if (running) return running;
      const asking = question
        .ask()
        .then((answer) => {
          if (question.lasts(answer)) keep(question, answer);
          return answer;
        })
        .finally(() => asked.delete(id));
      asked.set(id, asking);
      return asking;
    },
  };
}
