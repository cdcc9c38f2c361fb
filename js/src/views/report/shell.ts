import { computed, effect } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, setText, span } from "../../dom.js";
import { counted, moment } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText } from "../../text.js";
import type { ReportState } from "../../wire.gen.js";
import { showTitle } from "../heading.js";
import { followTheme } from "../theme.js";
import { duration } from "./texts.js";

export interface Shell {
  readonly element: HTMLElement;
  /** Says it to a screen reader, without moving the focus. */
  announce(text: string): void;
  dispose(): void;
}

/** The report's frame: which cell, how long it took, whether it still runs, what it raised. */
export function createShell(link: Link<ReportState>, body: HTMLElement): Shell {
  const { state } = link;
  const status = h("p", { class: "sr", role: "status" });
  const heading = h("h2", { class: "title" });
  const about = span("s ell summary");
  const tools = span("tools");
  const said = h("bdi", { class: "ell" });
  const raised = h("p", { class: "raised" }, glyph("error", "raised"), said);
  const section = h(
    "div",
    { class: "frame", role: "group", tabindex: -1, ...FOCUSABLE },
    div("bar", heading, about, span("sp"), tools),
    raised,
    body,
  );
  const element = div("imw report", section, status);
  const running = computed(() => state.value.running);
  const error = computed(() => state.value.error);
  const objects = computed(() => state.value.parts.length);

  const stops = [
    followTheme(element),
    showTitle(link.state, heading, section),
    effect(() => {
      const { seconds, now } = state.value;
      const so = running.value ? seconds + Math.max(0, link.now.value - now) : seconds;
      const time = running.value ? `${Math.floor(so)} s so far` : `took ${duration(so)}`;
      const text = `${time} · ${counted(objects.value, "object")}`;
      const lost = link.connection.value === "lost";
      setText(about, lost ? `no answer · as it was at ${moment(link.heard.value, Date.now() / 1000)}` : text);
    }),
    effect(() => {
      const lost = link.connection.value === "lost";
      section.classList.toggle("stale", lost);
      tools.replaceChildren(
        ...(lost
          ? [
              span("badge evict tall", glyph("error"), "Disconnected"),
              button({}, link.reconnect, "Reconnect"),
            ]
          : running.value
            ? [span("live running", span("d"), "Running")]
            : []),
      );
    }),
    effect(() => {
      raised.hidden = error.value === "";
      paintText(said, error.value, 400);
      raised.title = said.textContent;
    }),
  ];

  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      (event.target as HTMLElement).blur();
      element.parentElement?.closest<HTMLElement>("[tabindex]")?.focus();
      event.preventDefault();
    }
    if (event.defaultPrevented) event.stopPropagation();
  });

  return { element, announce: (text) => setText(status, text), dispose: stopAll(stops) };
}
