import { FOCUSABLE, h, modified } from "../dom.js";

export interface SplitterOptions {
  label: string;
  /** The line between parts beside each other is vertical. */
  orientation: "vertical" | "horizontal";
  /** Pixels one step of the arrow keys moves by. */
  step: number;
  /** In pixels; also what it could be. */
  value(): { now: number; min: number; max: number };
  /** null: as it was at first. */
  set(size: number | null): void;
  tabbable?: boolean;
}

export interface Splitter {
  element: HTMLElement;
  /** Moves it by so many steps. */
  move(steps: number): void;
  /** The size changed. */
  update(): void;
}

/** A line that can be dragged, moved with the arrow keys, and put back by a double click. */
export function createSplitter({
  label,
  orientation,
  step,
  value,
  set,
  tabbable,
}: SplitterOptions): Splitter {
  const element = h("span", {
    class: `splitter ${orientation}`,
    role: "separator",
    "aria-label": label,
    "aria-orientation": orientation,
    title: "Drag, or double click to reset",
    ...FOCUSABLE,
    tabindex: tabbable ? 0 : -1,
  });
  const along = (event: PointerEvent) => (orientation === "vertical" ? event.clientX : event.clientY);

  function update(): void {
    const { now, min, max } = value();
    for (const [name, size] of Object.entries({ now, min, max })) {
      element.setAttribute(`aria-value${name}`, String(Math.round(size)));
    }
  }

  function to(size: number): void {
    const { min, max } = value();
    set(Math.min(Math.max(size, min), max));
    update();
  }

  const move = (steps: number) => to(value().now + steps * step);

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    const from = along(event);
    const { now } = value();
    const drag = (moved: PointerEvent) => to(now + along(moved) - from);
    element.addEventListener("pointermove", drag);
    element.addEventListener("lostpointercapture", () => element.removeEventListener("pointermove", drag), {
      once: true,
    });
  });
  element.addEventListener("dblclick", () => {
    set(null);
    update();
  });
  element.addEventListener("click", (event) => event.stopPropagation());
  element.addEventListener("keydown", (event) => {
    const { min, max } = value();
    const actions: Record<string, () => void> = {
      ArrowLeft: () => move(-1),
      ArrowUp: () => move(-1),
      ArrowRight: () => move(1),
      ArrowDown: () => move(1),
      Home: () => to(min),
      End: () => to(max),
      Enter: () => set(null),
    };
    const action = actions[event.key];
    if (!action || modified(event)) return;
    event.preventDefault();
    action();
    update();
  });
  return { element, move, update };
}
