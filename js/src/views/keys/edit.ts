import { effect } from "@preact/signals-core";
import { button, FOCUSABLE, h } from "../../dom.js";
import { counted } from "../../format.js";
import type { Link } from "../../link.js";
import { paintText } from "../../text.js";
import type { Edit, Edited, KeyTableState, OpenKey } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createForm, type Draft } from "./form.js";
import { fold, lineDiff } from "./linediff.js";

export interface Editing {
  readonly open: OpenKey;
  readonly element: HTMLElement;
  changed(): boolean;
  focus(): void;
  dispose(): void;
}

/** Edits the value of a key. What changes meanwhile is shown, and not overwritten unless that is chosen. */
export function createEdit(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  open: OpenKey,
  edit: Edit,
  close: () => void,
): Editing {
  const form = createForm({
    label: "Edit value",
    first: edit,
    takes: link.state.peek().takes,
    action: "Save",
    submit: (draft) => save(draft, edit.token),
    close,
  });
  const element = h("div", { class: "editing" }, form.element);

  async function save(draft: Draft, token: string): Promise<void> {
    const params = { id: open.id, token, language: draft.language, text: draft.text };
    const { conflict, missing } = (await link.request("edit", params)) as Edited;
    if (missing) throw new Error("The key was deleted meanwhile. Nothing was written.");
    if (!conflict || (conflict.text === draft.text && conflict.language === draft.language)) {
      frame.announce("Saved");
      close();
    } else showConflict(draft, conflict);
  }

  function showConflict(draft: Draft, theirs: Edit): void {
    const problem = h("p", { class: "evict", role: "status" });
    const back = () => {
      element.replaceChildren(form.element);
      form.focus();
    };
    const overwrite = () =>
      save(draft, theirs.token).catch((error: unknown) =>
        paintText(problem, String((error as Error).message)),
      );
    const goOn = button({ title: "Continue editing (Escape)" }, back, "Continue editing");
    const view = h(
      "div",
      { class: "conflict", role: "group", "aria-label": "Changed meanwhile" },
      h("h3", { class: "b" }, "Changed meanwhile"),
      h("p", { class: "s" }, "Nothing was written."),
      h("p", { class: "legend" }, sample("-", "stored now"), sample("+", "yours")),
      diffView(theirs.text, draft.text),
      problem,
      h(
        "div",
        { class: "actions" },
        button({}, close, "Keep theirs"),
        button({}, () => void overwrite(), "Overwrite with mine"),
        goOn,
      ),
    );
    view.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Escape") return;
      event.preventDefault();
      back();
    });
    element.replaceChildren(view);
    goOn.focus();
    frame.announce("Changed meanwhile, nothing was written");
  }

  const version = open.version;
  const dispose = effect(() => {
    const now = link.state.value.open;
    if (now?.id !== open.id) form.say("Another key was opened. Save or cancel to see it.");
    else if (now.gone) form.say("The key was deleted meanwhile.");
    else if (now.version !== version) form.say("Changed meanwhile. Saving will show both.");
    else form.say("");
  });
  return { open, element, changed: form.changed, focus: form.focus, dispose };
}

function diffView(from: string, to: string): HTMLElement {
  const lines = fold(lineDiff(from, to)).map((line) =>
    typeof line === "number"
      ? h("div", { class: "folded" }, `${counted(line, "line")} the same`)
      : sample(line.sign, line.text),
  );
  return h(
    "div",
    { class: "difflines", tabindex: 0, role: "group", "aria-label": "Differences", ...FOCUSABLE },
    ...lines,
  );
}

const SIGNS = { "": " ", "-": "\u2212", "+": "+" };

/** A line with its sign. */
function sample(sign: "" | "-" | "+", text: string): HTMLElement {
  const words = h("span");
  paintText(words, text);
  return h(
    "div",
    { class: sign === "" ? "diff" : sign === "+" ? "diff add" : "diff del" },
    h("span", {}, SIGNS[sign]),
    words,
  );
}
