import { button, div, FOCUSABLE, h, setText, span } from "../../../dom.js";
import { icon } from "../../../icons.js";
import { cut, paintText, visible } from "../../../text.js";
import type { FormField } from "../../../wire.gen.js";

/** What the browser would do to what is typed in prose. */
const VERBATIM = { spellcheck: "false", autocapitalize: "off", autocomplete: "off", ...FOCUSABLE };
let instances = 0;

export interface Field {
  readonly element: HTMLElement;
  readonly name: string;
  changed(): boolean;
  text(): string;
  /** Under the field; "" for nothing. */
  say(problem: string): void;
  focus(): void;
}

/**
 * A channel or an interrupt with an editor that opens below its line; `open` ones cannot be closed.
 * What is typed is text until the kernel has read it.
 */
export function createField(field: FormField, open: boolean, onChange: () => void): Field {
  const { name, kind, text: first, editable } = field;
  const id = `imw-field-${++instances}`;
  const label = h("bdi", { class: "mono b ell" });
  paintText(label, field.label, 200);
  const type = h("bdi", { class: "q ell" });
  paintText(type, field.type, 120);
  const brief = h("bdi", { class: "mono s ell brief" });
  const mark = span("miss edited");
  const reason = h("p", { class: open ? "question" : "q hint" });
  paintText(reason, field.reason, 2_000, true);
  reason.hidden = field.reason === "";
  const problem = h("p", { class: "evict", role: "alert", id: `${id}-problem` });
  const control = makeControl();
  control.setAttribute("aria-label", visible(field.reason && open ? field.reason : field.label, 300));
  control.setAttribute("aria-describedby", problem.id);
  const reset = button(
    { class: "btn small" },
    () => {
      control.value = first;
      paint();
      onChange();
      control.focus();
    },
    "Reset",
  );
  const editor = div("editor", reason, control, problem, reset);
  editor.id = id;

  const twisty = span("twisty", icon("right"));
  const line: HTMLElement =
    open || !editable
      ? div("fieldline", label, type, span("sp"), open ? null : span("q", "read only"))
      : button(
          { class: "fieldline", "aria-expanded": "false", "aria-controls": id },
          () => unfold(Boolean(editor.hidden)),
          twisty,
          label,
          type,
          brief,
          mark,
        );
  const element = div("field-of", line, editor);
  if (!editable) {
    editor.replaceChildren(reason);
    reason.className = "q hint";
  }

  function makeControl(): HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
    if (kind === "choice" || kind === "bool") {
      const choices = kind === "bool" ? ["true", "false"] : field.choices;
      const options = (choices.includes(first) ? choices : ["", ...choices]).map((choice) => {
        const option = h("option", {}, visible(cut(choice, 120)));
        option.value = choice;
        return option;
      });
      const select = h("select", { class: "btn", ...FOCUSABLE }, ...options);
      select.value = first;
      return select;
    }
    if (kind === "number") {
      const input = h("input", { inputmode: "decimal", ...VERBATIM });
      input.value = first;
      return input;
    }
    const area = h("textarea", { rows: kind === "json" ? 6 : 2, ...VERBATIM });
    area.value = first;
    return area;
  }

  function unfold(on: boolean): void {
    editor.hidden = !on;
    line.setAttribute("aria-expanded", String(on));
    if (on) control.focus();
  }

  const changed = () => editable && control.value !== first;
  function paint(): void {
    paintText(brief, control.value.replace(/\s+/g, " "), 200);
    setText(mark, changed() ? "changed" : "");
    reset.hidden = !changed() || open;
    say("");
  }
  function say(text: string): void {
    paintText(problem, text, 500);
    problem.hidden = text === "";
    control.setAttribute("aria-invalid", String(text !== ""));
    if (text !== "" && editor.hidden) unfold(true);
  }

  control.addEventListener("input", () => {
    paint();
    onChange();
  });
  editor.hidden = !open;
  paint();
  return {
    element,
    name,
    changed,
    text: () => control.value,
    say,
    focus: () => (editor.hidden ? line : control).focus(),
  };
}
