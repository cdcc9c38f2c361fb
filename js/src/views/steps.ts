import { effect } from "@preact/signals-core";
import { button, FOCUSABLE, h, setAttributes, span } from "../dom.js";
import { icon, iconButton } from "../icons.js";
import { STEP_BACK, STEP_ON } from "../pictures.js";
import { type Player, SPEEDS, wait } from "./timeline/play.js";

export interface Steps {
  /** Back, play and on. */
  buttons: HTMLElement;
  /** How fast it plays. */
  pace: HTMLElement;
  /** Milliseconds until the next step; see `wait`. */
  delay(gap: number | null, idle: number | null): number;
  /** Which of the buttons lead nowhere. */
  off(...which: [back: boolean, play: boolean, on: boolean]): void;
  dispose(): void;
}

/** What steps and plays through moments, beside a slider of that name. */
export function createSteps(
  slider: string,
  { playing }: Pick<Player, "playing">,
  by: (steps: number) => void,
  toggle: () => void,
): Steps {
  const play = button({ class: "btn icon" }, toggle);
  const buttons = [
    iconButton(STEP_BACK, "Step back", "", () => by(-1)),
    play,
    iconButton(STEP_ON, "Step forward", "", () => by(1)),
  ];
  const pace = h(
    "select",
    { class: "btn small", "aria-label": "Speed", title: "Speed of play", ...FOCUSABLE },
    ...Object.keys(SPEEDS).map((text) => h("option", { selected: text === "2/s" }, text)),
  );
  return {
    buttons: span("tools steps", ...buttons),
    pace: span("choice", pace, icon("down")),
    delay: (gap, idle) => 1_000 * wait(SPEEDS[pace.value as keyof typeof SPEEDS], gap, idle),
    off(...which) {
      for (const [i, each] of buttons.entries()) each.ariaDisabled = String(which[i]);
    },
    dispose: effect(() => {
      const text = playing.value ? "Stop" : "Play";
      play.replaceChildren(icon(playing.value ? "pause" : "play"));
      setAttributes(play, { "aria-label": text, title: `${text} (Space in the ${slider})` });
    }),
  };
}
