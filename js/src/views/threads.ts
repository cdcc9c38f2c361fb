import { effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import { FOCUSABLE, h, setText } from "../dom.js";
import { age, ago, bytes, count, counted, plain, step } from "../format.js";
import { type GlyphName, glyph, icon } from "../icons.js";
import { IDLE, STOPPED } from "../pictures.js";
import { stopAll } from "../stops.js";
import { cut, paintText, visible } from "../text.js";
import type { Thread } from "../wire.gen.js";

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
  const list = h("div", { class: "threads" }, field, box, more);
  const select = h("select", { class: "btn mono", "aria-label": "Thread", ...FOCUSABLE });
  const picker = h("span", { class: "pick" }, select, icon("down"));
  let shown: readonly Thread[] = [];

  function makeOption(): HTMLElement {
    return h(
      "div",
      { class: "row", role: "option", tabindex: -1, ...FOCUSABLE },
      h("span", { class: "status" }),
      h("bdi", { class: "ell mono" }),
      h("span", { class: "num s" }, h("span"), h("span", { class: "sr" }, " checkpoints")),
      h("span", { class: "num q" }),
    );
  }

  function paint(option: HTMLElement, thread: Thread, current: boolean, time: number): void {
    const [status, name, checkpoints, last] = [...option.children] as HTMLElement[];
    if (option.dataset.status !== thread.status) {
      option.dataset.status = thread.status;
      status!.replaceChildren(
        glyph(GLYPH[thread.status], thread.status === "finished" ? undefined : thread.status),
      );
    }
    paintText(name!, thread.id, 200);
    setText(checkpoints!.firstElementChild!, count(thread.checkpoints));
    const { bytes: held, updated } = thread;
    setText(last!, held !== null ? plain(bytes(held)) : updated !== null ? plain(age(updated, time)) : "");
    option.setAttribute("aria-selected", String(current));
    const when = updated === null ? "" : `, changed ${ago(updated, time)}`;
    option.title = `${visible(thread.id, 400)}: ${thread.status}${at(thread)}${when}`;
    option.tabIndex = current ? 0 : -1;
  }

  function renderList(): void {
    const { threads, found, total, current } = input.peek();
    shown = threads;
    while (box.childElementCount < shown.length) box.append(makeOption());
    while (box.childElementCount > shown.length) box.lastElementChild!.remove();
    for (const [i, thread] of shown.entries()) {
      paint(box.children[i] as HTMLElement, thread, thread.id === current, now.peek());
    }
    const first = box.firstElementChild as HTMLElement | null;
    if (first && !shown.some((thread) => thread.id === current)) first.tabIndex = 0;
    field.hidden = total < SEARCH_FROM;
    const hidden = found - threads.length;
    setText(
      more,
      shown.length === 0 && search.value
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
    while (select.options.length < ids.length) select.append(h("option"));
    while (select.options.length > ids.length) select.lastElementChild!.remove();
    for (const [i, id] of ids.entries()) {
      const option = select.options[i]!;
      setText(option, visible(cut(id, 60)));
      option.value = id;
      option.selected = id === current;
    }
  }

  function focusOption(index: number): void {
    (box.children[Math.min(Math.max(0, index), shown.length - 1)] as HTMLElement | undefined)?.focus();
  }

  box.addEventListener("keydown", (event) => {
    const i = [...box.children].indexOf(event.target as Element);
    const targets: Record<string, number> = {
      ArrowDown: i + 1,
      ArrowUp: i - 1,
      Home: 0,
      End: shown.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) focusOption(target);
    else if (event.key === "Enter" && shown[i]) choose(shown[i].id);
    else return;
    event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    const option = (event.target as Element).closest("[role=option]");
    const thread = shown[option ? [...box.children].indexOf(option) : -1];
    if (!thread) return;
    (option as HTMLElement).focus();
    choose(thread.id);
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
