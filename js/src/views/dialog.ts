import { button, h, span } from "../dom.js";
import { icon } from "../icons.js";

/** A modal sheet: the browser keeps the focus in it, Escape closes it. */
export function createDialog(title: string, ...content: HTMLElement[]): HTMLDialogElement {
  const close = button(
    { class: "btn icon", "aria-label": "Close", title: "Close (Esc)" },
    () => dialog.close(),
    icon("close"),
  );
  const dialog = h(
    "dialog",
    { class: "sheet", "aria-label": title },
    h("header", {}, h("h3", {}, title), span("sp"), close),
    ...content,
  );
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // the backdrop
  return dialog;
}
