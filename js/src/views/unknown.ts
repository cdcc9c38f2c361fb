import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { h, setText } from "../dom.js";
import type { State } from "../link.js";
import { stopAll } from "../stops.js";

/** Why a figure cannot be known; "" where it can. */
export const whyUnknown = (state: State, name: string): string => state.watched?.unknown[name] ?? "";

/** A figure, or that it cannot be known, and why. */
export function figure(
  element: HTMLElement,
  state: State,
  name: string,
  text: string,
  not = "unknown",
): void {
  const why = whyUnknown(state, name);
  setText(element, why ? not : text);
  if (element.title === why) return; // nothing is painted anew that is as it was
  element.title = why;
  element.classList.toggle("q", !!why);
}

/** Of a cache without a limit, as far as is known. */
export const limitOf = (state: State) => (whyUnknown(state, "maxsize") ? "limit unknown" : "no limit");

/** Says in sections, by the name of what they show, where that cannot be known; nothing else is in them then. */
export function createLacking(
  state: ReadonlySignal<State>,
  sections: Readonly<Record<string, HTMLElement>>,
): () => void {
  return stopAll(
    Object.entries(sections).map(([name, section]) => {
      const note = h("p", { class: "lack q" });
      section.append(note);
      const why = computed(() => whyUnknown(state.value, name));
      return effect(() => {
        section.classList.toggle("lacks", !!why.value);
        setText(note, why.value && `Unknown: ${why.value}`);
      });
    }),
  );
}
