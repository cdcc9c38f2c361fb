/** Opens a sheet; closed, it is gone, and the focus where it was. */
export function openSheet(place: HTMLElement, sheet: HTMLDialogElement): void {
  const before = (place.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;
  place.append(sheet);
  sheet.addEventListener("close", () => {
    sheet.remove();
    before?.focus({ preventScroll: true });
  });
  sheet.showModal();
}
