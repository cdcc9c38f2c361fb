import { computed, effect } from "@preact/signals-core";
import { button, div, h, setText, span } from "../../../dom.js";
import { step } from "../../../format.js";
import { type IconName, icon } from "../../../icons.js";
import { FORK, RERUN } from "../../../pictures.js";
import { stopAll } from "../../../stops.js";
import { reason } from "../../../text.js";
import type { Begun } from "../../../wire.gen.js";
import { createCopyCode } from "../../code.js";
import { nodeText } from "../keys.js";
import type { Act, Acts, Chooses, Shell, TimelineLink } from "../parts.js";
import { createActForm } from "./form.js";
import { createRuns } from "./runs.js";
import { openSheet } from "./sheet.js";

/** What can be done with the checkpoint shown. Without a graph, it is copied as code. */
export function createActs(link: TimelineLink, shell: Shell, chosen: Chooses): Acts {
  const copyCode = createCopyCode(link, shell);
  const able = computed(() => link.state.value.graph !== null);
  const waits = computed(
    () =>
      chosen.value?.row?.badges.some(
        ({ kind, text }) => kind === "interrupt" && !text.startsWith("resumed"),
      ) ?? false,
  );
  const gone = computed(() => {
    const { selected, selected_row: row } = link.state.value;
    return row === null && selected === chosen.value?.at;
  });
  const runs = createRuns(link, shell, () => fork.focus());
  const sheets = h("div");
  const resume = makeButton("resume", "play", "Resume", "");
  const fork = makeButton("fork", FORK, "Fork from here", "F");
  const rerun = makeButton("rerun", RERUN, "Re-run", "R");
  const code = button(
    { title: "Copy the config as code (C)" },
    () => act("code"),
    icon("code"),
    span("words", "Copy as code"),
  );
  code.setAttribute("aria-label", "Copy as code");
  const element = div("acts", runs.element, div("actrow", resume, fork, rerun, code), sheets);

  function makeButton(what: Act, picture: IconName, label: string, key: string): HTMLButtonElement {
    const made = button({ class: "btn" }, () => act(what), icon(picture), label);
    made.dataset.key = key ? ` (${key})` : "";
    return made;
  }

  function act(what: Act): void {
    const choice = chosen.peek();
    if (!choice) {
      shell.announce("No checkpoint is chosen");
      return;
    }
    const { thread, at, row } = choice;
    if (gone.peek()) {
      shell.announce("The checkpoint is gone");
      return;
    }
    if (what === "code") void copyCode({ of: "config", thread, at }, code);
    else if (what === "resume" && !waits.peek()) shell.announce("Nothing waits for an answer here");
    else if (!able.peek()) void copyCode({ of: what, thread, at }, { fork, rerun, resume }[what]);
    else if (what === "rerun") void begin(thread, at);
    else {
      const from = row ? `${nodeText(row)} · step ${step(row.step)}` : "here";
      openSheet(sheets, createActForm(link, shell, { thread, at }, what, from));
    }
  }

  let asking = false;
  async function begin(thread: string, at: string): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      const { problems } = (await link.request("rerun", { thread, at })) as Begun;
      shell.announce(problems.length > 0 ? problems.map(({ message }) => message).join(" ") : "Running");
      setText(problem, problems.map(({ message }) => message).join(" "));
    } catch (error) {
      shell.announce(reason(error));
      setText(problem, reason(error));
    }
    asking = false;
  }
  const problem = h("p", { class: "evict problem" });
  element.append(problem);

  const stops = [
    effect(() => {
      const can = able.value;
      for (const one of [fork, rerun, resume]) {
        const how = can ? "" : ", copied as code: inspect(saver, graph=graph) does it here";
        one.title = `${one.textContent}${how}${one.dataset.key}`;
      }
      element.classList.toggle("asks", waits.value);
      resume.hidden = !waits.value;
      resume.classList.toggle("pri", waits.value && can);
      fork.classList.toggle("pri", !waits.value && can);
      for (const one of [resume, fork, rerun, code]) one.setAttribute("aria-disabled", String(gone.value));
    }),
    effect(() => {
      void chosen.value?.at;
      setText(problem, "");
    }),
    effect(() => {
      element.hidden = chosen.value === null;
    }),
    runs.dispose,
  ];
  return { element, act, dispose: stopAll(stops) };
}
