import { effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import { div, FOCUSABLE, h, setText, span } from "../dom.js";
import { age, ago, bytes, count, counted, plain, step } from "../format.js";
import { type GlyphName, glyph, icon } from "../icons.js";
import { IDLE, STOPPED } from "../pictures.js";
import { stopAll } from "../stops.js";
import { paintText, visible } from "../text.js";
import type { Thread } from "../wire.gen.js";
import { createOptions, createRows, inPlaces, type Row } from "./keys/rows.js";

const GLYPH: Record<Thread["status"], GlyphName> = {
  finished: IDLE,
  interrupted: "interrupt",
  failed: "error",
  running: "hit",
  stopped: STOPPED,
};
const SEARCH_FROM = 8; // threads

export interface ThreadsInput {
  /** Those found; the list is bounded. */
  threads: readonly Thread[];
  found: number;
  /** How many there are in all. */
  total: number;
  current: string | null;
}

export const same = (a: ThreadsInput, b: ThreadsInput) =>
  a.threads === b.threads && a.found === b.found && a.total === b.total && a.current === b.current;

/** The threads as a list beside the lanes, and as a select for the toolbar where that has no room. */
export function createThreads(
  input: ReadonlySignal<ThreadsInput>,
  now: ReadonlySignal<number>,
  choose: (thread: string) => void,
  find: (text: string) => void,
): { list: HTMLElement; picker: HTMLElement; search(): void; dispose(): void } {
  const search = h("input", { placeholder: "Find a thread", "aria-label": "Find a thread", ...FOCUSABLE });
  const field = h("label", { class: "field" }, icon("search"), search);
  const box = h("div", { class: "options", role: "listbox", "aria-label": "Threads" });
  const more = h("p", { class: "q more" });
  const list = div("threads", field, box, more);
  const select = h("select", { class: "btn mono", "aria-label": "Thread", ...FOCUSABLE });
  const picker = span("pick", select, icon("down"));
  const show = createRows<Thread>(box, { identify: ({ id }) => id, steady: inPlaces }, makeOption);

  function makeOption(item: () => Thread): Row<Thread> {
    const status = span("status");
    const name = h("bdi", { class: "ell mono" });
    const checkpoints = span("");
    const last = span("num q");
    const element = h(
      "div",
      { class: "row", role: "option", ...FOCUSABLE },
      status,
      name,
      span("num s", checkpoints, span("sr", " checkpoints")),
      last,
    );
    element.addEventListener("click", () => {
      element.focus();
      choose(item().id);
    });
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      choose(item().id);
    });
    return {
      element,
      paint(thread) {
        const time = now.peek();
        const { id, status: state, bytes: held, updated } = thread;
        if (element.dataset.status !== state) {
          element.dataset.status = state;
          status.replaceChildren(glyph(GLYPH[state], state === "finished" ? undefined : state));
        }
        paintText(name, id, 200);
        setText(checkpoints, count(thread.checkpoints));
        setText(last, held !== null ? plain(bytes(held)) : updated !== null ? plain(age(updated, time)) : "");
        const when = updated === null ? "" : `, changed ${ago(updated, time)}`;
        element.title = `${visible(id, 400)}: ${state}${at(thread)}${when}`;
        element.ariaSelected = String(id === input.peek().current);
      },
    };
  }

  const offer = createOptions(select, 60);

  function renderList(): void {
    const { threads, found, total, current } = input.peek();
    show(threads, [current, now.peek()]);
    const options = [...box.children] as HTMLElement[];
    const stop = Math.max(
      0,
      options.findIndex((option) => option.ariaSelected === "true"),
    );
    for (const [i, option] of options.entries()) option.tabIndex = i === stop ? 0 : -1;
    field.hidden = total < SEARCH_FROM;
    const hidden = found - threads.length;
    setText(
      more,
      threads.length === 0 && search.value
        ? "no thread matches"
        : hidden > 0
          ? `${counted(hidden, "older thread")} not listed`
          : "",
    );
    more.hidden = more.textContent === "";
  }

  function renderSelect(): void {
    const { threads, current } = input.peek();
    const ids = threads.map(({ id }) => id);
    if (current !== null && !ids.includes(current)) ids.unshift(current); // an older one, or it is gone
    picker.hidden = ids.length === 0;
    offer(ids);
    select.value = current ?? "";
  }

  box.addEventListener("keydown", (event) => {
    const options = [...box.children] as HTMLElement[];
    const i = options.indexOf(event.target as HTMLElement);
    const last = options.length - 1;
    const target = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    options[Math.min(Math.max(0, target), last)]?.focus();
    event.preventDefault();
  });
  search.addEventListener("input", () => find(search.value));
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || search.value === "") return;
    event.preventDefault();
    search.value = "";
    find("");
  });
  select.addEventListener("change", () => choose(select.value));

  const stops = [
    effect(() => {
      void input.value;
      void now.value;
      untracked(renderList);
    }),
    effect(() => {
      void input.value;
      untracked(renderSelect);
    }),
  ];
  return {
    list,
    picker,
    search: () =>
      [search, ...box.querySelectorAll<HTMLElement>("[tabindex='0']"), select]
        .find((each) => each.offsetParent)
        ?.focus(),
    dispose: stopAll(stops),
  };
}

const at = (thread: Thread) => (thread.step === null ? "" : ` at step ${step(thread.step)}`);
