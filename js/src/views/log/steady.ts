import { effect, type ReadonlySignal } from "@preact/signals-core";

/**
 * Keeps `element`, the last part of a frame, where it is while the past is shown: what is above it must not
 * get lower, or whoever steps from moment to moment would have to follow the button.
 */
export function createSteady(element: HTMLElement, past: ReadonlySignal<boolean>): () => void {
  let frame: HTMLElement | null = null;
  let body: HTMLElement | null = null;
  let width = 0;
  let place = 0; // below the frame's top, now

  const below = () => element.getBoundingClientRect().top - frame!.getBoundingClientRect().top;
  function look(): void {
    if (!frame || !body || (past.peek() && frame.clientWidth === width)) return;
    body.style.minHeight = ""; // of another width it is not known
    if (past.peek()) return;
    width = frame.clientWidth;
    place = below();
  }
  const observer = new ResizeObserver(look);
  requestAnimationFrame(() => {
    frame = element.closest(".frame"); // it is in there by then
    body = frame?.querySelector<HTMLElement>(":scope > .body") ?? null;
    if (frame) observer.observe(frame);
  });
  const stop = effect(() => {
    if (!past.value) look();
    else
      requestAnimationFrame(() => {
        const higher = frame && place - below();
        if (body && higher && higher > 0 && past.peek())
          body.style.minHeight = `${body.offsetHeight + higher}px`;
      });
  });
  return () => {
    observer.disconnect();
    stop();
  };
}
