import { FOCUSABLE, h, hasFocus, modified, span } from "../dom.js";
import { bytes, count } from "../format.js";
import { glyph, icon } from "../icons.js";
import { painted, reason, visible } from "../text.js";
import type { ValueNode } from "../wire.gen.js";

/** Brings a node by its path, with its children from `offset` on. */
export type Load = (path: number[], offset: number) => Promise<ValueNode>;

const MARKED = 2_000; // ms

interface Item {
  /** Names from the root: what stays open when another value is shown. */
  id: string;
  path: number[];
  level: number;
  position: number;
  siblings: number;
  node: ValueNode;
  /** Stands for the siblings that are not loaded, and loads them. */
  more?: () => void;
}

export interface Tree {
  readonly element: HTMLElement;
  /** Shows the children of `root`; `load` brings what it does not hold. */
  show(root: ValueNode, load: Load): void;
  /** As `show`, for a later state of the value shown: what is open is loaded first, what differs is marked. */
  update(root: ValueNode, load: Load): Promise<void>;
}

/** A value as an ARIA tree; children are loaded when they are first opened. */
export function createTree(label: string, { pages = false } = {}): Tree {
  const element = h("div", { class: "tree", role: "tree", "aria-label": label });
  const open = new Set<string>();
  const closed = new Set<string>();
  let root: ValueNode | null = null;
  let load: Load = () => Promise.reject(new Error("nothing is shown"));
  let items: Item[] = [];
  let active = "";
  let updates = 0;
  const failed = new Map<string, string>();
  /** How many children are shown of each open node. */
  let extents = new Map<string, number>();
  const marks = new Map<string, number>();

  function show(value: ValueNode, loadNode: Load): void {
    updates++;
    root = value;
    load = loadNode;
    failed.clear();
    marks.clear();
    // Most of what one wants to know of an agent is in its messages.
    const first =
      value.children?.find((child) => child.name === "messages") ?? value.children?.find(isBranch);
    const id = first ? `/${first.name}` : "";
    if (first && isBranch(first) && !closed.has(id)) open.add(id);
    render();
  }

  async function update(value: ValueNode, loadNode: Load): Promise<void> {
    const mine = ++updates;
    await complete(value, "", [], loadNode);
    if (mine !== updates) return;
    root = value;
    load = loadNode;
    failed.clear();
    const before = new Map(items.map(({ id, node }) => [id, node.preview]));
    const shown = extents;
    render();
    for (const { id, node, more } of items) {
      const known = before.has(id) || shown.has(id.slice(0, id.lastIndexOf("/")));
      if (known && !more && before.get(id) !== node.preview) marks.set(id, Date.now() + MARKED);
    }
    if (marks.size > 0) {
      render();
      setTimeout(fade, MARKED + 10);
    }
  }

  /** Loads what is shown of a node's earlier state; where that fails, it is loaded again when shown. */
  async function complete(parent: ValueNode, id: string, path: number[], loadNode: Load): Promise<void> {
    const wanted = Math.min(extents.get(id) ?? 0, parent.count ?? 0);
    try {
      while ((parent.children?.length ?? 0) < wanted) if (!(await extend(parent, path, loadNode))) break;
    } catch {
      return;
    }
    const children = parent.children ?? [];
    await Promise.all(
      children.map((child, i) => complete(child, `${id}/${child.name}`, [...path, i], loadNode)),
    );
  }

  /** Adds the next children; false where there are none. */
  async function extend(parent: ValueNode, path: number[], loadNode: Load): Promise<boolean> {
    const known = parent.children ?? [];
    const next = (await loadNode(path, known.length)).children ?? [];
    parent.children = [...known, ...next];
    return next.length > 0;
  }

  function fade(): void {
    for (const [id, until] of marks) if (until <= Date.now()) marks.delete(id);
    for (const row of element.querySelectorAll<HTMLElement>(".was")) {
      if (marks.has(row.dataset.id!)) continue;
      row.classList.remove("was");
      row.querySelector(".g")?.remove();
    }
  }

  function render(): void {
    const hadFocus = hasFocus(element);
    const rows: HTMLElement[] = [];
    items = [];
    extents = new Map();
    if (root && isBranch(root)) walk(root, "", [], 1, rows);
    else if (root && pages) add({ id: "", path: [], level: 1, position: 1, siblings: 1, node: root }, rows);
    if (!items.some((item) => item.id === active)) active = items[0]?.id ?? "";
    for (const row of rows) if (row.dataset.id === active) row.tabIndex = 0;
    element.replaceChildren(...rows);
    if (hadFocus) focusActive(true);
  }

  function walk(parent: ValueNode, id: string, path: number[], level: number, rows: HTMLElement[]): void {
    const { children } = parent;
    if (!children) {
      const problem = failed.get(id);
      rows.push(note(level, problem ?? "…", problem ? "evict" : "q"));
      if (problem === undefined) void fill(parent, id, path);
      return;
    }
    extents.set(id, children.length);
    const siblings = Math.max(children.length, parent.count ?? 0);
    for (const [i, node] of children.entries()) {
      const item = { id: `${id}/${node.name}`, path: [...path, i], level, position: i + 1, siblings, node };
      add(item, rows);
      if (isBranch(node) && open.has(item.id)) walk(node, item.id, item.path, level + 1, rows);
    }
    const rest = siblings - children.length;
    if (rest === 0 || children.length === 0) return;
    if (!pages) rows.push(note(level, `${count(rest)} more not shown`, "q"));
    else {
      const text = failed.get(id) ?? `Load more, ${count(rest)} not shown`;
      const node = { name: "", type: "", preview: text, size: null, count: null, children: null };
      const more = () => void fill(parent, id, path);
      const end = { path: [...path, children.length], level, position: children.length + 1, siblings };
      add({ id: `${id}/\n`, ...end, node, more }, rows);
    }
  }

  function add(item: Item, rows: HTMLElement[]): void {
    items.push(item);
    rows.push(makeRow(item));
  }

  async function fill(parent: ValueNode, id: string, path: number[]): Promise<void> {
    const shown = root;
    try {
      failed.delete(id);
      if (!(await extend(parent, path, load))) failed.set(id, "nothing more came");
    } catch (error) {
      failed.set(id, reason(error));
    }
    if (root === shown) render();
  }

  function makeRow({ id, level, position, siblings, node, more }: Item): HTMLElement {
    const branch = isBranch(node);
    const expanded = branch && open.has(id);
    const marked = (marks.get(id) ?? 0) > Date.now() && !expanded;
    const tone = more ? "more" : expanded ? "q" : branch ? "s" : "leafvalue";
    const text = expanded ? `${node.type} ${count(node.count ?? 0)}` : node.preview;
    const name = painted("bdi", "s", node.name, 200);
    const size = node.size !== null && node.size >= 1000 ? bytes(node.size) : null;
    const sign = branch ? icon(expanded ? "down" : "right") : marked ? glyph("changed", "changed") : null;
    return h(
      "div",
      {
        role: "treeitem",
        class: `item${!branch && id === active ? " whole-text" : ""}${marked ? " was" : ""}`,
        style: `--level:${level - 1}`,
        tabindex: -1,
        "data-id": id,
        "aria-level": level,
        "aria-posinset": position,
        "aria-setsize": siblings,
        "aria-expanded": branch ? String(expanded) : null,
        "aria-selected": String(id === active),
        title: branch ? visible(node.type, 200) : null,
        ...FOCUSABLE,
      },
      span("twisty", sign),
      span("text", name, node.name !== "" && span("q", ": "), painted("bdi", tone, text, 1_000)),
      size && span("q size", `${size.digits} ${size.unit}`),
    );
  }

  function note(level: number, text: string, tone: string): HTMLElement {
    const words = span("text", visible(text, 300));
    const style = `--level:${level - 1}`;
    return h("div", { class: `item note ${tone}`, role: "none", style }, span("twisty"), words);
  }

  function toggle(item: Item, to: boolean): void {
    if (!isBranch(item.node)) return;
    if (to) {
      open.add(item.id);
      closed.delete(item.id);
      failed.delete(item.id);
    } else {
      open.delete(item.id);
      closed.add(item.id);
    }
    render();
  }

  function activate(item: Item | undefined): void {
    if (!item) return;
    active = item.id;
    render();
    focusActive();
  }

  function focusActive(preventScroll = false): void {
    for (const row of element.children) {
      if ((row as HTMLElement).dataset.id === active) (row as HTMLElement).focus({ preventScroll });
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (modified(event)) return;
    const i = items.findIndex((item) => item.id === active);
    const item = items[i];
    if (!item) return;
    const expanded = isBranch(item.node) && open.has(item.id);
    const actions: Record<string, () => void> = {
      ArrowDown: () => activate(items[i + 1]),
      ArrowUp: () => activate(items[i - 1]),
      Home: () => activate(items[0]),
      End: () => activate(items.at(-1)),
      ArrowRight: () => (expanded ? activate(items[i + 1]) : toggle(item, true)),
      ArrowLeft: () => (expanded ? toggle(item, false) : activate(parentOf(item))),
      Enter: item.more ?? (() => toggle(item, !expanded)),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  const parentOf = ({ path }: Item) =>
    items.find((other) => other.path.length === path.length - 1 && other.path.every((n, i) => n === path[i]));

  element.addEventListener("keydown", onKey);
  element.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>(".item");
    const item = items.find(({ id }) => id === row?.dataset.id);
    if (!item || getSelection()?.type === "Range") return; // text has been marked, to be copied
    active = item.id;
    item.more?.();
    if (isBranch(item.node)) toggle(item, !open.has(item.id));
    activate(item);
  });

  return { element, show, update };
}

function isBranch(node: ValueNode): boolean {
  return node.count !== null && node.count > 0;
}
