import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { button, h } from "../../dom.js";
import { type IconName, icon } from "../../icons.js";
import type { Link } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { KeyTableState } from "../../wire.gen.js";
import { createPopover } from "../popover.js";

/** Widths (pixels) below which the namespaces have no room of their own beside the grid. */
const NARROW = 640;
const TIGHT = 800; // with a value open
/** Keys up to which namespaces are counted unasked. */
const COUNTED = 100_000;

export type Face = "tree" | "space" | "feed";

export interface Faces {
  /** The buttons. */
  element: HTMLElement;
  readonly narrow: ReadonlySignal<boolean>;
  /** Shown beside the grid, above or below it. */
  shown(face: Face): boolean;
  /** Whether the kernel is asked for what a face shows. */
  wanted(face: Face): boolean;
  toggle(face: Face): void;
  dispose(): void;
}

/** Which faces are shown; where the namespaces have no room, they are behind their button. */
export function createFaces(
  { state }: Link<KeyTableState>,
  width: ReadonlySignal<number>,
  tree: { element: HTMLElement; focus(): void },
  slot: HTMLElement,
): Faces {
  const wish = signal<Partial<Record<Face, boolean>>>({});
  const popped = signal(false);
  const narrow = computed(() => width.value < NARROW);
  const roomy = computed(() => !narrow.value && (width.value >= TIGHT || state.value.open === null));
  let was = false; // the control that brings them back must not go with the last delimiter
  const spaced = computed(() => {
    was ||= state.value.delimiters !== "" && state.value.total <= COUNTED;
    return was;
  });

  function shown(face: Face): boolean {
    if (face !== "tree") return wish.value[face] ?? false;
    return roomy.value && (wish.value.tree ?? spaced.value);
  }

  function toggle(face: Face): void {
    if (face === "tree" && !roomy.peek()) buttons.tree.click();
    else wish.value = { ...wish.peek(), [face]: !shown(face) };
  }

  const make = (face: Face, label: string, name: IconName) =>
    button(
      { "aria-label": label, title: `${label} (${label[0] === "L" ? "F" : face[0]!.toUpperCase()})` },
      () => {
        if (face !== "tree" || roomy.peek()) toggle(face);
      },
      icon(name),
    );
  const buttons: Record<Face, HTMLButtonElement> = {
    tree: make("tree", "Namespaces", "tree"),
    space: make("space", "Space", "space"),
    feed: make("feed", "Latest changes", "feed"),
  };
  const box = h("div", { class: "treebox", role: "dialog", "aria-label": "Namespaces" });
  const popover = createPopover(buttons.tree, box, {
    open() {
      popped.value = true;
      tree.focus();
    },
    close() {
      popped.value = false;
    },
  });
  const element = h(
    "span",
    { class: "seg", role: "group", "aria-label": "Faces" },
    popover.element,
    buttons.space,
    buttons.feed,
  );

  const stops = [
    effect(() => {
      const inline = roomy.value;
      if (inline && popped.peek()) popover.close();
      buttons.tree.popoverTargetElement = inline ? null : box;
      if (inline) buttons.tree.removeAttribute("aria-expanded");
      else buttons.tree.setAttribute("aria-expanded", String(popped.value));
      const home = inline ? slot : box;
      if (tree.element.parentElement !== home) home.append(tree.element);
      slot.hidden = !shown("tree");
    }),
    effect(() => {
      for (const face of ["tree", "space", "feed"] as const) {
        if (face === "tree" && !roomy.value) buttons.tree.removeAttribute("aria-pressed");
        else buttons[face].setAttribute("aria-pressed", String(shown(face)));
      }
    }),
  ];
  return {
    element,
    narrow,
    shown,
    wanted: (face) => shown(face) || (face === "tree" && popped.value),
    toggle,
    dispose: stopAll(stops),
  };
}
