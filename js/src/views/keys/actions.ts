import { button } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import { createCopyCode } from "../code.js";
import type { Frame } from "../frame.js";
import { createMenu, type MenuItem } from "../menu.js";
import { type Downloads, FORMATS, type Format } from "./download.js";

/** The menu at the end of the toolbar. */
export function createActions(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce" | "copy">,
  downloads: Downloads,
  does: { add(): void; help(): void },
): HTMLElement {
  const anchor = button(
    { class: "btn icon", "aria-label": "More actions", title: "More actions" },
    () => {},
    icon("more"),
  );

  const copy = createCopyCode(link, frame);
  const copyCode = (of: string) => void copy({ of }, anchor);

  return createMenu(anchor, "More actions", () => {
    const { editable, open, selected, size } = link.state.peek();
    const downloadItems = (Object.keys(FORMATS) as Format[]).map<MenuItem>((format) => ({
      label: FORMATS[format],
      disabled: size === 0,
      run: () => void downloads.start(format),
    }));
    return [
      ["Download what is listed", downloadItems],
      [
        "Copy as code",
        [
          { label: "This view", run: () => copyCode("view") },
          { label: "The open value", disabled: open === null, run: () => copyCode("value") },
          { label: "The selection", disabled: selected === 0, run: () => copyCode("selection") },
        ],
      ],
      [
        "",
        [
          {
            label: "Add a key…",
            disabled: !editable,
            ...(editable ? {} : { hint: "editable=True" }),
            run: does.add,
          },
          { label: "Keyboard", hint: "?", run: does.help },
        ],
      ],
    ];
  });
}
