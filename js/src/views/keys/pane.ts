import { computed, effect, signal, untracked } from "@preact/signals-core";
import { button, FOCUSABLE, h } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { paintText } from "../../text.js";
import type { KeyTableState, OpenKey } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createTree, type Tree } from "../tree.js";
import { makePart, type Part } from "./blocks.js";
import { createEdit, type Editing } from "./edit.js";
import { createFormats } from "./formats.js";
import { createHead } from "./head.js";
import { followValue } from "./value.js";

/** The value of the open key, while there is one. */
export function createValuePane(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce" | "copy">,
): View & { focus(): void } {
  const editing = signal<Editing | null>(null);
  const marking = signal(false); // text is being marked, to be copied
  const subject = computed<OpenKey | null>(() => {
    const { open } = link.state.value;
    const edited = editing.value?.open;
    return edited && edited.id !== open?.id ? edited : open;
  });
  const value = followValue(
    link,
    computed(() => marking.value || editing.value !== null),
  );
  const head = createHead();
  const formats = createFormats(value.choose);
  const trees = new Map<string, Tree>();
  let parts: Part[] = [];
  let painted: { id: number; format: string; blocks: string; loaded: number } | null = null;

  const copyButton: HTMLButtonElement = button(
    { class: "btn icon", "aria-label": "Copy value", title: "Copy value (C)" },
    () => void frame.copy(parts.map((part) => part.text()).join("\n"), "Value", copyButton),
    icon("copy"),
  );
  const editButton = button(
    { class: "btn icon", "aria-label": "Edit value" },
    () => {
      const open = subject.peek();
      const first = value.shown.peek()?.parts[0];
      if (!open || first?.id !== open.id || !first.edit) return;
      const edited = { ...open, version: first.version };
      editing.value = createEdit(link, frame, edited, first.edit, endEditing);
      editing.value.focus();
    },
    icon("edit"),
  );
  const closeButton = button(
    { class: "btn icon", "aria-label": "Close value", title: "Close" },
    () => {
      leave();
      void link.request("open", { id: null });
    },
    icon("close"),
  );
  const problem = h("span");
  const problemLine = h("p", { class: "problem", role: "alert" }, problem, button({}, value.retry, "Retry"));
  const panel = h("div", { class: "panel", role: "tabpanel", tabindex: 0, ...FOCUSABLE });
  const element = h(
    "div",
    { class: "val", role: "group", "aria-label": "Value" },
    h("div", { class: "vtop" }, head.element, closeButton),
    h("div", { class: "vtabs" }, formats.element, h("span", { class: "sp" }), editButton, copyButton),
    problemLine,
    panel,
  );

  function endEditing(): void {
    const form = editing.peek();
    if (!form) return;
    const focused = form.element.contains((element.getRootNode() as Document).activeElement);
    form.dispose();
    form.element.remove();
    editing.value = null;
    if (focused) focus();
  }

  function treeAt(place: string): Tree {
    const tree = trees.get(place) ?? createTree("Value", { pages: true });
    trees.set(place, tree);
    return tree;
  }

  function paint(): void {
    const shown = value.shown.value;
    if (!shown) return;
    const [first, ...continued] = shown.parts;
    const blocks = JSON.stringify(first.blocks);
    const same = painted?.id === shown.id && painted.format === first.format;
    if (!same || painted!.blocks !== blocks || painted!.loaded > continued.length) {
      show(first.blocks, same);
      painted = { id: shown.id, format: first.format, blocks, loaded: 0 };
    }
    for (const next of continued.slice(painted!.loaded)) {
      for (const block of next.blocks) {
        const at = first.blocks.findIndex(({ kind }) => kind === block.kind);
        parts[at]?.append?.(block);
      }
    }
    painted!.loaded = continued.length;
    panel.setAttribute("aria-label", first.format);
    formats.paint(first.formats, first.format);
  }

  function show(blocks: Parameters<typeof makePart>[0][], refresh: boolean): void {
    const { scrollTop, scrollLeft } = panel;
    const focused = (element.getRootNode() as Document).activeElement;
    const inTree = panel.contains(focused) && focused !== panel;
    for (const part of parts) part.dispose?.();
    const context = { tree: treeAt, load: value.child, more: value.more, refresh };
    parts = blocks.map((block, i) => makePart(block, context, String(i)));
    // Elements that stay, as trees do, are not touched: they may have the focus.
    for (const [i, { element }] of parts.entries()) {
      const old = panel.children[i];
      if (!old) panel.append(element);
      else if (old !== element) old.replaceWith(element);
    }
    while (panel.children.length > parts.length) panel.lastElementChild!.remove();
    panel.scrollTo(refresh ? { top: scrollTop, left: scrollLeft } : { top: 0, left: 0 });
    if (inTree && !panel.contains((element.getRootNode() as Document).activeElement)) focus();
  }

  function focus(): void {
    if (editing.peek()) editing.peek()!.focus();
    else (panel.querySelector<HTMLElement>("[role='treeitem'][tabindex='0']") ?? panel).focus();
  }

  /** Back to the grid. */
  function leave(): void {
    element.closest(".imw")?.querySelector<HTMLElement>("[role='grid'] [tabindex='0']")?.focus();
  }

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const format = value.shown.peek()?.parts[0].formats[Number(event.key) - 1];
    if (event.key === "Escape") leave();
    else if (event.key === "c" || event.key === "C") copyButton.click();
    else if (format !== undefined) value.choose(format);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  element.addEventListener("keydown", onKey);

  function onSelect(): void {
    const selected = document.getSelection();
    marking.value = selected?.type === "Range" && panel.contains(selected.anchorNode);
  }
  document.addEventListener("selectionchange", onSelect);

  const stops = [
    effect(() => {
      const open = subject.value;
      element.hidden = open === null;
      if (!open) return;
      const shown = value.shown.value;
      const current = shown?.id === open.id;
      head.paint(open, current ? shown.parts[0].packed : null, link.state.value.delimiters, link.now.value);
      element.classList.toggle("gone", open.gone);
      element.classList.toggle("other", !current);
      panel.setAttribute("aria-busy", String(!current));
    }),
    effect(paint),
    effect(() => {
      const form = editing.value;
      element.classList.toggle("edited", form !== null);
      if (form && !form.element.isConnected) element.append(form.element);
      // A form in which nothing was changed follows the open key.
      const id = link.state.value.open?.id;
      if (form && form.open.id !== id && !form.changed()) untracked(endEditing);
    }),
    effect(() => {
      const first = value.shown.value?.parts[0];
      editButton.hidden = !link.state.value.editable;
      editButton.setAttribute("aria-disabled", String(!first?.edit));
      editButton.title = first?.edit ? "Edit value" : (first?.reason ?? "");
    }),
    effect(() => {
      problemLine.hidden = value.problem.value === "";
      paintText(problem, value.problem.value, 500);
    }),
    value.dispose,
    () => document.removeEventListener("selectionchange", onSelect),
    () => editing.peek()?.dispose(),
  ];
  return {
    element,
    focus,
    dispose() {
      for (const part of parts) part.dispose?.();
      for (const stop of stops) stop();
    },
  };
}
