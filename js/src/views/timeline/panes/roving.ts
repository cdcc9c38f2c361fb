import { modified } from "../../../dom.js";

/** One stop of the Tab key in the list; the arrow keys move in it. To be called when the list is another one. */
export function createRoving(list: HTMLElement, selector: string): () => void {
  let active: Element | null = null;
  const stops = () => [...list.querySelectorAll<HTMLElement>(selector)];

  function rove(): void {
    const all = stops();
    if (!all.includes(active as HTMLElement)) active = all[0] ?? null;
    for (const stop of all) stop.tabIndex = stop === active ? 0 : -1;
  }

  list.addEventListener("focusin", ({ target }) => {
    if (!(target as Element).matches(selector)) return;
    active = target as Element;
    rove();
  });
  list.addEventListener("keydown", (event) => {
    if (modified(event) || event.shiftKey || !(event.target as Element).matches(selector)) return;
    const all = stops();
    const at = all.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all[Math.min(Math.max(0, to), all.length - 1)]?.focus();
  });
  return rove;
}
