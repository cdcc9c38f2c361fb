import { effect, signal } from "@preact/signals-core";
import { button, div, h, hasFocus, setText, span } from "../../../dom.js";
import { counted } from "../../../format.js";
import { type GlyphName, glyph, iconButton } from "../../../icons.js";
import { IDLE, STOPPED } from "../../../pictures.js";
import { paintText, reason } from "../../../text.js";
import type { Run } from "../../../wire.gen.js";
import type { Shell, TimelineLink } from "../parts.js";

const WHAT: Record<Run["what"], string> = { fork: "Fork", rerun: "Re-run", resume: "Resumed" };
const STATES: Record<Run["state"], [GlyphName, string]> = {
  running: ["hit", "running"],
  done: [IDLE, "done"],
  interrupted: ["interrupt", "waits for an answer"],
  failed: ["error", "failed"],
  stopping: ["hit", "stopping after this step"],
  stopped: [STOPPED, "stopped"],
};

/** How the latest run begun from here goes, until that is put away; then the focus leaves it. */
export function createRuns(
  link: TimelineLink,
  shell: Shell,
  leave: () => void,
): { element: HTMLElement; dispose(): void } {
  const away = signal(0); // runs up to this one were put away
  const state = span("runstate");
  const text = span("ell");
  const error = h("bdi", { class: "evict mono" });
  const stop = button({}, () => void ask(), "Stop");
  const close = iconButton("close", "Put away", "", () => {
    away.value = shown()?.id ?? 0;
  });
  const element = h(
    "div",
    { class: "run", role: "status" },
    div("runline", state, text, span("sp"), stop, close),
    error,
  );
  const shown = () => link.state.value.runs.find(({ id }) => id > away.value);

  async function ask(): Promise<void> {
    if (shown()?.state !== "running") return;
    try {
      await link.request("stop", { run: shown()?.id });
    } catch (problem) {
      shell.announce(reason(problem));
    }
  }

  const dispose = effect(() => {
    const run = shown();
    const focused = hasFocus(element);
    element.hidden = run === undefined;
    if (!run) {
      if (focused) leave();
      return;
    }
    const [picture, word] = STATES[run.state];
    if (element.dataset.state !== run.state) state.replaceChildren(glyph(picture));
    element.dataset.state = run.state;
    const elsewhere = run.thread === link.state.value.thread ? "" : ` in ${run.thread}`;
    setText(text, `${WHAT[run.what]}${elsewhere}: ${word} · ${counted(run.steps, "checkpoint")}`);
    text.title = text.textContent!;
    paintText(error, run.error, 500);
    error.hidden = run.error === "";
    stop.setAttribute("aria-disabled", String(run.state === "stopping"));
    stop.hidden = run.state !== "running" && run.state !== "stopping";
    close.hidden = !stop.hidden;
    if (focused) (stop.hidden ? close : stop).focus();
  });
  return { element, dispose };
}
