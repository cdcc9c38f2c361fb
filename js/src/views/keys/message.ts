import { h } from "../../dom.js";
import { paintText } from "../../text.js";
import { type Context, makePart, type Of, type Part } from "./blocks.js";
import { factList } from "./facts.js";

/** Who says what: role, text, the tools called. */
export function messagePart(
  { role, name, text, calls, facts }: Of<"message">,
  context: Context,
  place: string,
): Part {
  const who = h("bdi", { class: "b" });
  paintText(who, role, 60);
  const called = h("bdi", { class: "s" });
  paintText(called, name, 100);
  const parts = text.map((block, i) => makePart(block, { ...context, more: null }, `${place}.${i}`));
  const element = h(
    "div",
    { class: "message", role: "group", "data-role": role },
    h("div", { class: "who" }, who, called),
    ...parts.map((part) => part.element),
  );
  element.setAttribute("aria-label", `${who.textContent} message`);
  for (const [i, call] of calls.entries()) {
    const tool = h("code", { class: "b" });
    paintText(tool, call.name, 200);
    const id = h("bdi", { class: "q mono ell" });
    paintText(id, call.id, 100);
    const tree = context.tree(`${place} call ${i}`);
    tree.show(call.args, () => Promise.reject(new Error("not shown")));
    element.append(
      h(
        "div",
        { class: "call" },
        h("div", { class: "who" }, h("span", { class: "s" }, "calls"), tool, id),
        tree.element,
      ),
    );
  }
  if (facts.length > 0) element.append(factList(facts));
  const said = () =>
    [
      `${role}${name && ` ${name}`}:`,
      ...parts.map((part) => part.text()),
      ...calls.map((call) => `→ ${call.name} ${call.args.preview}`),
    ].join("\n");
  return { element, text: said, dispose: () => parts.forEach((part) => void part.dispose?.()) };
}
