import { computed, effect, signal, untracked } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, hasFocus, modified, span } from "../../dom.js";
import { iconButton } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { EDIT } from "../../pictures.js";
import { stopAll } from "../../stops.js";
import { paintText } from "../../text.js";
import type {
  CacheState,
  Edit,
  KeyTableState,
  OpenKey,
  Packed,
  ValueNode,
  ValueView,
} from "../../wire.gen.js";

import type { Frame } from "../frame.js";
import { createTree, type Tree } from "../tree.js";
import { type Context, makePart, type Part } from "./blocks.js";
import { createFormats } from "./formats.js";
import { type Block, followValue } from "./value.js";

const FOCUS_WITHIN = 1_000; // ms that the focus waits for a value to arrive

/** A form in place of the value. */
export interface Editing {
  readonly open: OpenKey;
  readonly element: HTMLElement;
  changed(): boolean;
  focus(): void;
  dispose(): void;
}

export interface PaneOptions {
  /** What is open, and what is known of it; `paint` may read signals. */
  head: { element: HTMLElement; paint(open: OpenKey, packed: Packed | null): void };
  edit?(open: OpenKey, edit: Edit, close: () => void): Editing;
}

/** The value of the open key or entry, while there is one. */
export function createValuePane(
  link: Link<KeyTableState | CacheState>,
  frame: Pick<Frame, "announce" | "copy">,
  options: PaneOptions,
): View & { focus(): void } {
  const { head } = options;
  const editing = signal<Editing | null>(null);
  const marking = signal(false); // text is being marked, to be copied
  const subject = computed(() => {
    const { open } = link.state.value;
    const edited = editing.value?.open;
    return edited && edited.id !== open?.id ? edited : open;
  });
  const value = followValue(
    link,
    computed(() => marking.value || editing.value !== null),
  );
  /** What is shown, if it is of the key that is open. */
  const current = computed<ValueView | null>(() => {
    const shown = value.shown.value;
    return shown && shown.id === subject.value?.id ? shown.parts[0] : null;
  });
  const formats = createFormats(value.choose);
  const trees = new Map<string, Tree>();
  let parts: Part[] = [];
  let painted = { id: -1, format: "", blocks: "", loaded: 0 };
  let focusUntil = 0;

  const copyButton = iconButton("copy", "Copy value", "C", () => void copy());
  const editButton = iconButton(EDIT, "Edit value", "", edit);
  const closeButton = iconButton("close", "Close value", "", () => {
    leave();
    void link.request("open", { id: null });
  });
  const problem = span("");
  const problemLine = h("p", { class: "problem", role: "alert" }, problem, button({}, value.retry, "Retry"));
  const panel = h("div", { class: "panel", role: "tabpanel", tabindex: 0, ...FOCUSABLE });
  const element = h(
    "div",
    { class: "val", role: "group", "aria-label": "Value", tabindex: -1, ...FOCUSABLE },
    div("vtop", head.element, closeButton),
    problemLine,
    div("vtabs", formats.element, span("sp"), editButton, copyButton),
    panel,
  );

  const context: Omit<Context, "refresh"> = {
    tree(place) {
      const tree = trees.get(place) ?? createTree("Value", { pages: true });
      trees.set(place, tree);
      return tree;
    },
    load: (path, offset) => value.ask<ValueNode>({ path, offset }),
    more: value.more,
  };

  function paint(): void {
    const shown = value.shown.value;
    if (!shown) return;
    const [{ format, ...first }, ...continued] = shown.parts;
    const blocks = JSON.stringify(first.blocks);
    const refresh = painted.id === shown.id && painted.format === format;
    if (!refresh || painted.blocks !== blocks || painted.loaded > continued.length) {
      show(first.blocks, refresh);
      painted = { id: shown.id, format, blocks, loaded: 0 };
    }
    for (const { blocks } of continued.slice(painted.loaded)) {
      for (const block of blocks)
        parts[first.blocks.findIndex(({ kind }) => kind === block.kind)]?.append?.(block);
    }
    painted.loaded = continued.length;
    panel.setAttribute("aria-label", format);
    formats.paint(first.formats, format);
  }

  function show(blocks: Block[], refresh: boolean): void {
    const focused = hasFocus(panel);
    for (const part of parts) part.dispose?.();
    parts = blocks.map((block, i) => makePart(block, { ...context, refresh }, String(i)));
    // Elements that stay, as trees do, are not touched: they may have the focus.
    for (const [i, { element }] of parts.entries()) {
      const old = panel.children[i];
      if (!old) panel.append(element);
      else if (old !== element) old.replaceWith(element);
    }
    while (panel.children.length > parts.length) panel.lastChild!.remove();
    if (!refresh) panel.scrollTo(0, 0);
    if (focused && !hasFocus(panel)) focus();
  }

  async function copy(): Promise<void> {
    let what = "Value";
    // innerText, as lines and cells are to stay apart
    let text = parts.map((part) => part.text?.() ?? part.element.innerText).join("\n");
    const shown = value.shown.peek();
    const first = shown?.parts[0];
    if (first?.blocks.some(({ kind }) => kind === "tree")) {
      // Rather the text that the tree was made of.
      const { blocks } = first.formats.includes("text")
        ? await value.ask<ValueView>({ format: "text" })
        : first;
      const [raw] = blocks;
      text = first.edit?.text ?? (raw?.kind === "text" ? raw.text : text);
    }
    if (panel.querySelector(".moreline:not([hidden])")) what = "The part shown";
    await frame.copy(text, what, copyButton);
  }

  function edit(): void {
    const open = subject.peek();
    const first = current.peek();
    if (!open || !first?.edit || !options.edit) return;
    editing.value = options.edit({ ...open, version: first.version }, first.edit, endEditing);
    element.append(editing.value.element);
    editing.value.focus();
  }

  function endEditing(): void {
    const form = editing.peek()!;
    const focused = hasFocus(form.element);
    form.dispose();
    form.element.remove();
    editing.value = null;
    if (focused) focus();
  }

  function focus(): void {
    focusUntil = Date.now() + FOCUS_WITHIN;
    takeFocus();
  }

  function takeFocus(): void {
    if (element.hidden || (Date.now() > focusUntil && !element.matches(":focus"))) return;
    if (!current.peek() && !editing.peek()) {
      element.focus(); // the panel is not shown before its value is
      return;
    }
    focusUntil = 0;
    if (editing.peek()) editing.peek()!.focus();
    else (panel.querySelector<HTMLElement>("[role='treeitem'][tabindex='0']") ?? panel).focus();
  }

  /** Back to the grid. */
  function leave(): void {
    focusUntil = 0;
    const grid = element.closest(".panes")?.querySelector(".gridbox .rows");
    const row =
      grid?.querySelector<HTMLElement>("[tabindex='0']") ?? grid?.querySelector<HTMLElement>(".row");
    row?.focus({ preventScroll: true });
  }

  element.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.defaultPrevented || modified(event)) return;
    const format = current.peek()?.formats[Number(key) - 1];
    if (key === "Escape") leave();
    else if (key === "c" || key === "C") void copy();
    else if (format !== undefined) value.choose(format);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function onSelect(): void {
    const selection = getSelection();
    marking.value = selection?.type === "Range" && panel.contains(selection.anchorNode);
  }
  document.addEventListener("selectionchange", onSelect);

  const stops = [
    effect(paint),
    effect(() => {
      const open = subject.value;
      const first = current.value;
      if (!open && hasFocus(element)) untracked(leave);
      else if (!first && hasFocus(panel)) element.focus();
      element.hidden = open === null;
      element.classList.toggle("gone", open?.gone ?? false);
      element.classList.toggle("other", first === null);
      element.classList.toggle("edited", editing.value !== null);
      if (open) head.paint(open, first?.packed ?? null);
      editButton.hidden = !link.state.value.editable;
      editButton.setAttribute("aria-disabled", String(!first?.edit));
      editButton.title = first?.reason || "Edit value";
      problemLine.hidden = value.problem.value === "";
      paintText(problem, value.problem.value, 500);
      untracked(takeFocus);
    }),
    effect(() => {
      // A form in which nothing was changed gives way to the key that is opened.
      const id = link.state.value.open?.id;
      const form = editing.value;
      if (form && form.open.id !== id && !form.changed()) untracked(endEditing);
    }),
    value.dispose,
    () => {
      document.removeEventListener("selectionchange", onSelect);
      editing.peek()?.dispose();
      for (const part of parts) part.dispose?.();
    },
  ];
  return {
    element,
    focus,
    dispose: stopAll(stops),
  };
}
