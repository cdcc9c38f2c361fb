import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, hasFocus, setText, span } from "../../../dom.js";
import { stopAll } from "../../../stops.js";
import { paintText } from "../../../text.js";
import type { Chooses, Pane, Shell, TimelineLink } from "../parts.js";
import { createAnswers } from "./answers.js";
import { createDiff } from "./diff.js";
import { createHead } from "./head.js";
import { createPrefetch } from "./prefetch.js";
import { createQuestions } from "./questions.js";
import { createState } from "./state.js";
import { createStores } from "./stores.js";
import type { Context, Tab } from "./tab.js";
import { createWeight } from "./weight.js";
import { createWrites } from "./writes.js";

const TABS: ((context: Context, active: ReadonlySignal<boolean>) => Tab)[] = [
  createState,
  createDiff,
  createWrites,
  createWeight,
  createStores,
];
let instances = 0;

/** The checkpoint shown: which it is, and its state, diff, writes, weight and effects, one at a time. */
export function createPane(link: TimelineLink, shell: Shell, chosen: Chooses): Pane {
  const answers = createAnswers();
  const context: Context = { link, shell, chosen, answers, questions: createQuestions(link, answers) };
  const head = createHead(context);
  const current = signal(0);
  const tabs = TABS.map((make, i) =>
    make(
      context,
      computed(() => current.value === i),
    ),
  );
  const tab = () => tabs[current.value]!;
  const panelId = `imw-pane-${++instances}`;
  const buttons = tabs.map(({ label }, i) =>
    button(
      { class: "", role: "tab", "aria-controls": panelId, "data-label": label, title: `Ctrl+${i + 1}` },
      () => show(i),
      label,
    ),
  );
  const tablist = h("div", { role: "tablist", "aria-label": "Checkpoint" }, ...buttons);
  const aside = span("aside");
  const wait = h("p", { class: "q wait", role: "status" });
  const problem = span("");
  const retry = button({}, () => tab().following.again(), "Retry");
  const problemLine = h("div", { class: "problem", role: "alert", hidden: true }, problem, retry);
  const body = div("pbody");
  const panel = h(
    "div",
    { class: "ppanel", role: "tabpanel", id: panelId, tabindex: 0, ...FOCUSABLE },
    wait,
    problemLine,
    body,
  );
  const none = h("p", { class: "q none" }, "No checkpoint is chosen");
  const element = div("pane", none, head.element, div("ptabs", tablist, aside), panel);

  function show(index: number): void {
    const next = tabs[index];
    if (!next || index === current.peek()) return;
    batch(() => {
      // What it showed last may be of another checkpoint.
      if (next.following.shown.peek()?.place.at !== chosen.peek()?.at) next.following.clear();
      current.value = index;
    });
    panel.scrollTop = 0;
  }

  tablist.addEventListener("keydown", (event) => {
    const at = current.peek();
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const index = (to + tabs.length) % tabs.length;
    show(index);
    buttons[index]!.focus();
  });

  const stops = [
    effect(() => {
      const shown = tab();
      const focused = untracked(() => hasFocus(body));
      for (const [i, choice] of buttons.entries()) {
        choice.setAttribute("aria-selected", String(i === current.value));
        choice.tabIndex = i === current.value ? 0 : -1;
      }
      body.replaceChildren(shown.element);
      aside.replaceChildren(shown.aside);
      panel.setAttribute("aria-label", shown.label);
      if (focused) panel.focus();
    }),
    effect(() => {
      const { late, problem: said, shown } = tab().following;
      const wrong = said.value !== "";
      setText(wait, late.value ? "Waiting for the kernel …" : "");
      paintText(problem, said.value, 500);
      problemLine.hidden = !wrong;
      // What is shown is of another checkpoint: until it is not any more, this has to be seen.
      body.classList.toggle("before", late.value);
      body.hidden = wrong || shown.value === null;
      panel.setAttribute("aria-busy", String(late.value));
    }),
    effect(() => {
      const empty = chosen.value === null;
      none.hidden = !empty;
      for (const part of [head.element, tablist.parentElement!, panel]) part.hidden = empty;
    }),
    createPrefetch(chosen, shell.neighbours, tab),
    head.dispose,
    ...tabs.map(({ dispose }) => dispose),
  ];
  return { element, tab: show, dispose: stopAll(stops) };
}
