import { computed, effect, untracked } from "@preact/signals-core";
import { div, h, span } from "../../../dom.js";
import { bytes, counted, plain } from "../../../format.js";
import { type GlyphName, glyph } from "../../../icons.js";
import { stopAll } from "../../../stops.js";
import { painted, visible } from "../../../text.js";
import type { TaskWrite, TaskWrites, Writes } from "../../../wire.gen.js";
import { createFollowing } from "./following.js";
import type { Active, Context, Tab } from "./tab.js";

const STATES: Record<TaskWrites["state"], GlyphName> = {
  done: "hit",
  failed: "error",
  interrupted: "interrupt",
  resumed: "miss",
};

/** What the tasks wrote: those that made the checkpoint, and those that ran, or are to run, from it. */
export function createWrites({ link, chosen, answers, questions }: Context, active: Active): Tab {
  const question = computed(() => {
    const place = chosen.value;
    return active.value && place ? questions.writes(place) : null;
  });
  const following = createFollowing(answers, question, link);
  const aside = span("s");
  const element = div("writestab");
  let drawn = "";

  function paint({ made, pending, applied, more }: Writes): void {
    const mark = JSON.stringify([made, pending, applied, more]);
    if (mark === drawn) return;
    drawn = mark;
    const writes = [...made, ...pending].reduce((sum, task) => sum + task.writes.length, 0);
    aside.textContent = writes > 0 ? counted(writes + more, "write") : "";
    element.replaceChildren(
      section("Made this checkpoint", "", made, "No saved write tells what made this checkpoint"),
      section(
        applied ? "Taken over by the next step" : "Pending",
        applied || pending.length === 0 ? "" : "pending",
        pending,
        "No task has written from here",
        applied ? "" : "Kept for when the run goes on: a task that is done is not run again",
      ),
      ...(more > 0 ? [h("p", { class: "q note" }, `${counted(more, "more write")} not shown`)] : []),
    );
  }

  const stops = [
    effect(() => {
      const shown = following.shown.value;
      if (shown) untracked(() => paint(shown.answer));
    }),
    following.dispose,
  ];
  return { label: "Writes", element, aside, following, dispose: stopAll(stops) };
}

function section(title: string, tone: string, tasks: TaskWrites[], none: string, hint = ""): HTMLElement {
  return h(
    "section",
    { class: `tasks ${tone}`, "aria-label": title },
    h("h3", {}, tone === "pending" && glyph("interrupt"), title),
    ...(tasks.length > 0 ? tasks.map(taskPart) : [h("p", { class: "q" }, none)]),
    hint && tasks.length > 0 && h("p", { class: "q" }, hint),
  );
}

function taskPart({ task, node, certain, path, state, error, writes }: TaskWrites): HTMLElement {
  const name = painted("bdi", "mono b ell", node || "unknown node", 200);
  const id = painted("bdi", "mono q", task.slice(0, 8), 8);
  id.title = visible(`Task ${task}${path && `, ${path}`}`, 300);
  const told = state === "done" ? "" : state;
  return div(
    `task ${state}`,
    div(
      "taskhead",
      glyph(STATES[state], state),
      !certain && node ? span("q", "likely") : null,
      name,
      id,
      span("sp"),
      span("s", told),
    ),
    error !== "" && painted("p", "evict error", error, 600, true),
    writes.length > 0 && h("ul", {}, ...writes.map(writePart)),
  );
}

function writePart({ channel, type, preview, size, broken }: TaskWrite): HTMLElement {
  const weight = size === null ? "" : plain(bytes(size));
  return h(
    "li",
    { title: visible(`${channel}: ${type}`, 300) },
    painted("bdi", "ell", channel, 200),
    broken
      ? span("evict ell", glyph("error"), painted("bdi", "", ` cannot be read: ${type}`, 300))
      : painted("bdi", "s ell", preview, 300),
    span("q num", weight),
  );
}
