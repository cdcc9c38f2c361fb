import type { Diff, Effects, Request, StateView, ValueView, Weight, Writes } from "../../../wire.gen.js";
import type { Place, TimelineLink } from "../parts.js";
import type { Answers, Question } from "./answers.js";

/** Open channels, and the format chosen for each. */
export type Open = ReadonlyMap<string, string | undefined>;

export interface Questions {
  /** With the values of the open channels: they are then known as well. */
  state(place: Place, open: Open): Question<StateView>;
  value(place: Place, channel: string, format: string | undefined): Question<ValueView>;
  diff(place: Place, pinned: string | null): Question<Diff>;
  writes(place: Place): Question<Writes>;
  weight(place: Place): Question<Weight>;
  effects(place: Place): Question<Effects>;
}

const valueName = (channel: string, format: string | undefined) => `value ${format ?? ""} ${channel}`;

export function createQuestions(link: TimelineLink, answers: Answers): Questions {
  const request = <T>(method: Request["method"], { thread, at }: Place, params: object = {}) =>
    link.request(method, { thread, at, ...params }) as Promise<T>;

  return {
    state: (place, open) => ({
      place,
      name: "state",
      async ask() {
        const wanted = Object.fromEntries(
          [...open].map(([name, format]) => [name, format ? { format } : {}]),
        );
        const state = await request<StateView>("state", place, { open: wanted });
        for (const { name, view } of [...state.channels, ...state.internal]) {
          if (view) answers.keep({ place, name: valueName(name, open.get(name)) }, view);
        }
        return state;
      },
      lasts: ({ problem }) => problem === "",
    }),
    value: (place, channel, format) => ({
      place,
      name: valueName(channel, format),
      ask: () => request("value", place, { channel, ...(format ? { format } : {}) }),
      lasts: () => true,
    }),
    diff: (place, pinned) => ({
      place,
      name: pinned === null ? "diff" : `diff ${pinned}`,
      ask: () => request("diff", place, { against: pinned === null ? "parent" : "pinned" }),
      // another one may have been pinned before it was answered
      lasts: ({ problem, before }) => problem === "" && (pinned === null || before?.key === pinned),
    }),
    // More may be written, and what is shared today can be freed tomorrow.
    writes: (place) => ({ place, name: "writes", ask: () => request("writes", place), lasts: () => false }),
    weight: (place) => ({ place, name: "weight", ask: () => request("weight", place), lasts: () => false }),
    effects: (place) => ({
      place,
      name: "effects",
      ask: () => request("effects", place),
      lasts: () => false,
    }),
  };
}
