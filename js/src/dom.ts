type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;
type Child = Node | string | null | undefined | false;

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: attributes (null and false leave one out, true means empty) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

export const div = (name: string, ...children: Child[]) => h("div", { class: name }, ...children);
export const span = (name: string, ...children: Child[]) => h("span", { class: name }, ...children);

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** Sets attributes; null and false leave one as it is. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Attributes of every element that can hold the focus: notebook shortcuts must not fire in it. */
export const FOCUSABLE = { "data-lm-suppress-shortcuts": "true" } as const;

export function button(
  attributes: Attributes,
  onClick: (event: MouseEvent) => void,
  ...children: Child[]
): HTMLButtonElement {
  const element = h("button", { type: "button", class: "btn", ...FOCUSABLE, ...attributes }, ...children);
  element.addEventListener("click", onClick);
  return element;
}

/** Sets the text only where it differs: an unchanged live region must stay silent. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Puts text on the clipboard; false where the page may not. */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http and some embedded frames have no clipboard; the selection still works there.
    const area = h("textarea", { class: "sr", "aria-hidden": "true", tabindex: -1 });
    area.value = text;
    const focused = (near.getRootNode() as Document | ShadowRoot).activeElement;
    near.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    (focused as HTMLElement | null)?.focus({ preventScroll: true });
    return done;
  }
}

/** Whether the focus is in the element, also where that is in a shadow tree. */
export function hasFocus(element: Element): boolean {
  return element.contains((element.getRootNode() as Document | ShadowRoot).activeElement);
}

/**
 * Makes these the element's children. Those that are there stay the same, and one that has the focus keeps
 * it: it is not moved, the others are moved around it.
 */
export function arrange(parent: Element, children: readonly Element[]): void {
  const wanted = new Set(children);
  for (const old of [...parent.children]) if (!wanted.has(old)) old.remove();
  const focused = children.find(hasFocus);
  for (const [i, child] of children.entries()) {
    if (child === focused) while (parent.children[i] !== child) parent.append(parent.children[i]!);
    else if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  }
}

/** Whether the key is pressed with one that makes it a command to the page or the notebook. */
export const modified = ({ ctrlKey, metaKey, altKey }: KeyboardEvent) => ctrlKey || metaKey || altKey;
