import { FOCUSABLE, h, setText } from "../dom.js";
import { bytes, count } from "../format.js";
import { icon } from "../icons.js";
import { paintText, visible } from "../text.js";
import type { ValueNode } from "../wire.gen.js";

type Load = (path: number[]) => Promise<ValueNode>;

interface Item {
  /** Names from the root: what stays open when another value is shown. */
  id: string;
  path: number[];
  level: number;
  position: number;
  siblings: number;
  node: ValueNode;
}

/** A value as an ARIA tree; children are loaded when they are first opened. */
export function createTree(label: string): {
  element: HTMLElement;
  /** Shows the children of `root`; `load` brings a node by its path. */
  show(root: ValueNode, load: Load): void;
} {
  const element = h("div", { class: "tree", role: "tree", "aria-label": label });
  const open = new Set<string>();
  const closed = new Set<string>();
  let root: ValueNode | null = null;
  let load: Load = () => Promise.reject(new Error("nothing is shown"));
  let items: Item[] = [];
  let active = "";
  const failed = new Map<string, string>();

  function show(value: ValueNode, loadNode: Load): void {
    root = value;
    load = loadNode;
    failed.clear();
    // Most of what one wants to know of an agent is in its messages.
    const first =
      value.children?.find((child) => child.name === "messages") ?? value.children?.find(isBranch);
    const id = first ? `/${first.name}` : "";
    if (first && isBranch(first) && !closed.has(id)) open.add(id);
    render();
  }

  function render(): void {
    const hadFocus = element.contains((element.getRootNode() as Document).activeElement);
    const rows: HTMLElement[] = [];
    items = [];
    if (root) walk(root, "", [], 1, rows);
    if (!items.some((item) => item.id === active)) active = items[0]?.id ?? "";
    for (const row of rows) if (row.dataset.id === active) row.tabIndex = 0;
    element.replaceChildren(...rows);
    if (hadFocus) focusActive();
  }

  function walk(parent: ValueNode, prefix: string, path: number[], level: number, rows: HTMLElement[]): void {
    const children = parent.children ?? [];
    for (const [i, node] of children.entries()) {
      const item: Item = {
        id: `${prefix}/${node.name}`,
        path: [...path, i],
        level,
        position: i + 1,
        siblings: Math.max(children.length, parent.count ?? 0),
        node,
      };
      items.push(item);
      rows.push(makeRow(item));
      if (!isBranch(node) || !open.has(item.id)) continue;
      if (node.children) walk(node, item.id, item.path, level + 1, rows);
      else {
        const problem = failed.get(item.id);
        rows.push(note(level + 1, problem ?? "…", problem ? "evict" : "q"));
        if (problem === undefined) void fill(item);
      }
    }
    const more = (parent.count ?? 0) - children.length;
    if (children.length > 0 && more > 0) rows.push(note(level, `${count(more)} more not shown`, "q"));
  }

  async function fill(item: Item): Promise<void> {
    const shown = root;
    try {
      item.node.children = (await load(item.path)).children ?? [];
    } catch (error) {
      failed.set(item.id, error instanceof Error ? error.message : String(error));
    }
    if (root === shown) render();
  }

  function makeRow({ id, level, position, siblings, node }: Item): HTMLElement {
    const branch = isBranch(node);
    const expanded = branch && open.has(id);
    const name = h("bdi", { class: "s" });
    paintText(name, node.name, 200);
    const value = h("bdi", { class: expanded ? "q" : branch ? "s" : null });
    paintText(value, expanded ? `${node.type} ${count(node.count ?? 0)}` : node.preview, 1_000);
    const size = node.size !== null && node.size >= 1000 ? bytes(node.size) : null;
    return h(
      "div",
      {
        role: "treeitem",
        class: `item${!branch && id === active ? " whole-text" : ""}`,
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
      h("span", { class: "twisty" }, branch ? icon(expanded ? "down" : "right") : null),
      h("span", { class: "text" }, name, h("span", { class: "q" }, ": "), value),
      size ? h("span", { class: "q size" }, `${size.digits} ${size.unit}`) : null,
    );
  }

  function note(level: number, text: string, tone: string): HTMLElement {
    const row = h("div", { class: `item note ${tone}`, role: "none", style: `--level:${level - 1}` });
    row.append(h("span", { class: "twisty" }), h("span", { class: "text" }));
    setText(row.lastElementChild!, visible(text, 300));
    return row;
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

  function focusActive(): void {
    for (const row of element.children) {
      if ((row as HTMLElement).dataset.id === active) (row as HTMLElement).focus();
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
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
      Enter: () => toggle(item, !expanded),
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
    if (!item) return;
    active = item.id;
    if (isBranch(item.node)) toggle(item, !open.has(item.id));
    activate(item);
  });

  return { element, show };
}

function isBranch(node: ValueNode): boolean {
  return node.count !== null && node.count > 0;
}
