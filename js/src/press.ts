const LONGEST = 500; // ms from the press to the click

/**
 * While the pointer is pressed nothing changes in the element: what is to be done waits for the click, which
 * so meets what was pressed. A slider moves at once, and is not held up.
 */
export function createPress(element: HTMLElement): (act: () => void) => void {
  let waiting: (() => void)[] | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    clearTimeout(timer);
    const acts = waiting ?? [];
    waiting = null;
    for (const act of acts) act();
  }
  element.addEventListener("pointerdown", ({ target }) => {
    if ((target as Element).closest("[role=slider]")) return;
    waiting ??= [];
    clearTimeout(timer);
    timer = setTimeout(end, LONGEST);
  });
  element.addEventListener("click", end); // once all others have heard it
  return (act) => void (waiting ? waiting.push(act) : act());
}
