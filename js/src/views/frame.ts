import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { button, copyText, div, FOCUSABLE, h, hasFocus, modified, setText, span } from "../dom.js";
import { duration, moment } from "../format.js";
import { glyph, icon } from "../icons.js";
import type { Connection, Link } from "../link.js";
import { stopAll } from "../stops.js";
import { paintText } from "../text.js";
import { showTitle } from "./heading.js";
import { createLogging, type Leads, type Logging } from "./logging.js";
import { followTheme } from "./theme.js";

export interface Empty {
  head: string;
  hint: string;
  /** One line of Python that brings what is missing; "" where there is none for such an object. */
  code: string;
}

export interface FrameOptions {
  kind: string;
  link: Link;
  /** Beside the title: counts and units. */
  summary: ReadonlySignal<string>;
  /** How much has happened since pausing, as a phrase; "" for nothing. */
  waiting: ReadonlySignal<string>;
  /** What to say instead of the body, or null where there is something to show. */
  empty: ReadonlySignal<Empty | null>;
  /** The summary's exact figures. */
  hint?: ReadonlySignal<string>;
  /** Controls before the Live button, and after it. */
  tools?: HTMLElement[];
  last?: HTMLElement;
  body: HTMLElement[];
  /** Where the log leads. */
  leads?: Leads;
}

export interface Frame {
  element: HTMLElement;
  /** Says it to a screen reader, without moving the focus. */
  announce(text: string): void;
  /** Copies and says so on the button, if there is one. */
  copy(text: string, what: string, from?: HTMLButtonElement): Promise<void>;
  readonly log: Pick<Logging, "fetch" | "toggle">;
  dispose(): void;
}

const COPIED_FOR = 1_500; // ms

/** What all widgets share: title, connection, empty state, theme, announcements. */
export function createFrame(options: FrameOptions): Frame {
  const { link, kind } = options;
  const status = h("p", { class: "sr", role: "status" });
  const summary = span("s ell summary");
  const connection = span("tools");
  const emptyBox = h("div", { class: "empty", hidden: true });
  const bodyBox = div("body", ...options.body);
  const log = createLogging(link, { announce, copy }, options.leads ?? {});
  const heading = h("h2", { class: "title" });
  // A click anywhere in it takes the focus from the notebook: a key pressed then is not meant for that.
  const section = h(
    "div",
    { class: "frame", role: "group", tabindex: -1, ...FOCUSABLE },
    h(
      "div",
      { class: options.tools ? "bar two" : "bar" },
      heading,
      summary,
      span("sp"),
      span("brk"),
      ...(options.tools ?? []),
      log.toggle,
      connection,
      options.last,
    ),
    log.top,
    emptyBox,
    bodyBox,
    log.panel,
  );
  const element = div(`imw ${kind}`, section, status);

  function announce(text: string): void {
    setText(status, text);
  }

  async function copy(text: string, what: string, from?: HTMLButtonElement): Promise<void> {
    const done = await copyText(text, element);
    announce(done ? `${what} copied` : `${what} could not be copied: the page has no clipboard`);
    const old = from?.querySelector(".i");
    if (!done || !old) return;
    const mark = icon("done");
    old.replaceWith(mark);
    setTimeout(() => mark.replaceWith(old), COPIED_FOR);
  }

  const empty = computed<Empty | null>(() => {
    const { gone, name, type } = link.state.value.title;
    if (!gone) return log.past.value ? null : options.empty.value;
    return {
      head: "The object is gone",
      hint: "Nothing in the kernel holds it any more, and a widget does not keep it alive.",
      code: `${name ?? "obj"} = ${type}(); inspect(${name ?? "obj"})`,
    };
  });
  const reach = computed<Reach>(() => {
    const state = link.connection.value;
    return link.state.value.title.ended && state !== "lost" ? "ended" : state;
  });
  let before: Reach = "connecting";
  let said = ""; // in place of the body

  const stops = [
    followTheme(element),
    showTitle(link.state, heading, section),
    effect(() => {
      const lost = link.connection.value === "lost";
      const waiting = link.connection.value === "paused" ? options.waiting.value : "";
      if (lost) {
        void link.now.value; // ticks
        const time = link.heard.value;
        const gone = duration(Date.now() / 1000 - time);
        setText(
          summary,
          `no answer for ${gone} · showing the last state, ${moment(time, Date.now() / 1000)}`,
        );
      } else {
        setText(summary, waiting ? `${options.summary.value} · ${waiting}` : options.summary.value);
      }
    }),
    effect(() => {
      const state = reach.value;
      section.classList.toggle("stale", state === "lost" || state === "ended");
      const hadFocus = hasFocus(connection);
      connection.replaceChildren(...connectionControls(link, state));
      if (hadFocus) connection.querySelector("button")?.focus();
      if (before !== "connecting" || state === "lost") announce(SPOKEN[state]);
      before = state;
    }),
    effect(() => {
      section.classList.toggle("past", log.past.value);
    }),
    effect(() => {
      summary.title = options.hint?.value ?? "";
    }),
    effect(() => {
      const content = empty.value;
      const [here, gone] = content ? [emptyBox, bodyBox] : [bodyBox, emptyBox];
      const hadFocus = hasFocus(gone);
      here.hidden = false;
      gone.hidden = true;
      const now = JSON.stringify(content);
      if (now === said) return; // its button may have the focus
      said = now;
      if (content) emptyBox.replaceChildren(...emptyContent(content, copy));
      if (hadFocus) here.querySelector<HTMLElement>(content ? "button" : ".rows [tabindex='0']")?.focus();
    }),
  ];

  element.addEventListener("keydown", (event) => {
    onKey(event, link, element, log.toggle);
    // What was a command here, or typed into a field, is none to the notebook.
    const typed = (event.target as Element).closest("input, textarea, select") && event.key !== "Tab";
    if (event.defaultPrevented || typed) event.stopPropagation();
  });

  return {
    element,
    announce,
    copy,
    log,
    dispose: stopAll([...stops, log.dispose]),
  };
}

const SPOKEN = {
  connecting: "Connecting",
  live: "Live",
  paused: "Paused",
  lost: "Disconnected, showing the last state",
  ended: "No longer watched, showing the last state",
} as const;

/** How the view is reached, unless watching was ended in the kernel. */
type Reach = Connection | "ended";

function connectionControls(link: Link, state: Reach): HTMLElement[] {
  switch (state) {
    case "connecting":
      return [button({ class: "btn live wait", "aria-disabled": "true" }, () => {}, span("d"), "Connecting")];
    case "live":
      return [
        button(
          { class: "btn live", title: "Pause (Space)", "aria-label": "Live, pause" },
          link.pause,
          span("d"),
          "Live",
          icon("pause"),
        ),
      ];
    case "paused":
      return [
        button(
          { class: "btn", title: "Resume (Space)", "aria-label": "Paused, resume" },
          link.resume,
          glyph("interrupt"),
          "Paused",
          icon("play"),
        ),
      ];
    case "ended":
      return [
        h("span", { class: "badge tall", title: "Ended by detach(): inspect it again" }, "No longer watched"),
      ];
    case "lost":
      return [
        span("badge evict tall", glyph("error"), "Disconnected"),
        button({}, link.reconnect, "Reconnect"),
      ];
  }
}

function emptyContent({ head, hint, code }: Empty, copy: Frame["copy"]): HTMLElement[] {
  const text = h("code");
  paintText(text, code);
  const copyButton = button(
    { class: "btn icon", "aria-label": "Copy", title: "Copy" },
    () => void copy(code, "Line", copyButton),
    icon("copy"),
  );
  return [h("h3", {}, head), h("p", {}, hint), h("pre", { hidden: !code }, text, copyButton)];
}

/** Space pauses, L shows the log, Escape gives the focus back to the cell. */
function onKey(event: KeyboardEvent, link: Link, element: HTMLElement, log: HTMLElement): void {
  if (event.defaultPrevented || modified(event)) return;
  const target = event.target as HTMLElement;
  if (event.key.toLowerCase() === "l" && !target.closest("input, textarea, select, dialog, [popover]")) {
    event.preventDefault();
    log.click();
  } else if (event.key === " " && !target.closest("button, select, input, textarea")) {
    event.preventDefault();
    if (link.connection.peek() === "paused") link.resume();
    else if (link.connection.peek() === "live") link.pause();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    const open = element.querySelector<HTMLElement>(":popover-open");
    if (open) {
      open.hidePopover();
      return;
    }
    target.blur();
    element.parentElement?.closest<HTMLElement>("[tabindex]")?.focus();
  }
}
