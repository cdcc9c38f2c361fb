import { button } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link } from "../../link.js";
import type { CacheState } from "../../wire.gen.js";
import { createCopyCode } from "../code.js";
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

  const copy = createCopyCode(link, frame);
  const copyCode = (of: string) => void copy({ of }, anchor);

  return createMenu(anchor, "More actions", () => [
    ["Copy as code", Object.entries(CODE).map(([of, label]) => ({ label, run: () => copyCode(of) }))],
    [
      "",
      [
        { label: link.state.peek().mark ? "Count all again" : "Count from here", hint: "M", run: does.since },
        { label: "Keyboard", hint: "?", run: does.help },
      ],
    ],
  ]);
}
