import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { button, h } from "../dom.js";
import { createLater, createModule } from "../later.js";
import type { Link, State } from "../link.js";
import { stopAll } from "../stops.js";
import type { LogPanes } from "../widgets/log_panes.js";
import type { Frame } from "./frame.js";

/** Where a change may lead in the widget that shows its log. */
export interface Leads {
  /** Opens a key. */
  open?(id: number): void;
  /** Shows a checkpoint. */
  checkpoint?(at: string, thread: string): void;
}

export type Said = Pick<Frame, "announce" | "copy">;

export interface Logging {
  /** Shows the log, or hides it. */
  toggle: HTMLButtonElement;
  /** Above what is shown: which moment that is, and how it is known. */
  top: HTMLElement;
  /** Below it: the way to other moments, and the log. */
  panel: HTMLElement;
  /** Another moment than now is shown. */
  readonly past: ReadonlySignal<boolean>;
  readonly fetch: () => Promise<LogPanes>;
  dispose(): void;
}

/** The log's place in a widget; its code is fetched when there is something of it to show. */
export function createLogging(link: Link, said: Said, leads: Leads): Logging {
  const { state } = link;
  const open = signal(false);
  const past = computed(() => Number.isInteger(state.value.travel?.at));
  const sheets = h("div");
  const fetch = createModule<LogPanes>(link, sheets, "log_panes");
  const toggle = button(
    { title: "Log (L)" },
    () => {
      open.value = !open.peek();
      link.look({ log: open.peek() });
    },
    "Log",
  );
  const head = createLater(
    () => past.value || Boolean(state.value.watched),
    async () => (await fetch()).createTop(link, said),
  );
  const log = createLater(
    () => past.value || open.value,
    async () => (await fetch()).createLog(link, said, leads, open),
  );
  const asked = (now: State) => JSON.stringify([now.log?.query, now.log?.problem, now.travel?.at]);
  const stops = [
    effect(() => toggle.setAttribute("aria-pressed", String(open.value))),
    effect(() => {
      // Paused is what happens; what was asked for here shows.
      const { latest, connection } = link;
      if (connection.value === "paused" && asked(latest.value) !== asked(state.peek())) link.catchUp();
    }),
    head.dispose,
    log.dispose,
  ];
  return {
    toggle,
    top: h("div", {}, sheets, head.element),
    panel: h("div", {}, log.element),
    past,
    fetch,
    dispose: stopAll(stops),
  };
}
