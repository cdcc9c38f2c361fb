import { button, div, FOCUSABLE, h, setText, span } from "../../../dom.js";
import { bytes, count, counted } from "../../../format.js";
import { patiently } from "../../../later.js";
import { paintText, reason, visible } from "../../../text.js";
import type { Applied, Plan, PlanRow } from "../../../wire.gen.js";
import { createCopyCode } from "../../code.js";
import { createDialog } from "../../dialog.js";
import type { Shell, TimelineLink } from "../parts.js";

type What = Plan["what"];
const TITLES: Record<What, string> = {
  delete: "Delete a thread",
  copy: "Copy a thread",
  prune: "Prune a thread",
  sweep: "Sweep what is left over",
};
const VERDICTS: Record<PlanRow["verdict"], string> = {
  goes: "evict",
  replaced: "evict",
  copied: "hit",
  stays: "q",
};

const size = (given: number | null) => {
  if (given === null) return "";
  const { digits, unit } = bytes(given);
  return `${digits} ${unit}`;
};

/** The sheet that shows what would go, what stays and why, and does exactly that once it is confirmed. */
export function createCleanup(
  link: TimelineLink,
  shell: Shell,
  what: What,
  threads: readonly string[],
): HTMLDialogElement {
  const body = div("cleanup");
  const dialog = createDialog(TITLES[what], body);
  const copyCode = createCopyCode(link, shell);
  const cancel = () => button({ title: "Cancel (Esc)" }, () => dialog.close(), "Cancel");
  let target: string | undefined;
  let named: readonly string[] = []; // threads that wait for an answer, and are to go all the same

  function ask(): void {
    const input = h("input", {
      "aria-label": "Name of the copy",
      class: "mono",
      spellcheck: "false",
      ...FOCUSABLE,
    });
    input.value = `${threads[0]}-copy`;
    const form = h(
      "form",
      {},
      h("label", {}, "Name of the copy", input),
      div(
        "actions",
        button({ type: "submit", class: "btn pri" }, () => {}, "Dry run"),
        cancel(),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      target = input.value;
      void dryRun();
    });
    body.replaceChildren(form);
    queueMicrotask(() => input.select());
  }

  async function dryRun(): Promise<void> {
    body.replaceChildren();
    const params = { what, threads, named, ...(target === undefined ? {} : { target }) };
    try {
      show((await patiently(body, link.request("plan", params))) as Plan);
    } catch (error) {
      fail(reason(error));
    }
  }

  function fail(text: string): void {
    const problem = h("p", { class: "evict", role: "alert" });
    paintText(problem, text, 500);
    const again = what === "copy" ? ask : () => void dryRun();
    body.replaceChildren(problem, div("actions", button({}, again, "Try again"), cancel()));
  }

  /** Nothing went wrong: it cannot be done, or there is nothing to do. */
  function refuse(text: string): void {
    const told = h("p", { role: "status" });
    paintText(told, text, 500);
    const close = button({ title: "Close (Esc)" }, () => dialog.close(), "Close");
    const first = what === "copy" ? button({}, ask, "Choose another name") : close;
    body.replaceChildren(told, div("actions", first, what === "copy" && close));
    first.focus();
  }

  function show(plan: Plan): void {
    if (plan.refused && plan.rows.length === 0) {
      refuse(plan.refused);
      return;
    }
    const { editable } = link.state.peek();
    const nothing = plan.refused !== "" || plan.rows.every(({ verdict }) => verdict === "stays");
    const { waiting } = plan;
    const all = h("input", { type: "checkbox", ...FOCUSABLE });
    all.addEventListener("change", () => {
      named = waiting;
      void dryRun();
    });
    const include = h("label", {}, all, "Also what waits for an answer");
    const status = h("p", { class: "s", role: "status" });
    const freed = plan.freed ? `, ${size(plan.freed)} freed` : "";
    const done =
      what === "copy"
        ? counted(
            plan.rows.reduce((sum, row) => sum + row.checkpoints, 0),
            "checkpoint",
          )
        : counted(plan.goes, "checkpoint");
    const label = { delete: `Delete ${done}`, copy: `Copy ${done}`, prune: `Prune ${done}`, sweep: "Sweep" }[
      what
    ];
    const main = button(
      { class: what === "copy" ? "btn pri" : "btn danger" },
      () => void apply(plan, status),
      label,
    );
    main.setAttribute("aria-disabled", String(!editable || nothing));
    const copy: HTMLButtonElement = button(
      {},
      () => void copyCode({ of: what, threads, ...(target === undefined ? {} : { target }) }, copy),
      "Copy as code",
    );
    setText(
      status,
      nothing
        ? plan.refused || "There is nothing to do."
        : editable
          ? ""
          : "Read only: to do it here, inspect(saver, editable=True)",
    );
    const parts =
      what === "copy"
        ? []
        : [`${count(plan.goes)} of ${counted(plan.goes + plan.stays, "checkpoint")} would go${freed}`];
    body.replaceChildren(
      h("p", { class: "b" }, ...parts),
      h(
        "div",
        { class: "planned", tabindex: 0, role: "group", "aria-label": "Dry run", ...FOCUSABLE },
        table(plan),
      ),
      ...(waiting.length > 0 ? [include] : []),
      status,
      div("actions", ...(editable && !nothing ? [main] : []), copy, cancel()),
    );
    main.focus();
  }

  async function apply(plan: Plan, status: HTMLElement): Promise<void> {
    if (!link.state.peek().editable) return;
    try {
      const { done, changed } = (await link.request("apply", { token: plan.token })) as Applied;
      if (!done) {
        await again(changed);
        return;
      }
      dialog.close();
      shell.announce(
        what === "copy" ? "Copied" : what === "sweep" ? "Swept" : `${counted(plan.goes, "checkpoint")} gone`,
      );
    } catch (error) {
      paintText(status, reason(error), 500);
      status.classList.add("evict");
    }
  }

  async function again(changed: string): Promise<void> {
    await dryRun();
    const note = h("p", { class: "miss", role: "alert" });
    paintText(note, `Nothing was done: ${changed}. This is how it would be now.`, 500);
    body.prepend(note);
  }

  if (what === "copy") ask();
  else void dryRun();
  return dialog;
}

function table({ rows, more }: Plan): HTMLElement {
  const lines = rows.map((row) => {
    const thread = h("bdi", { class: "mono ell", title: visible(row.thread, 300) });
    paintText(
      thread,
      row.ns ? `${row.thread} / ${row.ns.replace(/:[^|]*/g, "").replaceAll("|", " / ")}` : row.thread,
      200,
    );
    const why = span("s");
    paintText(why, row.why, 300);
    return h(
      "tr",
      {},
      h("td", {}, thread),
      h("td", { class: "num" }, count(row.checkpoints)),
      h("td", { class: "num q" }, size(row.bytes)),
      h("td", { class: VERDICTS[row.verdict] }, row.verdict),
      h("td", {}, why),
    );
  });
  const heads = ["Thread", "Checkpoints", "Bytes", "Verdict", "Why"].map((text, i) =>
    h("th", { scope: "col", class: i === 1 || i === 2 ? "num" : "" }, text),
  );
  const rest = more > 0 ? h("p", { class: "q" }, `${count(more)} more`) : null;
  return div("", h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...lines)), rest);
}
