import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, setAttributes, setText, span } from "../../dom.js";
import { count, step } from "../../format.js";
import { icon } from "../../icons.js";
import { stopAll } from "../../stops.js";
import { paintText, visible } from "../../text.js";
import type { TimelineState } from "../../wire.gen.js";
import { createOptions } from "../keys/rows.js";
import { slide } from "../slide.js";
import { createSteps } from "../steps.js";
import { nodeText } from "./keys.js";
import { createPlayer } from "./play.js";
import { createTrack } from "./track.js";
import type { Travel } from "./travel.js";

export interface Scrubber {
  element: HTMLElement;
  stop(): void;
  /** Gives the focus to the slider. */
  focus(): void;
  dispose(): void;
}

/** Steps through a thread's checkpoints by a slider, by buttons, and by itself. */
export function createScrubber(
  state: ReadonlySignal<TimelineState>,
  travel: Travel,
  time: Signal<boolean>,
): Scrubber {
  const { row } = travel;
  const size = computed(() => state.value.size);
  const thread = computed(() => state.value.thread);
  const wanted = signal<string | null>(null);
  const watch = computed(() => {
    const { watches } = state.value;
    const own = watches.find(({ own }) => own); // was made to be looked at
    return watches.find(({ name }) => name === wanted.value) ?? own ?? watches[0];
  });

  function rowAt(at: number) {
    const { rows, start } = state.peek();
    return rows[at - start];
  }
  const player = createPlayer({
    row,
    size,
    arrived: travel.arrived,
    to: travel.to,
    delay(at) {
      const [now, next] = [rowAt(at), rowAt(at - 1)];
      const gap = now?.ts && next?.ts ? next.ts - now.ts : null;
      return steps.delay(gap, next?.idle ?? null);
    },
  });
  function by(steps: number): void {
    player.stop();
    if (row.peek() !== null) travel.to(row.peek()! - steps);
  }
  function to(at: number): void {
    player.stop();
    travel.to(at);
  }

  const steps = createSteps("scrubber", player, by, player.toggle);
  const track = createTrack(
    computed(() => ({ state: state.value, time: time.value, watch: watch.value })),
    row,
  );
  const slider = track.element;
  const name = h("bdi", { class: "s ell" });
  const names = h("select", { class: "btn small mono", "aria-label": "Watch expression", ...FOCUSABLE });
  const offer = createOptions(names, 40);
  const choice = span("choice", names, icon("down"));
  const value = h("bdi", { class: "b ell" });
  const label = h("span", { class: "watch mono", role: "group", "aria-label": "Watch" }, name, choice, value);
  const axes = (["Steps", "Time"] as const).map((text, i) =>
    button(
      { title: `Space the checkpoints by ${text.toLowerCase()}` },
      () => {
        time.value = i === 1;
      },
      text,
    ),
  );
  const position = span("s nw place");
  const element = div(
    "slidebar scrub",
    steps.buttons,
    label,
    slider,
    span(
      "tools ways",
      h("span", { class: "seg small", role: "group", "aria-label": "Axis" }, ...axes),
      steps.pace,
    ),
    position,
  );
  setAttributes(element, { role: "group", "aria-label": "Scrubber" });

  names.addEventListener("change", () => {
    wanted.value = names.value;
  });
  slide(slider, "Checkpoint", {
    point: (event) => to(track.pointed(event)),
    by,
    first: () => to(size.peek() - 1),
    last: () => to(0),
    toggle: player.toggle,
  });

  const stops = [
    effect(() => {
      const at = row.value;
      const { size: all, rows, start } = state.value;
      const there = at === null ? undefined : rows[at - start];
      const place = at === null ? 0 : all - at;
      const seen = watch.value;
      const said = `${count(place)} of ${count(all)}`;
      const words = [
        there ? `step ${step(there.step)}, ${visible(nodeText(there), 80)}` : said,
        ...(seen && seen.at !== null ? [`${visible(seen.name, 80)} is ${visible(seen.at, 80)}`] : []),
      ];
      setAttributes(slider, {
        "aria-valuemin": Math.min(1, all),
        "aria-valuemax": all,
        "aria-valuenow": place,
        "aria-valuetext": words.join(", "),
      });
      setText(position, all === 0 ? "" : said);
      position.style.minWidth = `${`${count(all)} of ${count(all)}`.length}ch`;
      steps.off(at === null || at >= all - 1, all < 2, !at);
    }),
    effect(() => {
      for (const [i, each] of axes.entries()) {
        each.ariaPressed = String(time.value === (i === 1));
      }
    }),
    effect(() => {
      const { watches } = state.value;
      const one = watch.value;
      label.hidden = !one || size.value === 0;
      choice.hidden = watches.length < 2;
      name.hidden = !choice.hidden;
      if (!one) return;
      offer(watches.map((each) => each.name));
      names.value = one.name;
      paintText(name, one.name, 40);
      const busy = one.progress !== null ? `${Math.floor(100 * one.progress)}\u2009%` : "";
      const told = one.error ?? one.at ?? busy;
      paintText(value, told, 40);
      value.classList.toggle("evict", one.error !== null);
      label.title = visible(`${one.name} ${told}`, 400);
    }),
    effect(() => {
      void thread.value; // another one: nothing to play on
      player.stop();
    }),
  ];
  return {
    element,
    stop: player.stop,
    focus: () => slider.focus(),
    dispose: stopAll([...stops, steps.dispose, player.dispose, track.dispose]),
  };
}
