import { FOCUSABLE, modified, setAttributes } from "../dom.js";

export interface Slides {
  /** To where on it the pointer is. */
  point(event: PointerEvent): void;
  /** By so many steps; a page is several. */
  by(steps: number): void;
  first(): void;
  last(): void;
  toggle(): void;
}

const FAR = 5; // steps that a page is

/** Makes the element a slider that the pointer drags and the keyboard moves; Space plays. */
export function slide(element: HTMLElement, label: string, { point, by, first, last, toggle }: Slides): void {
  setAttributes(element, { role: "slider", tabindex: 0, "aria-label": label, ...FOCUSABLE });
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    point(event);
    let place = event.clientX;
    const drag = (moved: PointerEvent) => {
      if (moved.clientX !== place) point(moved);
      place = moved.clientX;
    };
    element.addEventListener("pointermove", drag);
    element.addEventListener("lostpointercapture", () => element.removeEventListener("pointermove", drag), {
      once: true,
    });
  });
  element.addEventListener("keydown", (event) => {
    if (modified(event)) return;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => by(-1),
      ArrowDown: () => by(-1),
      ArrowRight: () => by(1),
      ArrowUp: () => by(1),
      PageDown: () => by(-FAR),
      PageUp: () => by(FAR),
      Home: first,
      End: last,
      " ": toggle,
    };
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
}
