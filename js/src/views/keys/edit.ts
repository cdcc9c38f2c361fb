import { effect } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, span } from "../../dom.js";
import { counted } from "../../format.js";
import type { Link } from "../../link.js";
import { painted, paintText, reason } from "../../text.js";
import type { Edit, Edited, KeyTableState, OpenKey } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import type { Editing } from "../value/pane.js";
import { createForm, type Draft } from "./form.js";
import { fold, lineDiff } from "./linediff.js";

/** Edits the value of a key. What changes meanwhile is shown, and not overwritten unless that is chosen. */
export function createEdit(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  open: OpenKey,
  edit: Edit,
  close: () => void,
): Editing {
  const { id, version } = open;
  const form = createForm({
    label: "Edit value",
    first: edit,
    takes: link.state.peek().takes,
    action: "Save",
    submit: (draft) => save(draft, edit.token),
    close,
  });
  const { element: fields, changed, say, focus } = form;
  const element = div("editing", fields);

  async function save({ language, text }: Draft, token: string): Promise<void> {
    const params = { id, token, language, text };
    const { conflict, missing } = (await link.request("edit", params)) as Edited;
    if (missing) throw new Error("The key was deleted meanwhile. Nothing was written.");
    if (conflict && (conflict.text !== text || conflict.language !== language)) {
      showConflict({ language, text }, conflict);
      return;
    }
    frame.announce("Saved");
    close();
  }

  function showConflict(mine: Draft, theirs: Edit): void {
    const problem = h("p", { class: "evict", role: "status" });
    const overwrite = () => save(mine, theirs.token).catch((error) => paintText(problem, reason(error)));
    const back = button(
      { title: "Continue editing (Esc)" },
      () => {
        element.replaceChildren(fields);
        focus();
      },
      "Continue editing",
    );
    const lines = fold(lineDiff(theirs.text, mine.text)).map((line) =>
      typeof line === "number"
        ? div("folded", `${counted(line, "line")} the same`)
        : signed(line.sign, line.text),
    );
    const view = h(
      "div",
      { class: "conflict", role: "group", "aria-label": "Changed meanwhile" },
      h("h3", { class: "b" }, "Changed meanwhile"),
      h("p", { class: "s" }, "Nothing was written."),
      div("legend", signed("-", "stored now"), signed("+", "yours")),
      h(
        "div",
        { class: "difflines", tabindex: 0, role: "group", "aria-label": "Differences", ...FOCUSABLE },
        ...lines,
      ),
      problem,
      div(
        "actions",
        button({}, close, "Keep theirs"),
        button({}, () => void overwrite(), "Overwrite with mine"),
        back,
      ),
    );
    view.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Escape") return;
      event.preventDefault();
      back.click();
    });
    element.replaceChildren(view);
    back.focus();
    frame.announce("Changed meanwhile, nothing was written");
  }

  const dispose = effect(() => {
    const now = link.state.value.open;
    if (now?.id !== id) say("Another key was opened. Save or cancel to see it.");
    else if (now.gone) say("The key was deleted meanwhile.");
    else if (now.version !== version) say("Changed meanwhile. Saving will show both.");
  });
  return { open, element, changed, focus, dispose };
}

const SIGNS = { "": "", "-": "\u2212", "+": "+" };

/** A line after its sign. */
function signed(sign: keyof typeof SIGNS, text: string): HTMLElement {
  const tone = { "": "", "-": " del", "+": " add" }[sign];
  return div(`diff${tone}`, span("", SIGNS[sign]), painted("span", "", text));
}
