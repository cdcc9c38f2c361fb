import { h } from "../../dom.js";
import { paintText } from "../../text.js";
import type { Fact } from "../../wire.gen.js";
import type { Of, Part } from "./blocks.js";

export function factsPart({ facts }: Of<"facts">): Part {
  return { element: factList(facts), text: () => facts.map((f) => `${f.label}: ${f.text}`).join("\n") };
}

export function factList(facts: readonly Fact[]): HTMLElement {
  return h(
    "dl",
    { class: "facts" },
    ...facts.map(({ label, text }) => {
      const term = h("dt");
      const said = h("dd");
      paintText(term, label, 200);
      paintText(said, text);
      return h("div", {}, term, said);
    }),
  );
}
