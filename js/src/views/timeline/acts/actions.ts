import { button, div } from "../../../dom.js";
import { icon } from "../../../icons.js";
import { configOf } from "../keys.js";
import type { Acts, Chooses, Shell, TimelineLink } from "../parts.js";

/** What can be done with the checkpoint shown. */
export function createActs(_link: TimelineLink, shell: Shell, chosen: Chooses): Acts {
  const code = button(
    { title: "Copy the config as code (C)" },
    () => act("code", code),
    icon("code"),
    "Copy config",
  );

  function act(what: string, from?: HTMLButtonElement): void {
    const choice = chosen.peek();
    if (!choice || what !== "code") return;
    // A JSON text of strings is a Python literal too.
    void shell.copy(JSON.stringify(configOf(choice.thread, choice.at)), "Config", from);
  }
  return { element: div("acts", code), act: (what) => act(what), dispose() {} };
}
