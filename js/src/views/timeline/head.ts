import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { button, div, setText, span } from "../../dom.js";
import { ago, bytes, counted, duration, plain } from "../../format.js";
import { glyph } from "../../icons.js";
import { stopAll } from "../../stops.js";
import { paintText, visible } from "../../text.js";
import type { Reading, TimelineState } from "../../wire.gen.js";
import type { TimelineLink } from "./parts.js";

/** "10 threads · 129 checkpoints · 3.1 MB" */
export function summary(state: TimelineState): string {
  const { thread_count: threads, checkpoint_count: checkpoints, bytes: held, bytes_how: how } = state;
  const parts = [counted(threads, "thread"), counted(checkpoints, "checkpoint")];
  if (held !== null) parts.push(`${how === "exact" ? "" : "~"}${plain(bytes(held))}`);
  return parts.join(" · ");
}

/** How a checkpointer that tells nothing by itself is read; the last time where that may be long ago. */
export function reading({ progress, read, every, problem }: Reading, now: number): string {
  if (progress !== null) return `reading ${Math.floor(100 * progress)}\u2009%`;
  const rhythm =
    every === null
      ? "on demand"
      : `every ${every < 60 ? `${Math.round(10 * every) / 10} s` : duration(every)}`;
  return read === null || (every !== null && !problem)
    ? `read ${rhythm}`
    : `read ${ago(read, now)}, ${rhythm}`;
}

export interface Head {
  /** For the toolbar. */
  reading: HTMLElement;
  /** Above the lanes: what there is to know before looking at them. */
  banner: HTMLElement;
  dispose(): void;
}

export function createHead(link: TimelineLink, announce: (text: string) => void, leave: () => void): Head {
  const { state } = link;
  const note = span("s reading");
  const text = span("ell");
  const mark = span("mark");
  const other = button({ class: "btn small" }, leave, "Show the newest thread");
  const banner = div("banner", mark, text, span("sp"), other);
  const said = computed(() => {
    const { deleted, thread, threads, reading: how } = state.value;
    if (deleted) {
      return {
        mark: "deleted" as const,
        text: `Thread ${visible(thread ?? "", 80)} was deleted`,
        other: threads.length > 0,
      };
    }
    return how?.problem ? { mark: "interrupt" as const, text: how.problem, other: false } : null;
  });
  const shown: ReadonlySignal<string> = computed(() => JSON.stringify(said.value));
  const stops = [
    effect(() => {
      const how = state.value.reading;
      note.hidden = how === null;
      if (how) setText(note, reading(how, link.now.value));
    }),
    effect(() => {
      void shown.value; // not with every state
      const what = said.peek();
      banner.classList.toggle("on", what !== null);
      mark.replaceChildren(...(what ? [glyph(what.mark)] : []));
      paintText(text, what?.text ?? "", 300);
      text.title = what ? visible(what.text, 600) : "";
      other.hidden = !what?.other;
      if (what) announce(what.text);
    }),
  ];
  return {
    reading: note,
    banner,
    dispose: stopAll(stops),
  };
}
