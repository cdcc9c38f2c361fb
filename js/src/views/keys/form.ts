import { button, div, FOCUSABLE, h, setText, span } from "../../dom.js";
import { reason } from "../../text.js";
import type { Edit, KeyTableState } from "../../wire.gen.js";
import { jsonProblem } from "./jsonproblem.js";

export type Draft = Pick<Edit, "language" | "text">;

export interface FormOptions {
  label: string;
  first: Draft;
  takes: KeyTableState["takes"];
  /** Before the text. */
  field?: HTMLElement;
  action: string;
  /** Rejects where nothing was written, with the reason. */
  submit(draft: Draft): Promise<void>;
  close(): void;
}

export interface Form {
  readonly element: HTMLElement;
  changed(): boolean;
  /** Beside the buttons; "" for nothing. */
  say(text: string): void;
  focus(): void;
}

/** What the browser would do to what is typed in prose. */
export const VERBATIM = { spellcheck: "false", autocapitalize: "off", autocomplete: "off", ...FOCUSABLE };

/** Text to be written as a value, as it is or read as JSON. */
export function createForm({ label, first, takes, field, action, submit, close }: FormOptions): Form {
  let language = first.language;
  let sending = false;
  let asked = false; // whether what was changed is to be given up

  const area = h("textarea", { "aria-label": "Value", rows: 6, ...VERBATIM });
  area.value = first.text;
  const languages = (["text", "json"] as const).map((name) => {
    const choose = () => {
      language = name;
      paint();
    };
    return button({ "data-name": name }, choose, name === "text" ? "Text" : "JSON");
  });
  const reading = h("span", { class: "reading", role: "status" });
  const status = h("p", { class: "formstatus", role: "status" });
  const save = button({ class: "btn main", title: `${action} (Ctrl+S)` }, () => void send(), action);
  const cancel = button({ title: "Cancel (Esc)" }, leave, "Cancel");
  const element = h(
    "div",
    { class: "valueform", role: "group", "aria-label": label },
    field,
    div("formline", span("seg", ...languages), reading),
    area,
    status,
    div("actions", save, cancel),
  );

  const changed = () => area.value !== first.text || language !== first.language;
  const problem = () => (language === "json" ? jsonProblem(area.value) : "");
  const say = (text: string) => setText(status, text);

  function paint(): void {
    asked = false;
    setText(cancel, "Cancel");
    for (const one of languages) one.setAttribute("aria-pressed", String(one.dataset.name === language));
    const wrong = problem();
    const right =
      language === "json" ? "valid JSON" : takes === "bytes" ? "saved as UTF-8" : "saved as a string";
    setText(reading, wrong || right);
    reading.classList.toggle("evict", wrong !== "");
    area.setAttribute("aria-invalid", String(wrong !== ""));
    save.setAttribute("aria-disabled", String(wrong !== "" || sending));
  }

  async function send(): Promise<void> {
    if (sending) return;
    if (problem()) {
      area.focus(); // what is wrong stands above it
      return;
    }
    sending = true;
    say("");
    paint();
    try {
      await submit({ language, text: area.value });
    } catch (error) {
      say(reason(error));
    }
    sending = false;
    paint();
  }

  function leave(): void {
    if (!changed() || asked) close();
    else {
      asked = true;
      setText(cancel, "Discard changes");
      say("Not saved. Discard the changes, or write on.");
      cancel.focus();
    }
  }

  area.addEventListener("input", () => {
    if (asked) say("");
    paint();
  });
  element.addEventListener("keydown", (event) => {
    event.stopPropagation(); // what is typed is no command
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && (key === "s" || key === "Enter")) void send();
    else if (key !== "Escape") return;
    else if (asked) {
      say("");
      paint();
      area.focus();
    } else leave();
    event.preventDefault();
  });
  paint();
  return { element, changed, say, focus: () => area.focus() };
}
