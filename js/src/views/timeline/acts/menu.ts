import { button, h } from "../../../dom.js";
import { icon } from "../../../icons.js";
import { reason } from "../../../text.js";
import { createMenu } from "../../menu.js";
import type { Chooses, Shell, TimelineLink, TimelineMenu } from "../parts.js";
import { createTimelineHelp } from "./help.js";

const CODE = { config: "Config", state: "State", diff: "Diff" } as const;

/** The menu at the end of the toolbar, and the sheets it opens. */
export function createTimelineMenu(link: TimelineLink, shell: Shell, chosen: Chooses): TimelineMenu {
  const anchor = button(
    { class: "btn icon", "aria-label": "More actions", title: "More actions" },
    () => {},
    icon("more"),
  );
  const element = h("span", { class: "tools" });

  async function copyCode(of: string): Promise<void> {
    const choice = chosen.peek();
    if (!choice) return;
    try {
      const { thread, at } = choice;
      const { code } = (await link.request("code", { of, thread, at })) as { code: string };
      await shell.copy(code, "Code", anchor);
    } catch (error) {
      shell.announce(`No code: ${reason(error)}`);
    }
  }

  function help(): void {
    const dialog = createTimelineHelp();
    element.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  element.append(
    createMenu(anchor, "More actions", () => [
      [
        "Copy as code",
        Object.entries(CODE).map(([of, label]) => ({
          label,
          disabled: chosen.peek() === null,
          run: () => void copyCode(of),
        })),
      ],
      ["", [{ label: "Keyboard", hint: "?", run: help }]],
    ]),
  );
  return { element, help, dispose() {} };
}
