import { button, div, FOCUSABLE, h, setText, span } from "../../../dom.js";
import { icon } from "../../../icons.js";
import { patiently } from "../../../later.js";
import { cut, paintText, reason, visible } from "../../../text.js";
import type { Begun, Form } from "../../../wire.gen.js";
import { createCopyCode } from "../../code.js";
import { createDialog } from "../../dialog.js";
import type { Place, Shell, TimelineLink } from "../parts.js";
import { createField, type Field } from "./field.js";

const TITLES = { fork: "Fork from here", resume: "Resume" } as const;

/** The sheet in which a fork's values, or the answers to interrupts, are given. */
export function createActForm(
  link: TimelineLink,
  shell: Shell,
  { thread, at }: Place,
  of: keyof typeof TITLES,
  from: string,
): HTMLDialogElement {
  const body = div("actform");
  const dialog = createDialog(TITLES[of], body);
  const copyCode = createCopyCode(link, shell);

  async function load(): Promise<void> {
    body.replaceChildren();
    try {
      show((await patiently(body, link.request("form", { thread, at, of }))) as Form);
    } catch (error) {
      const problem = h("p", { class: "evict", role: "alert" });
      paintText(problem, reason(error), 500);
      body.replaceChildren(
        problem,
        div(
          "actions",
          button({}, () => void load(), "Retry"),
        ),
      );
    }
  }

  function show(form: Form): void {
    let sending = false;
    const run = h("input", { type: "checkbox", ...FOCUSABLE });
    run.checked = form.next.length > 0;
    const node = h("select", { class: "btn", "aria-label": "As node", ...FOCUSABLE });
    const names = form.as_node === null ? ["", ...form.as_nodes] : form.as_nodes;
    for (const name of names) {
      const option = h("option", {}, name === "" ? "choose" : visible(cut(name, 80)));
      option.value = name;
      option.selected = name === (form.as_node ?? "");
      node.append(option);
    }
    const status = h("p", { class: "evict", role: "alert" });
    const main = button({ class: "btn pri" }, () => void send(), "");
    const copy: HTMLButtonElement = button(
      {},
      () => void copyCode({ of, thread, at, values: values(), ...asNode() }, copy),
      "Copy as code",
    );
    const fields = form.fields.map((field) => createField(field, of === "resume", () => paint()));
    const element = div(
      "filled",
      h("p", { class: "s" }, visible(`From ${from}`, 300), ...sentence(form)),
      div("fields", ...fields.map((field) => field.element)),
      of === "fork"
        ? div(
            "options",
            h("label", {}, run, "Run from the fork"),
            names.length > 1
              ? h(
                  "label",
                  { title: "Whose write this counts as" },
                  "as node",
                  span("pick", node, icon("down")),
                )
              : null,
          )
        : null,
      status,
      div(
        "actions",
        main,
        copy,
        button({ title: "Cancel (Esc)" }, () => dialog.close(), "Cancel"),
      ),
    );

    const values = () =>
      Object.fromEntries(
        fields
          .filter((field) => of === "resume" || field.changed())
          .map((field) => [field.name, field.text()]),
      );
    const asNode = () => (of === "fork" ? { as_node: node.value || null } : {});

    function paint(): void {
      const changed = fields.filter((field) => field.changed()).length;
      setText(main, of === "resume" ? "Resume" : run.checked ? "Fork and run" : "Fork");
      setText(status, "");
      main.title = of === "fork" && changed === 0 ? "With the same values" : "";
      main.setAttribute("aria-disabled", String(sending));
    }

    async function send(): Promise<void> {
      if (sending) return;
      sending = true;
      paint();
      try {
        const more = of === "fork" ? { run: run.checked } : {};
        const begun = (await link.request(of, {
          thread,
          at,
          values: values(),
          ...asNode(),
          ...more,
        })) as Begun;
        sending = false;
        paint();
        if (begun.problems.length > 0) complain(begun, fields, status);
        else done(begun);
      } catch (error) {
        sending = false;
        paint();
        paintText(status, reason(error), 500);
      }
    }

    function done(begun: Begun): void {
      dialog.close();
      shell.announce(begun.run === null ? "Forked" : of === "fork" ? "Forked, running" : "Running");
      if (begun.key !== null) shell.choose(begun.key, thread);
    }

    run.addEventListener("change", paint);
    element.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
        event.preventDefault();
        void send();
      }
    });
    body.replaceChildren(element);
    paint();
    (fields.find((field) => field.changed()) ?? fields[0])?.focus();
  }

  void load();
  return dialog;
}

/** What runs from here, and what does not have to. */
function sentence({ next, kept }: Form): string[] {
  const parts = [];
  if (next.length > 0) parts.push(`; runs ${next.join(", ")} next`);
  if (kept.length > 0)
    parts.push(`; ${kept.join(", ")} had finished and ${kept.length > 1 ? "are" : "is"} kept`);
  return parts.map((part) => visible(part, 300));
}

/** Shows what is wrong where it is; nothing was written. */
function complain({ problems }: Begun, fields: readonly Field[], status: HTMLElement): void {
  const rest = [];
  let first: Field | undefined;
  for (const { name, message } of problems) {
    const field = fields.find((one) => one.name === name);
    field?.say(message);
    first ??= field;
    if (!field) rest.push(name ? `${name}: ${message}` : message);
  }
  paintText(status, ["Nothing was written.", ...rest].join(" "), 500);
  first?.focus();
}
