import { computed, effect, untracked } from "@preact/signals-core";
import { div } from "../../dom.js";
import type { Link, Trait, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { ReportPart, ReportState } from "../../wire.gen.js";
import { type Card, createCard } from "./card.js";
import { createShell } from "./shell.js";
import { figures } from "./texts.js";

/** What a cell did, an object a card; `opened` are the sections that are expanded. */
export function createReport(link: Link<ReportState>, opened: Trait<string[]>): View {
  const { state } = link;
  const body = div("cards");
  const shell = createShell(link, body);
  const cards: Card[] = [];
  const parts = computed(() => state.value.parts);
  let ran: boolean | null = null;

  const stops = [
    shell.dispose,
    effect(() => {
      const now = parts.value;
      untracked(() => {
        while (cards.length < now.length) {
          const at = cards.length;
          const card = createCard(link, at, opened, shell.announce);
          cards.push(card);
          body.append(card.element);
        }
        for (const [i, card] of cards.entries()) card.paint(now[i] as ReportPart);
      });
    }),
    effect(() => {
      const { running } = state.value;
      if (ran && !running) shell.announce(`Done. ${parts.peek().map(spoken).join(". ")}`);
      ran = running;
    }),
  ];
  return {
    element: shell.element,
    dispose() {
      stopAll(stops)();
      for (const card of cards) card.dispose();
    },
  };
}

const spoken = (part: ReportPart) => `${part.name}: ${figures(part)}`;
