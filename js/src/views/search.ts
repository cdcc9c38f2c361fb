import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { button, FOCUSABLE, h, span } from "../dom.js";
import { icon } from "../icons.js";
import type { View } from "../link.js";
import { stopAll } from "../stops.js";

export interface SearchOptions {
  label: string;
  /** What is looked for; may be set elsewhere. */
  value: ReadonlySignal<string>;
  /** What is typed, at once. */
  ask(text: string): void;
  /** Whether it could not be taken over; the element with the id `problem` says why. */
  wrong: ReadonlySignal<boolean>;
  problem: string;
  leave(): void;
  /** At the end of the field. */
  last?: HTMLElement;
}

export interface Search extends View {
  /** What is in the field. */
  readonly draft: ReadonlySignal<string>;
  focus(): void;
}

/** A field to look for something in a list. */
export function createSearch(options: SearchOptions): Search {
  const input = h("input", {
    type: "text",
    placeholder: options.label,
    "aria-label": options.label,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    ...FOCUSABLE,
  });
  const clear = button(
    { class: "btn icon", "aria-label": "Clear filter", title: "Clear (Esc)" },
    empty,
    icon("close"),
  );
  const element = span("field filter", icon("search"), input, clear, options.last);
  const draft = signal("");
  let asked = ""; // what was last asked for

  /** Of several wishes only the newest is sent, and it ends the list that is being made. */
  function ask(): void {
    if (input.value === asked) return;
    asked = input.value;
    options.ask(asked);
  }

  function empty(): void {
    input.value = draft.value = "";
    ask();
    input.focus();
  }

  input.addEventListener("input", () => {
    draft.value = input.value;
    ask();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value !== "") empty();
    else if (event.key === "Escape" || event.key === "ArrowDown") options.leave();
    else return;
    event.preventDefault();
  });

  const stops = [
    effect(() => {
      // Set from Python or another view; what is refused stays, to be mended.
      const { value } = options.value;
      if (value === asked || options.wrong.peek()) return;
      input.value = draft.value = asked = value;
    }),
    effect(() => {
      const wrong = options.wrong.value;
      element.classList.toggle("wrong", wrong);
      input.ariaInvalid = String(wrong);
      if (wrong) input.setAttribute("aria-describedby", options.problem);
      else input.removeAttribute("aria-describedby");
    }),
    effect(() => {
      clear.hidden = draft.value === "";
    }),
  ];
  return {
    element,
    draft,
    focus() {
      input.focus();
      input.select();
    },
    dispose: stopAll(stops),
  };
}
