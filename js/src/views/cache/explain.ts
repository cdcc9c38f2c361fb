import { arrange, div, FOCUSABLE, h } from "../../dom.js";
import { count } from "../../format.js";
import { patiently } from "../../later.js";
import type { Link } from "../../link.js";
import { painted, reason } from "../../text.js";
import type { CacheState, Explanation, Lookup } from "../../wire.gen.js";
import { nearPart } from "./near.js";

/** Milliseconds until a search that is not done is asked after again. */
const AGAIN = 400;

/** What became of a lookup and why: asked of the kernel, which searches the closest entry only then. */
export function explanation(link: Link<CacheState>, lookup: Lookup, show: (id: number) => void): HTMLElement {
  const element = div("explained");
  void fill();

  async function fill(): Promise<void> {
    try {
      const asked = link.request("explain", { number: lookup.number });
      const found = (await patiently(element, asked)) as Explanation;
      const [told, made, ...others] = parts(found) as [HTMLElement, HTMLElement, ...HTMLElement[]];
      // While more is found out, what is read stays.
      const prompt = element.querySelector<HTMLElement>(".prompt") ?? made;
      arrange(element, [told, prompt, ...others]);
      if (prompt.scrollHeight > prompt.clientHeight) prompt.tabIndex = 0;
      if (found.progress != null) setTimeout(() => element.isConnected && void fill(), AGAIN);
    } catch (error) {
      element.replaceChildren(h("p", { role: "status" }, reason(error)));
    }
  }

  function parts({ text, prompt, near, searched, progress, problem, outcome }: Explanation): HTMLElement[] {
    const all = [
      painted("p", "told", text, 600),
      h("div", { class: "prompt", role: "group", "aria-label": "Prompt", ...FOCUSABLE }),
      painted("p", "q", lookup.model, 200),
    ];
    all[1]!.append(painted("bdi", "", prompt, 4_000, true));
    if (near) all.push(nearPart(near, lookup.prompt, searched, show));
    else if (progress != null)
      all.push(
        h(
          "p",
          { class: "s", role: "status" },
          `Searching the closest entry: ${Math.floor(100 * progress)} %`,
        ),
      );
    else if (problem) all.push(painted("p", "s", problem, 300));
    else if ((outcome === "cold" || outcome === "unknown") && searched > 0) {
      all.push(h("p", { class: "s" }, `None of ${count(searched)} entries comes close`));
    }
    return all;
  }

  return element;
}
