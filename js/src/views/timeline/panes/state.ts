import { computed, effect, signal, untracked } from "@preact/signals-core";
import { arrange, div, FOCUSABLE, h, setText, span } from "../../../dom.js";
import { counted } from "../../../format.js";
import { stopAll } from "../../../stops.js";
import { painted, paintText } from "../../../text.js";
import type { Channel, StateView } from "../../../wire.gen.js";
import type { Place } from "../parts.js";
import { type ChannelRow, createChannel, total } from "./channel.js";
import { createFold } from "./fold.js";
import { createFollowing } from "./following.js";
import type { Open } from "./questions.js";
import { createRoving } from "./roving.js";
import type { Active, Context, Tab } from "./tab.js";

/** The channels at a checkpoint. Which of them are open stays, whatever checkpoint is shown. */
export function createState({ link, shell, chosen, answers, questions }: Context, active: Active): Tab {
  // Most of what one wants to know of an agent is in its messages.
  const open = signal<Open>(new Map([["messages", undefined]]));
  const question = computed(() => {
    const place = chosen.value;
    return active.value && place ? questions.state(place, open.peek()) : null;
  });
  const following = createFollowing(answers, question, link);
  const rows = new Map<string, ChannelRow>();
  const aside = span("s");
  const next = div("next");
  const list = h("ul", { class: "channels", "aria-label": "Channels" });
  const note = h("p", { class: "q note" });
  const inner = h("ul", { class: "channels", "aria-label": "LangGraph's own channels" });
  const summary = h("summary", FOCUSABLE);
  const internal = h("details", { class: "internal" }, summary, inner);
  const problem = h("p", { class: "problem" });
  const element = div("statetab", problem, next, list, note, internal);
  const rove = createRoving(element, ".chrow, .by:not([hidden])");

  function toggle(name: string, to: boolean): void {
    const wanted = new Map(open.peek());
    if (to) wanted.set(name, undefined);
    else wanted.delete(name);
    open.value = wanted;
  }

  function rowOf({ name }: Channel): ChannelRow {
    let row = rows.get(name);
    if (!row) {
      row = createChannel(shell, toggle, () =>
        createFold(link, shell, answers, questions, name, (format) => {
          open.value = new Map(open.peek()).set(name, format);
        }),
      );
      rows.set(name, row);
    }
    return row;
  }

  function paintList(into: HTMLElement, channels: readonly Channel[], place: Place, heaviest: number): void {
    arrange(
      into,
      channels.map((channel) => {
        const row = rowOf(channel);
        const { name } = channel;
        row.paint(channel, place, open.peek().has(name), open.peek().get(name), heaviest);
        return row.element;
      }),
    );
  }

  function paint({ place, answer }: { place: Place; answer: StateView }): void {
    const all = [...answer.channels, ...answer.internal];
    const heaviest = Math.max(0, ...all.map(({ size }) => size ?? 0));
    const names = new Set(all.map(({ name }) => name));
    for (const [name, row] of rows) {
      if (names.has(name)) continue;
      row.dispose();
      rows.delete(name);
    }
    paintText(problem, answer.problem, 500);
    problem.hidden = answer.problem === "";
    paintList(list, answer.channels, place, heaviest);
    paintList(inner, answer.internal, place, heaviest);
    internal.hidden = answer.internal.length === 0;
    setText(summary, `${counted(answer.internal.length, "internal channel")} of LangGraph`);
    note.hidden = answer.more === 0 && (answer.channels.length > 0 || answer.problem !== "");
    setText(
      note,
      answer.more > 0 ? `${counted(answer.more, "more channel")} not shown` : "No channel has a value yet",
    );
    setText(aside, answer.channels.length > 0 ? total(all) : "");
    aside.title = counted(answer.channels.length + answer.more, "channel");
    next.hidden = answer.problem !== "";
    next.replaceChildren(...nextParts(answer.next));
    rove();
  }

  const stops = [
    effect(() => {
      const shown = following.shown.value;
      void open.value;
      if (shown) untracked(() => paint(shown));
    }),
    following.dispose,
    () => {
      for (const row of rows.values()) row.dispose();
    },
  ];
  return {
    label: "State",
    element,
    aside,
    following,
    fetch(place) {
      const asked = questions.state(place, open.peek());
      return answers.known(asked) === undefined ? answers.ask(asked) : undefined;
    },
    dispose: stopAll(stops),
  };
}

/** What runs from here. */
function nextParts(nodes: readonly string[]): HTMLElement[] {
  if (nodes.length === 0) return [span("q", "Nothing is to run from here")];
  return [span("q", "Next"), ...nodes.slice(0, 20).map((node) => painted("bdi", "mono chip", node, 120))];
}
