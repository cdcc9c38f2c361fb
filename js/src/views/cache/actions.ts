import { button } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link } from "../../link.js";
import { reason } from "../../text.js";
import type { CacheState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createMenu } from "../menu.js";

const CODE = {
  stats: "Statistics",
  entries: "Entries",
  lookups: "Lookups",
  history: "History",
  whatif: "What if",
} as const;

/** The menu at the end of the toolbar. */
export function createCacheActions(
  link: Link<CacheState>,
  frame: Pick<Frame, "announce" | "copy">,
  does: { since(): void; help(): void },
): HTMLElement {
  const anchor = button(
    { class: "btn icon", "aria-label": "More actions", title: "More actions" },
    () => {},
    icon("more"),
  );

  async function copyCode(of: string): Promise<void> {
    try {
      const { code } = (await link.request("code", { of })) as { code: string };
      await frame.copy(code, "Code", anchor);
    } catch (error) {
      frame.announce(`No code: ${reason(error)}`);
    }
  }

  return createMenu(anchor, "More actions", () => [
    ["Copy as code", Object.entries(CODE).map(([of, label]) => ({ label, run: () => void copyCode(of) }))],
    [
      "",
      [
        { label: link.state.peek().mark ? "Count all again" : "Count from here", hint: "M", run: does.since },
        { label: "Keyboard", hint: "?", run: does.help },
      ],
    ],
  ]);
}
