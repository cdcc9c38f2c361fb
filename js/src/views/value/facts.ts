import { div, h } from "../../dom.js";
import { painted } from "../../text.js";
import type { Fact } from "../../wire.gen.js";
import type { Part } from "./blocks.js";

export function factsPart({ facts }: { facts: readonly Fact[] }): Part {
  const rows = facts.map(({ label, text }) => div("", painted("dt", "", label), painted("dd", "", text)));
  return { element: h("dl", { class: "facts" }, ...rows) };
}
