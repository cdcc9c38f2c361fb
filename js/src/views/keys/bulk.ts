import { computed, effect, signal, untracked } from "@preact/signals-core";
import { button, div, h, hasFocus, setText, span } from "../../dom.js";
import { count, counted } from "../../format.js";
import { glyph, icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { LOCK } from "../../pictures.js";
import { stopAll } from "../../stops.js";
import { visible } from "../../text.js";
import type { Bulk, KeyQuery, KeyTableState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import type { Selection } from "./selection.js";

type Step = "picked" | "confirm" | "running" | "ended";

interface Asked {
  count: number;
  changes: number;
  query: KeyQuery;
  all: boolean;
  ids: readonly number[] | null;
}

/** What can be done with the selected keys; deleting asks first, and says what came of it. */
export function createBulk(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce" | "copy">,
  selection: Selection,
  leave: () => void,
): View & { remove(): void } {
  const { state } = link;
  /** What is to be deleted, as it was when that was asked for. */
  const asking = signal<Asked | null>(null);
  const single = signal<string | null>(null); // what came of deleting some keys
  const seen = signal<Bulk | null>(state.peek().bulk); // an end that was taken note of
  const begun = signal(false);

  const keys = () => (selection.count.value === 1 ? "1 key" : `${count(selection.count.value)} keys`);
  const step = computed<Step | null>(() => {
    const { bulk } = state.value;
    if (bulk?.state === "running") return "running";
    if (single.value !== null || (bulk !== null && bulk !== seen.value && begun.value)) return "ended";
    if (asking.value !== null) return "confirm";
    return selection.count.value > 1 ? "picked" : null;
  });

  const editable = computed(() => state.value.editable); // not each state makes the buttons anew

  const element = div("bulk");
  const fill = h("i");
  const meter = h("span", { class: "meter", role: "progressbar", "aria-label": "Deleting" }, fill);
  const running = h("span");

  function asked(): Asked {
    const { changes, query } = state.peek();
    const ids = selection.ids.peek();
    return { count: selection.count.peek(), changes, query, all: selection.all.peek(), ids };
  }

  function remove(): void {
    if (selection.count.peek() === 0) return;
    single.value = null;
    if (!state.peek().editable) {
      frame.announce("Read only: to delete, inspect(store, editable=True)");
      asking.value = asked();
      return;
    }
    asking.value = asked();
    element.querySelector<HTMLElement>("[data-first]")?.focus();
  }

  async function confirmed(): Promise<void> {
    const wanted = asking.peek();
    asking.value = null;
    leave();
    if (!wanted) return;
    try {
      const { all, ids, count: number, changes, query } = wanted;
      if (all) {
        begun.value = true;
        seen.value = state.peek().bulk;
        await link.request("bulk", { count: number, changes, query });
      } else {
        const done = (await link.request("delete", { ids, count: number })) as { deleted: number };
        const kept = number - done.deleted;
        single.value = `Deleted ${counted(done.deleted, "key")}${kept > 0 ? `, ${count(kept)} were gone already` : ""}`;
        frame.announce(single.value);
      }
      selection.clear();
    } catch (error) {
      single.value = `Not deleted: ${error instanceof Error ? error.message : error}`;
      frame.announce(single.value);
    }
  }

  function forget(): void {
    single.value = null;
    seen.value = state.peek().bulk;
    begun.value = false;
  }

  function dismiss(): void {
    forget();
    leave();
  }

  async function copyCode(of: string, from: HTMLButtonElement): Promise<void> {
    const { code } = (await link.request("code", { of })) as { code: string };
    await frame.copy(code, "Code", from);
  }

  function content(now: Step): (Node | string)[] {
    const { editable, bulk } = state.peek();
    const name = visible(state.peek().title.name ?? "the store", 60);
    const space = span("sp");
    switch (now) {
      case "picked": {
        const all = selection.all.peek();
        const copy: HTMLButtonElement = button(
          { title: "Copy the cell that selects these" },
          () => void copyCode(all ? "view" : "selection", copy).catch(() => {}),
          icon("code"),
          "Copy as code",
        );
        return [
          h("b", {}, all ? `All ${keys()} that match` : `${keys()} selected`),
          space,
          ...(editable
            ? [copy, button({ class: "btn danger", title: "Delete (Del)" }, remove, "Delete…")]
            : [locked(), copy]),
          button(
            { class: "btn icon", "aria-label": "Select none", title: "Select none" },
            none,
            icon("close"),
          ),
        ];
      }
      case "confirm": {
        if (!editable) {
          return [h("b", {}, `${keys()} selected`), space, locked(), button({}, cancel, "Close")];
        }
        const doomed = counted(asking.peek()?.count ?? 0, "key");
        return [
          glyph("evict"),
          h("b", {}, `Delete ${doomed} from ${name}?`),
          span("s", "This cannot be undone."),
          space,
          button({ "data-first": true }, cancel, "Cancel"),
          button({ class: "btn danger" }, () => void confirmed(), `Delete ${doomed}`),
        ];
      }
      case "running":
        return [
          running,
          meter,
          space,
          button({}, () => void link.request("cancel", {}).catch(() => {}), "Cancel"),
        ];
      case "ended":
        return [
          h("span", {}, single.peek() ?? summary(bulk)),
          space,
          button({ class: "btn icon", "aria-label": "Dismiss", title: "Dismiss" }, dismiss, icon("close")),
        ];
    }
  }

  function locked(): HTMLElement {
    return span(
      "s locked",
      icon(LOCK),
      "Read only: ",
      h("code", {}, `inspect(${visible(state.peek().title.name ?? "store", 40)}, editable=True)`),
    );
  }

  function cancel(): void {
    asking.value = null;
    leave();
  }

  function none(): void {
    selection.clear();
    leave();
  }

  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (step.peek() === "confirm") cancel();
    else if (step.peek() === "picked") none();
    else dismiss();
  });

  let many = selection.count.peek() > 1;
  const stops = [
    effect(() => {
      const now = step.value;
      void [selection.count.value, selection.all.value, single.value];
      const held = hasFocus(element) ? element.querySelector("button:focus")?.textContent : null;
      element.hidden = now === null;
      element.classList.toggle("warn", now === "confirm" && editable.value);
      if (now === "confirm" && editable.value) {
        element.setAttribute("role", "alertdialog");
        element.setAttribute("aria-label", `Delete ${keys()}?`);
      } else {
        element.setAttribute("role", "group");
        element.setAttribute("aria-label", "Selected keys");
      }
      if (now !== null) element.replaceChildren(...content(now));
      // Without it a key pressed next would be meant for the notebook.
      if (held === null) return;
      const all = [...element.querySelectorAll("button")];
      if (now === null) leave();
      else (all.find((each) => each.textContent === held) ?? all[0])?.focus();
    }),
    effect(() => {
      const { bulk } = state.value;
      if (!bulk) return;
      setText(running, `Deleting ${count(bulk.done)} of ${count(bulk.total)} keys`);
      const part = bulk.total ? bulk.done / bulk.total : 0;
      meter.setAttribute("aria-valuenow", String(Math.floor(100 * part)));
      fill.style.width = `${100 * part}%`;
    }),
    effect(() => {
      const picked = selection.count.value > 1;
      if (picked && !many && step.peek() === "ended") untracked(forget);
      many = picked;
    }),
    effect(() => {
      // The selection that was to be deleted is another one now.
      if (asking.value && asking.value.count > 0 && selection.count.value !== asking.value.count) {
        asking.value = null;
      }
    }),
    effect(() => {
      const { bulk } = state.value;
      if (step.value === "ended" && bulk && single.value === null) frame.announce(summary(bulk));
    }),
  ];
  return {
    element,
    remove,
    dispose: stopAll(stops),
  };
}

function summary(bulk: Bulk | null): string {
  if (!bulk) return "";
  const parts = [`Deleted ${counted(bulk.deleted, "key")}`];
  if (bulk.kept) parts.push(`${count(bulk.kept)} kept: written to since`);
  if (bulk.gone) parts.push(`${count(bulk.gone)} were gone already`);
  if (bulk.state === "cancelled") parts.push(`cancelled after ${count(bulk.done)} of ${count(bulk.total)}`);
  if (bulk.state === "failed") parts.push(`then failed: ${visible(bulk.message, 200)}`);
  return parts.join(", ");
}
