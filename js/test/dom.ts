import { vi } from "vitest";

type Child = FakeElement | FakeText;
type Listener = (event: FakeEvent) => void;

class FakeText {
  parent: FakeElement | null = null;
  constructor(public textContent: string) {}
}

export interface FakeEvent {
  type: string;
  target: FakeElement;
  defaultPrevented: boolean;
  preventDefault(): void;
  stopPropagation(): void;
  [other: string]: unknown;
}

/** As much of an element as views of plain content need; laid out it is not. */
export class FakeElement {
  parent: FakeElement | null = null;
  readonly nodes: Child[] = [];
  readonly attributes = new Map<string, string>();
  readonly dataset: Record<string, string> = {};
  readonly style: Record<string, string> = {};
  hidden = false;
  hovered = false;
  tabIndex = 0;
  private readonly listeners = new Map<string, Listener[]>();
  readonly classList = {
    toggle: (name: string, on: boolean) => {
      const names = new Set(this.className.split(" ").filter(Boolean));
      names[on ? "add" : "delete"](name);
      this.className = [...names].join(" ");
    },
    contains: (name: string) => this.className.split(" ").includes(name),
  };

  constructor(readonly tag: string) {}

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
    if (name.startsWith("data-")) this.dataset[name.slice(5)] = value;
    if (name === "hidden") this.hidden = true;
  }
  removeAttribute = (name: string) => void this.attributes.delete(name);
  getAttribute = (name: string) => this.attributes.get(name) ?? null;
  get className(): string {
    return this.attributes.get("class") ?? "";
  }
  set className(name: string) {
    this.attributes.set("class", name);
  }
  get title(): string {
    return this.attributes.get("title") ?? "";
  }
  set title(text: string) {
    this.attributes.set("title", text);
  }
  get children(): FakeElement[] {
    return this.nodes.filter((node) => node instanceof FakeElement);
  }
  get childElementCount(): number {
    return this.children.length;
  }
  get firstElementChild(): FakeElement | null {
    return this.children[0] ?? null;
  }
  get lastElementChild(): FakeElement | null {
    return this.children.at(-1) ?? null;
  }
  get textContent(): string {
    return this.nodes.map((node) => node.textContent).join("");
  }
  set textContent(text: string) {
    this.replaceChildren(text);
  }
  get isConnected(): boolean {
    return this.tag === "body" || (this.parent?.isConnected ?? false);
  }
  append(...nodes: (Child | string)[]): void {
    for (const node of nodes) this.insertBefore(typeof node === "string" ? new FakeText(node) : node, null);
  }
  insertBefore(node: Child, next: Child | null): void {
    if (node instanceof FakeElement) node.remove();
    node.parent = this;
    this.nodes.splice(next ? this.nodes.indexOf(next) : this.nodes.length, 0, node);
  }
  replaceChildren(...nodes: (Child | string)[]): void {
    this.nodes.length = 0;
    this.append(...nodes.filter((node) => node !== ""));
  }
  replaceWith(node: FakeElement): void {
    this.parent!.insertBefore(node, this);
    this.remove();
  }
  remove(): void {
    const nodes = this.parent?.nodes;
    if (nodes && this.contains(focused)) focused = null; // as in a page
    if (nodes) nodes.splice(nodes.indexOf(this), 1);
    this.parent = null;
  }
  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  /** Sends an event to the element, and up from there. */
  send(type: string, more: Record<string, unknown> = {}): FakeEvent {
    let stopped = false;
    const event: FakeEvent = {
      type,
      target: this,
      defaultPrevented: false,
      preventDefault: () => {
        event.defaultPrevented = true;
      },
      stopPropagation: () => {
        stopped = true;
      },
      ...more,
    };
    for (let at: FakeElement | null = this; at && !stopped; at = at.parent)
      for (const listener of at.listeners.get(type) ?? []) listener(event);
    return event;
  }
  click = () => this.send("click");
  focus(): void {
    focused = this;
    this.send("focusin");
  }
  matches = (selector: string) =>
    (selector === ":focus" && focused === this) || (selector === ":hover" && this.hovered);
  contains = (other: FakeElement | null): boolean =>
    other !== null && (other === this || this.contains(other.parent));
  /** Knows `[role=…]`. */
  closest = (selector: string): FakeElement | null =>
    `[role=${this.getAttribute("role")}]` === selector ? this : (this.parent?.closest(selector) ?? null);
  getRootNode = () => ({ activeElement: focused });
  /** All below it with that class, in order. */
  all(name: string): FakeElement[] {
    return this.children.flatMap((child) => [
      ...(child.classList.contains(name) ? [child] : []),
      ...child.all(name),
    ]);
  }
}

let focused: FakeElement | null = null;

export const active = () => focused;
export const fake = (element: unknown) => element as FakeElement;

/** Stands in for the page's `document`; returns what is in it. */
export function page(): FakeElement {
  const body = new FakeElement("body");
  focused = null;
  const make = (_: string, tag = _) => new FakeElement(tag);
  vi.stubGlobal("document", { body, createElement: make, createElementNS: make });
  return body;
}
