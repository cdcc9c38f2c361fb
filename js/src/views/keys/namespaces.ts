import { computed, effect, signal } from "@preact/signals-core";
import { div, FOCUSABLE, h, hasFocus, modified, setText, span } from "../../dom.js";
import { bytes, count, counted, ratio } from "../../format.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText, visible } from "../../text.js";
import type { KeyTableState, NamespaceRow } from "../../wire.gen.js";
import { createDelimiters } from "./delimiters.js";
import { part } from "./parts.js";
import { pathOf, toggled } from "./path.js";
import { type KeyQueries, narrows } from "./query.js";
import { createRows, numberCell, paintNumber, type Row } from "./rows.js";

interface Item extends Omit<NamespaceRow, "keys"> {
  keys: number | null;
  selected: boolean;
  /** What it is a part of, in bytes. */
  whole: number;
}

/** The namespaces as a tree; the selected one is the query's. `leave` gives the focus back to the grid. */
export function createNamespaces(
  link: Link<KeyTableState>,
  query: Pick<KeyQueries, "value" | "set">,
  leave?: () => void,
): View & { focus(): void } {
  /** What the view wants open, as prefixes. */
  const open = signal<readonly string[]>([]);
  const namespace = computed(() => query.value.value.namespace);
  const delimiters = createDelimiters(link, query);
  const tree = h("div", { role: "tree", "aria-label": "Namespaces" });
  const show = createRows<Item>(tree, { identify: ({ prefix, more }) => `${more > 0}${prefix}` }, makeRow);
  const note = h("p", { class: "note q" });
  const element = h(
    "div",
    { class: "names", role: "group", "aria-label": "Namespaces" },
    h(
      "div",
      { class: "row head", "aria-hidden": "true" },
      h("span", {}, "Namespace"),
      span("num", "Keys"),
      span("num size", "Bytes"),
    ),
    div("scroll", tree, note),
    delimiters.element,
  );
  let items: Item[] = [];
  let active = "";

  const row = (i: number) => tree.children[i] as HTMLElement | undefined;
  const place = () => items.findIndex((item) => item.prefix === active && !item.more);
  const isOpen = ({ prefix }: Item) => open.peek().includes(prefix);

  function render(): void {
    const state = link.state.value;
    const hadFocus = hasFocus(tree);
    const listed = unfolded(state.tree ?? [], open.value);
    // Nothing changes places while it is pointed at.
    const rows = [allKeys(state), ...(tree.matches(":hover") ? inOrder(listed, items) : listed)];
    items = rows.map((item) => ({
      ...item,
      expanded: item.expanded === null ? null : isOpen(item as Item),
      selected: !item.more && item.prefix === namespace.value,
      whole: rows[0]!.bytes ?? 0,
    }));
    show(items);
    setText(note, items.length > 1 ? "" : missing(state));
    rove();
    if (hadFocus) focus();
  }

  /** One row is reached by Tab; where it is gone, what held it takes its place. */
  function rove(): void {
    active = items.findLast(({ prefix, more }) => !more && active.startsWith(prefix))!.prefix;
    const at = place();
    for (let i = 0; i < items.length; i++) row(i)!.tabIndex = i === at ? 0 : -1;
  }

  function focus(): void {
    row(place())?.focus();
  }

  const activate = (item: Item | undefined) => item && row(items.indexOf(item))!.focus();
  const itemOf = (target: EventTarget | null) =>
    items[[...tree.children].indexOf((target as Element).closest(".row")!)];

  function choose({ prefix }: Item): void {
    query.set({ namespace: prefix === namespace.peek() ? "" : prefix });
  }

  function fold(item: Item): void {
    if (item.expanded !== null) want(toggled(open.peek(), item.prefix));
  }

  function want(prefixes: string[]): void {
    open.value = prefixes;
    link.look({ expanded: prefixes });
  }

  tree.addEventListener("keydown", (event) => {
    if (modified(event) || event.shiftKey) return;
    const listed = items.filter((item) => !item.more);
    const i = listed.findIndex((item) => item.prefix === active);
    const item = listed[i]!;
    const below = listed[i + 1];
    const actions: Record<string, (() => void) | undefined> = {
      ArrowDown: () => activate(below),
      ArrowUp: () => activate(listed[i - 1]),
      Home: () => activate(listed[0]),
      End: () => activate(listed.at(-1)),
      ArrowRight: () => {
        if (!item.expanded) fold(item);
        else if (below && below.level > item.level) activate(below);
      },
      ArrowLeft: () => {
        if (item.expanded) fold(item);
        else activate(listed.slice(0, i).findLast((other) => other.level < item.level));
      },
      Enter: () => choose(item),
      Escape: element.closest("[popover]") ? undefined : leave,
    };
    const action = actions[event.key];
    if (!action) return;
    action();
    if (event.key === "Escape" && hasFocus(tree)) return; // no row in the grid: then to the cell
    event.preventDefault();
    event.stopPropagation();
  });
  tree.addEventListener("click", (event) => {
    const item = itemOf(event.target);
    if (!item || item.more) return;
    // The second click of a double click opens; it does not take the first one back.
    if ((event.target as Element).closest(".twisty") || event.detail > 1) fold(item);
    else choose(item);
  });
  tree.addEventListener("pointerleave", render);
  tree.addEventListener("focusin", ({ target }) => {
    const item = itemOf(target);
    if (!item || item.more) return;
    active = item.prefix;
    rove();
  });

  const stops = [
    effect(() => {
      // Where the list is narrowed to from elsewhere, the tree shows it.
      const steps = pathOf(namespace.value, link.state.peek().delimiters).slice(0, -1);
      const wanted = new Set([...open.peek(), ...steps.map((step) => step.prefix)]);
      if (wanted.size > open.peek().length) want([...wanted]);
    }),
    effect(render),
    delimiters.dispose,
  ];
  return {
    element,
    focus,
    dispose: stopAll(stops),
  };
}

/** Whether keys are left out, the namespace apart. */
const isFiltered = ({ query }: KeyTableState) => narrows({ ...query, namespace: "" });

/** The first row: what all others are a part of. Its keys are null where they are not known. */
function allKeys(state: KeyTableState) {
  const { tree, total, size, bytes: all, query } = state;
  const filtered = isFiltered(state);
  const top = (tree ?? []).filter((row) => row.level === 0);
  const measured = top.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  return {
    prefix: "",
    name: "All keys",
    level: 0,
    keys: !filtered ? total : query.namespace === "" ? size : null,
    bytes: filtered ? measured : Math.max(all ?? 0, measured),
    expanded: null,
    more: 0,
  };
}

/** Without what is below a row that the view has closed since. */
export function unfolded(rows: readonly NamespaceRow[], open: readonly string[]): NamespaceRow[] {
  let closed = Number.POSITIVE_INFINITY; // the level of a closed row
  return rows.filter(({ level, expanded, prefix }) => {
    if (level > closed) return false;
    closed = expanded && !open.includes(prefix) ? level : Number.POSITIVE_INFINITY;
    return true;
  });
}

/** Siblings where they were among those shown, and new ones after them. */
export function inOrder(
  rows: readonly NamespaceRow[],
  shown: readonly Pick<Item, "prefix" | "more">[],
): NamespaceRow[] {
  const place = ({ prefix, more }: NamespaceRow) => {
    const at = shown.findIndex((row) => row.prefix === prefix && !row.more);
    return more ? 1e9 : at < 0 ? shown.length : at;
  };
  const parts: NamespaceRow[][] = []; // a sibling and what is below it
  for (const row of rows) {
    if (row.level === rows[0]!.level) parts.push([row]);
    else parts.at(-1)!.push(row);
  }
  return parts
    .sort(([a], [b]) => place(a!) - place(b!))
    .flatMap(([first, ...below]) => [first!, ...inOrder(below, shown)]);
}

/** Why there is no namespace. */
function missing(state: KeyTableState): string {
  const { tree, total, size, delimiters, query, progress } = state;
  if (tree === null || progress !== null) return "counting …";
  if (size === 0) return total === 0 ? "" : "no key matches";
  if (delimiters) return `no key has ${[...delimiters].map((char) => visible(char)).join(" or ")} in it`;
  return query.delimiters === null
    ? "no delimiter found in the keys: choose one below"
    : "no delimiter chosen";
}

function makeRow(): Row<Item> {
  const twisty = span("twisty");
  const name = h("bdi", { class: "ell" });
  const keys = h("span");
  const unit = span("sr");
  const size = numberCell("b2", "s size");
  const bar = h("i");
  const meter = span("meter", bar);
  const label = span("lab", twisty, name);
  const element = h(
    "div",
    { role: "treeitem", tabindex: -1, ...FOCUSABLE },
    label,
    span("num s", keys, unit),
    size,
    meter,
  );
  return {
    element,
    paint(item) {
      const { prefix, level, more, bytes: some, whole, expanded } = item;
      const attributes = {
        "aria-level": level + 1,
        "aria-selected": item.selected,
        "aria-disabled": more > 0,
        "aria-expanded": expanded,
        title: spoken(item),
        class: `row${more ? " rest" : prefix === "" ? " all" : ""}`,
      };
      for (const [name, value] of Object.entries(attributes)) {
        if (value === null) element.removeAttribute(name);
        else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
      }
      if (twisty.dataset.open !== String(expanded)) {
        twisty.dataset.open = String(expanded);
        twisty.replaceChildren(...(expanded === null ? [] : [icon(expanded ? "down" : "right")]));
      }
      label.style.setProperty("--level", String(level));
      paintText(name, more ? `${count(more)} more` : item.name || "(empty)", 200);
      setText(keys, item.keys === null ? "" : count(item.keys));
      setText(unit, item.keys === null ? "" : item.keys === 1 ? " key" : " keys");
      paintNumber(size, some === null ? { digits: "", unit: "" } : bytes(some));
      meter.hidden = some === null || more > 0;
      bar.style.width = part(some, whole);
    },
  };
}

function spoken({ prefix, name, keys, bytes: size, whole, more }: Item): string {
  return [
    more ? counted(more, "more namespace") : visible(prefix || name, 200),
    keys !== null && counted(keys, "key"),
    size === null ? !more && "bytes not measured yet" : `${count(size)} B`,
    size && prefix && whole > 0 && `${ratio(size, whole)} of all bytes`,
  ]
    .filter(Boolean)
    .join(", ");
}
