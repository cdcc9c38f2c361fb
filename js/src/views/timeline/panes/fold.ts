import { effect, signal, untracked } from "@preact/signals-core";
import { arrange, button, div, FOCUSABLE, h, modified, setText, span } from "../../../dom.js";
import { iconButton } from "../../../icons.js";
import { stopAll } from "../../../stops.js";
import { paintText, reason } from "../../../text.js";
import type { ValueNode, ValueView } from "../../../wire.gen.js";
import { createTree, type Tree } from "../../tree.js";
import { type Context, makePart, type Part } from "../../value/blocks.js";
import { createFormats } from "../../value/formats.js";
import { type Block, nextOffset } from "../../value/value.js";
import type { Place, Shell, TimelineLink } from "../parts.js";
import type { Answers, Question } from "./answers.js";
import { createFollowing, SLOW } from "./following.js";
import type { Questions } from "./questions.js";

/** What a channel unfolds to: its value at the checkpoint shown, as the next one's replaces it. */
export interface Fold {
  readonly element: HTMLElement;
  /** Takes in who wrote the value, beside its formats. */
  beside(by: HTMLElement): void;
  show(place: Place, format: string | undefined): void;
  dispose(): void;
}

export function createFold(
  link: TimelineLink,
  shell: Shell,
  answers: Answers,
  questions: Questions,
  channel: string,
  choose: (format: string) => void,
): Fold {
  const wanted = signal<Question<ValueView> | null>(null);
  const following = createFollowing(answers, wanted, link);
  const slow = signal(0); // loads under way that take long
  const formats = createFormats(choose);
  const trees = new Map<string, Tree>();
  const problem = span("");
  const problemLine = div(
    "problem",
    problem,
    button({}, () => following.again(), "Retry"),
  );
  const wait = h("p", { class: "q wait", role: "status" });
  const panel = h("div", { class: "panel", role: "group", "aria-label": channel, tabindex: 0, ...FOCUSABLE });
  const copyButton = iconButton("copy", `Copy ${channel}`, "", () => void copy());
  const bar = div("vtabs", formats.element, span("sp"), copyButton);
  const element = div("val", bar, problemLine, wait, panel);
  let parts: { part: Part; mark: string }[] = [];
  let shownFormat = "";
  let loaded: ValueView | null = null; // the last page

  const ask = <T>({ thread, at }: Place, params: object) =>
    link.request("value", { thread, at, channel, format: shownFormat, ...params }) as Promise<T>;

  function paint(): void {
    const shown = following.shown.value;
    if (!shown) return;
    const { place, answer } = shown;
    const refresh = answer.format === shownFormat;
    shownFormat = answer.format;
    loaded = answer;
    const context: Context = {
      tree(at) {
        const tree = trees.get(at) ?? createTree(channel, { pages: true });
        trees.set(at, tree);
        return tree;
      },
      load: (path, offset) => patiently(ask<ValueNode>(place, { path, offset })),
      more,
      refresh,
    };
    const before = parts;
    const talk = answer.format === "messages";
    const atEnd = talk && panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 2;
    const kept = new Set<(typeof parts)[number]>();
    parts = answer.blocks.map((block, i) => {
      // What is the same as before stays as it is, marked text and all; a tree's nodes are of their checkpoint.
      const mark = block.kind === "tree" ? "" : JSON.stringify(block);
      const isMessage = block.kind === "message";
      const free = (part?: (typeof parts)[number]) => part?.mark === mark && !kept.has(part);
      const old = free(before[i]) ? before[i] : isMessage ? before.find(free) : undefined; // they move up
      if (refresh && old && mark) {
        kept.add(old);
        return old;
      }
      const own = isMessage ? { ...context, tree: () => createTree(channel, { pages: true }) } : context;
      return { part: makePart(block, own, String(i)), mark };
    });
    for (const old of before) if (!parts.includes(old)) old.part.dispose?.();
    arrange(
      panel,
      parts.map(({ part }) => part.element),
    );
    // Of a conversation the newest is shown, unless one reads what was said before.
    if (talk && (!refresh || atEnd)) panel.scrollTop = panel.scrollHeight;
    formats.paint(answer.formats, answer.format);
  }

  /** A tree stays as it was until what is open in it is there. */
  async function patiently<T>(loading: Promise<T>): Promise<T> {
    let counted = 0;
    const timer = setTimeout(() => {
      slow.value += counted = 1;
    }, SLOW);
    try {
      return await loading;
    } finally {
      clearTimeout(timer);
      slow.value -= counted;
    }
  }

  async function more(): Promise<void> {
    const shown = following.shown.peek();
    const offset = loaded && nextOffset(loaded);
    if (!shown || offset === null) return;
    const next = await ask<ValueView>(shown.place, { offset });
    if (following.shown.peek() !== shown) return;
    loaded = next;
    for (const block of next.blocks) {
      const i = shown.answer.blocks.findIndex(({ kind }) => kind === block.kind);
      const paged = parts[i];
      paged?.part.append?.(block);
      if (paged) paged.mark = "more"; // is not what the first page alone would be
    }
  }

  async function copy(): Promise<void> {
    const shown = following.shown.peek();
    if (!shown) return;
    try {
      let blocks: Block[] = shown.answer.blocks;
      let text = parts.map(({ part }) => part.text?.() ?? part.element.innerText).join("\n");
      if (blocks.some(({ kind }) => kind === "tree") && shown.answer.formats.includes("text")) {
        ({ blocks } = await ask<ValueView>(shown.place, { format: "text" })); // what the tree was made of
        if (blocks[0]?.kind === "text") text = blocks[0].text;
      }
      const whole = blocks.every((block) => !("more" in block) || block.more === null);
      await shell.copy(text, whole ? "Value" : "The part shown", copyButton);
    } catch (error) {
      shell.announce(reason(error));
    }
  }

  element.addEventListener("keydown", (event) => {
    const format = following.shown.peek()?.answer.formats[Number(event.key) - 1];
    if (event.defaultPrevented || modified(event) || !format) return;
    event.preventDefault();
    choose(format);
  });

  const stops = [
    effect(() => {
      copyButton.setAttribute("aria-disabled", String(following.shown.value === null));
      untracked(paint);
    }),
    effect(() => {
      paintText(problem, following.problem.value, 500);
      problemLine.hidden = following.problem.value === "";
      const late = following.late.value || slow.value > 0;
      wait.hidden = !late;
      setText(wait, late ? "Waiting for the kernel …" : "");
      panel.hidden = following.problem.value !== "";
      panel.classList.toggle("before", late);
    }),
    following.dispose,
    () => {
      for (const { part } of parts) part.dispose?.();
    },
  ];
  return {
    element,
    beside: (by) => copyButton.before(by),
    show(place, format) {
      wanted.value = questions.value(place, channel, format);
    },
    dispose: stopAll(stops),
  };
}
