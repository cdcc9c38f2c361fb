import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { button, div, h, setAttributes, setText, span } from "../../dom.js";
import { count } from "../../format.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { visible } from "../../text.js";
import type { LogState, Travel } from "../../wire.gen.js";
import { slide } from "../slide.js";
import { createSteps } from "../steps.js";
import { createPlayer } from "../timeline/play.js";
import { createWish } from "../wish.js";
import { createActivity } from "./activity.js";
import { momentText, thenText } from "./words.js";

const MARGIN = 8; // px at either end of the track
const NOW = 48; // px of the button and the gap before it

export interface Moments extends View {
  /** The moment shown, as it was asked for last; null is now. */
  readonly at: ReadonlySignal<number | null>;
  /** Shows it, also the latest: that may soon be the past. */
  to(number: number | null): void;
  focus(): void;
}

/** Where on the slider a moment is, from 0 to 1. */
export function placeOf(at: number, first: number, last: number): number {
  return last <= first ? 1 : Math.min(1, Math.max(0, (at - first) / (last - first)));
}

/** A slider through the moments of a log, buttons that step, and play; its end is now. */
export function createMoments(
  link: Link,
  log: ReadonlySignal<LogState | null>,
  travel: ReadonlySignal<Travel | null>,
  open: ReadonlySignal<boolean>,
  announce: (text: string) => void,
): Moments {
  const current = computed(() => travel.value?.at ?? null);
  const wish = createWish<{ at: number | null }>(
    current,
    (asked) => link.request("travel", asked),
    ({ at }) => current.peek() === at,
    announce,
  );
  const at = computed(() => (wish.value.value ?? { at: current.value }).at);
  const first = computed(() => travel.value?.first ?? 0);
  const last = computed(() => travel.value?.last ?? 0);

  function ask(next: number | null): void {
    if (next !== at.peek()) wish.ask({ at: next });
  }
  /** The end of the slider is now. */
  function to(number: number | null): void {
    ask(number === null || number >= last.peek() ? null : Math.max(first.peek(), number));
  }

  // Play goes to what was the newest when it began.
  const horizon = signal(0);
  const timeOf = (number: number) => log.peek()?.rows.find((row) => row.number === number)?.time ?? null;
  const player = createPlayer({
    row: computed(() => (at.value === null ? 0 : Math.max(0, horizon.value - at.value))),
    size: computed(() => horizon.value - first.value + 1),
    arrived: computed(() => wish.value.value === null),
    to: (row) => to(row === 0 ? null : horizon.peek() - row),
    delay(row) {
      const [now, next] = [timeOf(horizon.peek() - row), timeOf(horizon.peek() - row + 1)];
      const gap = now !== null && next !== null ? next - now : null;
      return steps.delay(gap, null);
    },
  });
  function toggle(): void {
    if (!player.playing.peek()) horizon.value = last.peek();
    player.toggle();
  }
  function by(steps: number): void {
    player.stop();
    to((at.peek() ?? last.peek()) + steps);
  }
  function goTo(number: number | null): void {
    player.stop();
    to(number);
  }

  const steps = createSteps("slider", player, by, toggle);
  const now = button(
    { class: "btn small", title: "Back to now (End in the slider)" },
    () => {
      goTo(null);
      slider.focus(); // the button goes
    },
    "Now",
  );
  const fill = h("i");
  const knob = h("b");
  const activity = createActivity(travel);
  const slider = div("mtrack", activity.element, span("line", fill), knob);
  slider.title =
    "Above it: the higher, the faster changes came; in colour what was deleted, evicted or missed";
  slide(slider, "Moment", {
    point(event) {
      const { left, width } = slider.getBoundingClientRect();
      const part = (event.clientX - left - MARGIN) / Math.max(1, width - 2 * MARGIN);
      goTo(Math.round(first.peek() + part * (last.peek() - first.peek())));
    },
    by,
    first: () => goTo(first.peek()),
    last: () => goTo(null),
    toggle,
  });
  const position = span("s nw place");
  const element = div("slidebar moments", steps.buttons, slider, steps.pace, position, now);
  setAttributes(element, { role: "group", "aria-label": "Time travel" });

  const words = computed(() => {
    const shown = travel.value;
    if (at.value === null) return "now";
    const known = shown?.at === at.value ? momentText(shown.row, shown.time, link.now.peek()) : "";
    return visible([thenText(at.value, first.value), known].filter(Boolean).join(", "), 300);
  });
  const stops = [
    effect(() => {
      const place = at.value ?? last.value;
      element.hidden = travel.value === null || !(open.value || at.value !== null) || last.value === 0;
      element.classList.toggle("on", at.value !== null);
      slider.style.setProperty("--at", String(placeOf(place, first.value, last.value)));
      setAttributes(slider, {
        "aria-valuemin": first.value,
        "aria-valuemax": last.value,
        "aria-valuenow": place,
        "aria-valuetext": words.value,
      });
      const said = (number: number) => `change ${count(number)} of ${count(last.value)}`;
      setText(position, at.value === null ? "now" : said(place));
      now.hidden = at.value === null;
      // As wide now as then: the slider must not change below the pointer.
      position.style.minWidth = `calc(${said(last.value).length}ch + ${now.hidden ? NOW : 0}px)`;
      steps.off(place <= first.value, last.value <= first.value, at.value === null);
    }),
    steps.dispose,
    activity.dispose,
    player.dispose,
    wish.dispose,
  ];
  return {
    element,
    at,
    to(number) {
      player.stop();
      ask(number);
    },
    focus: () => slider.focus(),
    dispose: stopAll(stops),
  };
}
