import { computed, effect } from "@preact/signals-core";
import { button, div, h, hasFocus, setText, span } from "../../dom.js";
import { ago, count, duration } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText, reason, visible } from "../../text.js";
import type { Travel, Watched } from "../../wire.gen.js";
import type { Said } from "../logging.js";
import { momentText, thenText } from "./words.js";

const HOW: Record<Watched["how"], readonly [text: string, why: string]> = {
  events: ["", ""],
  tapped: [
    "watched in place",
    "The object stays the one you have: its own methods tell of each change made by this Python process. " +
      "detach() on its observable takes that off again.",
  ],
  read: ["", "It cannot tell of changes: it is read, and what differs is shown. Who did it is not known."],
  recorded: ["from a recording", "Read from a file that record() wrote"],
};

/** How an object is watched: "watched in place · read every 1 s", "read 3 s ago". */
export function watchedText({ how, interval, read, progress }: Watched, now: number): string {
  const parts = [HOW[how][0]];
  if (progress !== null) parts.push(`reading ${Math.floor(100 * progress)}\u2009%`);
  else {
    const every =
      interval === null
        ? ""
        : `every ${interval < 60 ? `${Math.round(10 * interval) / 10} s` : duration(interval)}`;
    // Of readings that go on those that find nothing are not told.
    const last = read === null ? "" : ago(read, now);
    if (every || last) parts.push(`read ${every || last}`);
    else if (how === "read") parts.push("read on demand");
  }
  return parts.filter(Boolean).join(" · ");
}

/** Something of it is read, so that it can be read now. */
const isRead = ({ how, interval, read }: Watched) =>
  how !== "recorded" && (how === "read" || interval !== null || read !== null);

/** "2 figures are unknown", and why, a line each. */
export function unknownText({ unknown }: Watched): { text: string; why: string } {
  const names = Object.keys(unknown);
  if (names.length === 0) return { text: "", why: "" };
  const text = `${names
    .slice(0, 3)
    .map((name) => name.replaceAll("_", " "))
    .join(", ")}${names.length > 3 ? ` and ${count(names.length - 3)} more` : ""} unknown`;
  return {
    text,
    why: Object.entries(unknown)
      .map(([name, why]) => `${name.replaceAll("_", " ")}: ${why}`)
      .join("\n"),
  };
}

/** Above what is shown: which moment that is if it is not now, and how what is shown is known. */
export function createTop(link: Link, said: Said): View {
  const { state, now } = link;
  const travel = computed<Travel | null>(() => state.value.travel ?? null);
  const watched = computed<Watched | null>(() => state.value.watched ?? null);

  const when = h("bdi", { class: "ell" });
  const doubt = span("ell s doubt");
  const leave = button(
    { class: "btn small" },
    () => {
      link.request("travel", { at: null }).then(
        () => said.announce("Now"),
        (error) => said.announce(reason(error)),
      );
    },
    "Back to now",
  );
  const banner = h(
    "div",
    { class: "pastline", role: "group", "aria-label": "The past" },
    span("b", "The past"),
    when,
    doubt,
    span("sp"),
    leave,
  );
  const mark = span("mark");
  const how = span("");
  const note = span("ell q");
  const lack = span("lack");
  const again = button(
    { class: "btn small again", title: "Read now what was changed elsewhere" },
    () => {
      link.request("refresh", {}).then(
        () => said.announce("Being read"),
        (error) => said.announce(reason(error)),
      );
    },
    "Read now",
  );
  const line = div("watchline s", mark, how, again, note, lack);
  let told: number | null = null;

  const stops = [
    effect(() => {
      const shown = travel.value;
      const at = shown?.at ?? null;
      const left = at === null && hasFocus(banner);
      banner.hidden = at === null;
      if (!shown || at === null) {
        told = null;
        if (left) banner.closest<HTMLElement>(".frame")?.focus(); // the button went
        return;
      }
      const text = momentText(shown.row, shown.time, now.peek());
      const words = `as it was ${thenText(at, shown.first)}${text ? `: ${text}` : ""}`;
      paintText(when, words, 300);
      when.title = visible(words, 600);
      paintText(doubt, shown.note, 200);
      doubt.title = visible(shown.note, 600);
      if (told !== at) said.announce(`The past, ${visible(words, 300)}`);
      told = at;
    }),
    effect(() => {
      // The timeline tells itself how it is read.
      const known = "reading" in state.value && state.value.reading ? null : watched.value;
      const text = known ? watchedText(known, now.value) : "";
      const { text: missing, why } = known ? unknownText(known) : { text: "", why: "" };
      const problem = known?.problem ?? "";
      line.hidden = !known || !(text || problem || known.note || missing);
      mark.replaceChildren(...(problem ? [glyph("interrupt")] : []));
      mark.hidden = problem === "";
      setText(how, problem ? visible(problem, 300) : text);
      how.title = problem ? visible(problem, 600) : known ? HOW[known.how][1] : "";
      again.hidden = !known || !isRead(known) || travel.value?.at != null;
      paintText(note, known && !problem ? known.note : "", 300);
      note.title = visible(known?.note ?? "", 600);
      setText(lack, missing);
      lack.title = why;
    }),
  ];
  return { element: div("logtop", banner, line), dispose: stopAll(stops) };
}
