import { div, h, span } from "../../dom.js";
import { painted, visible } from "../../text.js";
import { type Context, makePart, type Of, type Part } from "./blocks.js";
import { factsPart } from "./facts.js";

/** Who says what: role, text, the tools called. */
export function messagePart(message: Of<"message">, context: Context, place: string): Part {
  const { role, name, text, calls, facts } = message;
  const parts = text.map((block, i) => makePart(block, { ...context, more: null }, `${place}.${i}`));
  const tools = calls.map(({ name, id, args }, i) => {
    const tree = context.tree(`${place} call ${i}`);
    tree.show(args, () => Promise.reject(new Error("not shown")));
    return div("call", line("calls", name, id), tree.element);
  });
  const label = `${visible(role, 60)} message`;
  const element = h(
    "div",
    { class: "message", role: "group", "aria-label": label, "data-role": role },
    line("", role, name),
    ...parts.map((part) => part.element),
    ...tools,
    facts.length > 0 && factsPart({ facts }).element,
  );
  return { element };
}

/** Who it is, or which tool: the name strong, what is around it quiet. */
function line(before: string, name: string, after: string): HTMLElement {
  return div(
    "who",
    before && span("s", before),
    painted("bdi", "b", name, 200),
    painted("bdi", "s ell", after, 200),
  );
}
