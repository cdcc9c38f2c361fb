import { button, div, setText, span } from "../../dom.js";
import { count } from "../../format.js";
import { paintText, reason } from "../../text.js";
import { type Context, makePart, type Of, type Part } from "./blocks.js";

/** Above the last messages of a conversation: how many there are, and those said before, once they are loaded. */
export function earlierPart(first: Of<"earlier">, context: Context, place: string): Part {
  const status = span("s");
  const load = button(
    {},
    () => context.more?.().catch((error) => paintText(status, reason(error))),
    "Load earlier",
  );
  const element = div("moreline", status, context.more && load);
  const loaded: HTMLElement[] = [];

  function say({ more, total }: Of<"earlier">): void {
    element.hidden = more === null;
    setText(status, `the last ${count(more ?? 0)} of ${count(total)} messages`);
  }

  say(first);
  return {
    element,
    text: () => loaded.map(({ innerText }) => innerText).join("\n"),
    append(next) {
      const block = next as Of<"earlier">;
      const panel = element.parentElement;
      const { scrollTop = 0, scrollHeight = 0 } = panel ?? {};
      const at = `${place} ${loaded.length}`;
      const inside = { ...context, more: null };
      const messages = block.blocks.map((each, i) => makePart(each, inside, `${at}.${i}`).element);
      element.after(...messages); // where the others are: those who arrange them take them away again
      loaded.unshift(...messages);
      say(block);
      // what is read stays where it is
      if (panel) panel.scrollTop = scrollTop + panel.scrollHeight - scrollHeight;
    },
  };
}
