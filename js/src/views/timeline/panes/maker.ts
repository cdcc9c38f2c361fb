import { button } from "../../../dom.js";
import { step } from "../../../format.js";
import { paintText, visible } from "../../../text.js";
import type { Maker } from "../../../wire.gen.js";

/** "agent · step 6", "likely agent or tools · step 6", "input · step −1". */
export function makerText({ nodes, source, step: at, certain }: Maker): string {
  const who = nodes.length > 0 ? nodes.join(certain ? ", " : " or ") : source;
  return `${certain ? "" : "likely "}${who}${at === null ? "" : ` · step ${step(at)}`}`;
}

/** Who wrote something, as a button that leads to the checkpoint that first had it. */
export function makerPart(choose: (at: string) => void) {
  let key = "";
  const element = button({ class: "by", tabindex: -1 }, () => key && choose(key));
  return {
    element,
    /** `here` is the checkpoint shown, to which nothing leads. */
    paint(by: Maker | null, here: string): void {
      element.hidden = by === null;
      if (!by) return;
      key = by.key === here ? "" : by.key;
      paintText(element, makerText(by), 200);
      const told = by.certain ? "" : "\nReckoned from the nodes that ran: no saved write tells";
      element.title = visible(`Written by ${makerText(by)}${by.task && `, task ${by.task}`}`, 300) + told;
      element.classList.toggle("leads", key !== "");
      if (key) element.removeAttribute("aria-disabled");
      else element.setAttribute("aria-disabled", "true");
    },
  };
}
