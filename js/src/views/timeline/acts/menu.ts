import { effect } from "@preact/signals-core";
import { button, h, setText, span } from "../../../dom.js";
import { icon, iconButton } from "../../../icons.js";
import { cut, visible } from "../../../text.js";
import type { Plan } from "../../../wire.gen.js";
import { createCopyCode } from "../../code.js";
import { createMenu, type MenuItem } from "../../menu.js";
import type { Chooses, Shell, TimelineLink, TimelineMenu } from "../parts.js";
import { createCleanup } from "./cleanup.js";
import { createFiles } from "./files.js";
import { createTimelineHelp } from "./help.js";
import { openSheet } from "./sheet.js";

const CODE = {
  config: "Config",
  state: "State",
  diff: "Diff",
  first: "First checkpoint where …",
  watch: "Watch expression",
} as const;

/** The menu at the end of the toolbar, and the sheets it opens. */
export function createTimelineMenu(link: TimelineLink, shell: Shell, chosen: Chooses): TimelineMenu {
  const anchor = button(
    { class: "btn icon", "aria-label": "More actions", title: "More actions" },
    () => {},
    icon("more"),
  );
  const sheets = h("div");
  const files = createFiles(link, shell, sheets);
  const doing = span("q");
  const cancel = iconButton("close", "Cancel", "", files.cancel);
  const working = h("span", { class: "tools", role: "status" }, doing, cancel);
  const copy = createCopyCode(link, shell);

  function copyCode(of: string): void {
    const choice = chosen.peek();
    if (choice) void copy({ of, thread: choice.thread, at: choice.at }, anchor);
  }
  const help = () => openSheet(sheets, createTimelineHelp());
  const clean = (what: Plan["what"], threads: string[]) =>
    openSheet(sheets, createCleanup(link, shell, what, threads));

  const menu = createMenu(anchor, "More actions", () => {
    const { thread, thread_count: total, editable, size } = link.state.peek();
    const none = chosen.peek() === null || size === 0;
    const here = thread === null ? [] : [thread];
    const item = (label: string, run: () => void, disabled = size === 0): MenuItem => ({
      label,
      run,
      disabled,
    });
    return [
      ["Copy as code", Object.entries(CODE).map(([of, label]) => item(label, () => copyCode(of), none))],
      [
        `Thread ${visible(cut(thread ?? "", 30))}`,
        [
          item("Export…", () => void files.save(here)),
          item("Copy…", () => clean("copy", here)),
          item("Prune…", () => clean("prune", here)),
          item("Delete…", () => clean("delete", here)),
        ],
      ],
      [
        "All threads",
        [
          item("Export…", () => void files.save(null), total === 0),
          {
            ...item("Import…", files.choose, !editable),
            ...(editable ? {} : { hint: "editable=True" }),
          },
          item("Sweep what is left over…", () => clean("sweep", []), false),
        ],
      ],
      ["", [{ label: "Keyboard", hint: "?", run: help }]],
    ];
  });
  const element = span("tools", working, menu, files.chooser, sheets);
  const dispose = effect(() => {
    setText(doing, files.doing.value);
    working.hidden = files.doing.value === "";
  });
  return { element, help, dispose };
}
