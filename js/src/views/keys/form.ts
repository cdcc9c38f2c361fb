import { button, FOCUSABLE, h, setText } from "../../dom.js";
import type { Edit, KeyTableState } from "../../wire.gen.js";
import { jsonProblem } from "./jsonproblem.js";

export type Draft = Pick<Edit, "language" | "text">;

const LINES = [6, 18] as const;

export interface FormOptions {
  label: string;
  first: Draft;
  takes: KeyTableState["takes"];
  /** Before the text. */
  fields?: HTMLElement[];
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

/** Text to be written as a value, as it is or read as JSON. */
export function createForm({ label, first, takes, fields = [], action, submit, close }: FormOptions): Form {
  let language = first.language;
  let sending = false;

  const area = h("textarea", {
    class: "mono",
    "aria-label": "Value",
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    ...FOCUSABLE,
  });
  area.value = first.text;
  const languages = (["text", "json"] as const).map((name) =>
    button({}, () => choose(name), name === "text" ? "Text" : "JSON"),
  );
  const reading = h("span", { class: "reading" });
  const status = h("p", { class: "formstatus", role: "status" });
  const save = button({ class: "btn main", title: `${action} (Ctrl+S)` }, () => void send(), action);
  const actions = h("div", { class: "actions" }, save, button({ title: "Cancel (Escape)" }, ask, "Cancel"));
  const question = h(
    "div",
    { class: "actions", hidden: true, role: "group", "aria-label": "Discard the changes?" },
    h("span", {}, "Discard the changes?"),
    button({}, close, "Discard"),
    button({}, () => doubt(false), "Continue editing"),
  );
  const element = h(
    "div",
    { class: "valueform", role: "group", "aria-label": label },
    ...fields,
    h(
      "div",
      { class: "formline" },
      h("span", { class: "seg", role: "group", "aria-label": "Read as" }, ...languages),
      reading,
    ),
    area,
    status,
    actions,
    question,
  );

  const changed = () => area.value !== first.text || language !== first.language;
  const problem = () => (language === "json" ? jsonProblem(area.value) : "");

  function choose(name: Draft["language"]): void {
    language = name;
    paint();
  }

  function paint(): void {
    for (const [i, name] of (["text", "json"] as const).entries()) {
      languages[i]!.setAttribute("aria-pressed", String(name === language));
    }
    const wrong = problem();
    const text = takes === "bytes" ? "saved as UTF-8" : "saved as a string";
    setText(reading, wrong || (language === "text" ? text : takes === "bytes" ? `valid, ${text}` : "valid"));
    reading.classList.toggle("evict", wrong !== "");
    area.setAttribute("aria-invalid", String(wrong !== ""));
    if (wrong || sending) save.setAttribute("aria-disabled", "true");
    else save.removeAttribute("aria-disabled");
    area.rows = Math.min(Math.max(LINES[0], area.value.split("\n").length + 1), LINES[1]);
  }

  async function send(): Promise<void> {
    const wrong = problem();
    say(wrong && `Not valid JSON: ${wrong}`);
    if (wrong || sending) return;
    sending = true;
    paint();
    try {
      await submit({ language, text: area.value });
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    sending = false;
    paint();
  }

  function ask(): void {
    if (changed()) doubt(true);
    else close();
  }

  function doubt(on: boolean): void {
    question.hidden = !on;
    actions.hidden = on;
    if (on) question.querySelectorAll("button")[1]!.focus();
    else area.focus();
  }

  function say(text: string): void {
    setText(status, text);
  }

  area.addEventListener("input", paint);
  element.addEventListener("keydown", (event) => {
    event.stopPropagation(); // what is typed is no command
    if ((event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter")) void send();
    else if (event.key === "Escape") question.hidden ? ask() : doubt(false);
    else return;
    event.preventDefault();
  });
  paint();
  return { element, changed, say, focus: () => area.focus() };
}
