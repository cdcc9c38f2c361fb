import type { Face } from "./faces.js";

const FACES: Readonly<Record<string, Face>> = { t: "tree", s: "space", f: "feed" };

/** Keys that mean the same wherever the focus is in the widget, and those of the grid; returns the way to stop. */
export function createShortcuts(
  root: HTMLElement,
  grid: HTMLElement,
  does: {
    filter(): void;
    help(): void;
    face(face: Face): void;
    remove(): void;
    all(): void;
    /** Whether there was a selection to give up. */
    none(): boolean;
  },
): () => void {
  function inGrid(event: KeyboardEvent): boolean {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") does.all();
    else if (event.ctrlKey || event.metaKey) return false;
    else if (event.key === "Delete" || event.key === "Backspace") does.remove();
    else return event.key === "Escape" && does.none();
    return true;
  }

  function anywhere(event: KeyboardEvent): boolean {
    const face = FACES[event.key.toLowerCase()];
    if (event.ctrlKey || event.metaKey) return false;
    if (event.key === "/") does.filter();
    else if (event.key === "?") does.help();
    else if (face) does.face(face);
    else return false;
    return true;
  }

  function onKey(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (event.defaultPrevented || event.altKey || target.closest("input, textarea, select")) return;
    if (!(grid.contains(target) && inGrid(event)) && !anywhere(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }
  // Before the frame's own, to which Escape means to leave.
  root.firstElementChild!.addEventListener("keydown", onKey as EventListener);
  return () => root.firstElementChild?.removeEventListener("keydown", onKey as EventListener);
}
