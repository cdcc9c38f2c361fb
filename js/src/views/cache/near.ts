import { button, div, h, span } from "../../dom.js";
import { counted } from "../../format.js";
import { painted } from "../../text.js";
import type { Difference, Near, Part } from "../../wire.gen.js";

const SAID: Partial<Record<Difference["nature"], string>> = {
  id: "id",
  date: "date or time",
  space: "white space",
  order: "order",
};
const SHORT = 24; // characters that are kept on one line
const LONG = 400; // characters of a value

/**
 * The closest cached entry, and where it differs; `show` opens an entry by its id. `other` is the prompt
 * that was looked up: where the entry's reads the same, it is not said twice.
 */
export function nearPart(
  near: Near,
  other: string,
  searched: number,
  show: (id: number) => void,
): HTMLElement {
  const { id, prompt, model, similarity, differences, more, equal, gone } = near;
  const among = searched > 0 ? `Closest of ${counted(searched, "entry", "entries")}` : "Closest entry";
  return div(
    "near",
    div(
      "closest",
      span("s", `${among}, ${Math.floor(similarity * 100)}\u2009% alike`),
      painted("bdi", "ell q", model, 120),
      span("sp"),
      gone ? span("q", "no longer cached") : button({ class: "btn small" }, () => show(id), "Show entry"),
    ),
    prompt !== other && painted("bdi", "ell", prompt, 200),
    h(
      "dl",
      { class: "diffs" },
      h("dt", { class: "q" }, "differs in"),
      h("dd", { class: "q" }, h("del", {}, "cached"), " → ", h("ins", {}, "looked up")),
      ...differences.flatMap((difference) => [
        painted("dt", "mono s", difference.path || difference.where, 200),
        change(difference),
      ]),
    ),
    (more > 0 || equal !== "") &&
      h(
        "p",
        { class: "q" },
        [more > 0 ? `${counted(more, "more difference")}` : "", equal && `equal: ${equal}`]
          .filter(Boolean)
          .join(" · "),
      ),
  );
}

/** "− 0.0 → + 0.2", or the text once with what differs marked in it. */
function change({ before, after, nature, parts }: Difference): HTMLElement {
  const said = SAID[nature];
  if (parts.length > 0) return h("dd", { class: "parts" }, ...parts.map(piece));
  return h(
    "dd",
    { class: "mono" },
    before !== null && value("del", before),
    before !== null && after !== null && span("q", " → "),
    after !== null && value("ins", after),
    said ? h("small", { class: "q" }, said) : null,
  );
}

const value = (tag: "del" | "ins", text: string) =>
  painted(tag, text.length > SHORT ? "" : "whole", blank(text), LONG);

function piece({ op, text }: Part): HTMLElement {
  if (op === "same") return painted("span", "", text, LONG);
  return value(op === "removed" ? "del" : "ins", text);
}

/** What is nothing but white space would look like nothing. */
const blank = (text: string) => (text.trim() === "" ? text.replaceAll(" ", "␣") : text);
