import { computed, effect, signal } from "@preact/signals-core";
import { FOCUSABLE, h, setText } from "../../dom.js";
import { bytes, count, counted, ratio } from "../../format.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { KeyTableState, NamespaceRow } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createDelimiters } from "./delimiters.js";
import { part } from "./parts.js";
import { pathOf, toggled } from "./path.js";

type Item = Omit<NamespaceRow, "keys"> & { keys: number | null };

/** The namespaces as a tree; the selected one is the query's. `leave` gives the focus back to the grid. */
export function createNamespaces(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  leave?: () => void,
): View & { focus(): void } {
  const { state } = link;
  /** What the view wants open, as prefixes. */
  const open = signal<readonly string[]>([]);
  const namespace = computed(() => state.value.query.namespace);
  const delimiters = createDelimiters(link, (chosen) => ask({ delimiters: chosen }));
  const tree = h("div", { class: "items", role: "tree", "aria-label": "Namespaces" });
  const note = h("p", { class: "note q" });
  const element = h(
    "nav",
    { class: "names", "aria-label": "Namespaces" },
    h(
      "div",
      { class: "row head", "aria-hidden": "true" },
      h("span", {}, "Namespace"),
      h("span", { class: "num" }, "Keys"),
      h("span", { class: "size" }, "Bytes"),
    ),
    h("div", { class: "scroll" }, tree, note),
    delimiters.element,
  );
  let items: Item[] = [];
  const painted: string[] = [];
  let active = "";

  function ask(query: Record<string, unknown>): void {
    link.request("query", query).catch((error: Error) => frame.announce(error.message));
  }

  function render(): void {
    const { query, ...shown } = state.value;
    const hadFocus = tree.contains((tree.getRootNode() as Document).activeElement);
    items = [allKeys(state.value), ...unfolded(shown.tree ?? [], open.value)];
    const whole = items[0]!.bytes;
    // Where the row is gone, what held it takes its place.
    active = items.findLast((item) => !item.more && active.startsWith(item.prefix))!.prefix;
    while (tree.childElementCount < items.length) tree.append(makeRow());
    while (tree.childElementCount > items.length) tree.lastElementChild!.remove();
    painted.length = items.length;
    for (const [i, item] of items.entries()) {
      const expanded = item.expanded === null ? null : open.value.includes(item.prefix);
      const selected = !item.more && item.prefix === query.namespace;
      const now = !item.more && item.prefix === active;
      const mark = JSON.stringify([item, whole, expanded, selected, now]);
      if (painted[i] === mark) continue;
      painted[i] = mark;
      paint(tree.children[i] as HTMLElement, item, whole, expanded);
      tree.children[i]!.setAttribute("aria-selected", String(selected));
      (tree.children[i] as HTMLElement).tabIndex = now ? 0 : -1;
    }
    setText(note, items.length > 1 ? "" : missing(state.value));
    if (hadFocus) focus();
  }

  function focus(): void {
    const i = items.findIndex((item) => item.prefix === active && !item.more);
    const row = tree.children[i] as HTMLElement | undefined;
    const at = (tree.getRootNode() as Document).activeElement;
    if (row !== at) row?.focus();
  }

  function activate(item: Item | undefined): void {
    if (!item) return;
    active = item.prefix;
    render();
    focus();
  }

  function choose({ prefix }: Item): void {
    ask({ namespace: prefix === namespace.peek() ? "" : prefix });
  }

  function fold({ prefix, expanded }: Item, to: boolean): void {
    if (expanded === null || open.peek().includes(prefix) === to) return;
    open.value = toggled(open.peek(), prefix);
  }

  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const listed = items.filter((item) => !item.more);
    const i = listed.findIndex((item) => item.prefix === active);
    const item = listed[i];
    if (!item) return;
    const expanded = item.expanded !== null && open.peek().includes(item.prefix);
    const actions: Record<string, () => void> = {
      ArrowDown: () => activate(listed[i + 1]),
      ArrowUp: () => activate(listed[i - 1]),
      Home: () => activate(listed[0]),
      End: () => activate(listed.at(-1)),
      ArrowRight: () => {
        if (!expanded) fold(item, true);
        else if ((listed[i + 1]?.level ?? 0) > item.level) activate(listed[i + 1]);
      },
      ArrowLeft: () => {
        if (expanded) fold(item, false);
        else activate(listed.slice(0, i).findLast((other) => other.level < item.level));
      },
      Enter: () => choose(item),
    };
    if (leave) actions.Escape = leave;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  tree.addEventListener("keydown", onKey);
  tree.addEventListener("click", (event) => {
    const target = event.target as Element;
    const row = target.closest(".row");
    const item = items[row ? [...tree.children].indexOf(row) : -1];
    if (!item || item.more) return;
    activate(item);
    // The second click of a double click opens; it does not take the first one back.
    if (target.closest(".twisty") || event.detail > 1) fold(item, !open.peek().includes(item.prefix));
    else choose(item);
  });

  const stops = [
    effect(() => {
      // Where the list is narrowed to from elsewhere, the tree shows it.
      const steps = pathOf(namespace.value, state.peek().delimiters).slice(0, -1);
      const wanted = [...new Set([...open.peek(), ...steps.map((step) => step.prefix)])];
      if (wanted.length > open.peek().length) open.value = wanted;
    }),
    effect(() => link.look({ expanded: [...open.value] })),
    effect(render),
    delimiters.dispose,
  ];
  return {
    element,
    focus,
    dispose: () => {
      for (const stop of stops) stop();
    },
  };
}

/** The first row: what all others are a part of. */
function allKeys({ tree, total, size, bytes, query }: KeyTableState): Item {
  const top = (tree ?? []).filter((row) => row.level === 0);
  const listed = top.reduce((sum, row) => sum + row.keys, 0);
  const measured = top.every((row) => row.bytes !== null)
    ? top.reduce((sum, row) => sum + (row.bytes ?? 0), 0)
    : null;
  const filtered =
    query.filter !== "" || query.types.length > 0 || query.min_size !== null || query.max_size !== null;
  return {
    prefix: "",
    name: "All keys",
    level: 0,
    keys: !filtered ? total : query.namespace === "" ? size : listed,
    bytes: filtered ? measured : Math.max(bytes ?? 0, measured ?? 0),
    expanded: null,
    more: 0,
  };
}

/** Without what is below a row that the view has closed since. */
export function unfolded(rows: readonly NamespaceRow[], open: readonly string[]): NamespaceRow[] {
  let below = Number.POSITIVE_INFINITY;
  return rows.filter((row) => {
    if (row.level > below) return false;
    below = row.expanded && !open.includes(row.prefix) ? row.level : Number.POSITIVE_INFINITY;
    return true;
  });
}

function missing({ tree, total, size, delimiters, query, progress }: KeyTableState): string {
  if (total === 0) return "";
  if (tree === null || (progress !== null && size === 0)) return "counting …";
  if (size === 0) return "No key matches";
  if (delimiters === "") {
    return query.delimiters === null
      ? "No delimiter found in the keys. Choose one below to see namespaces."
      : "No delimiter chosen, so there are no namespaces.";
  }
  return `No key has ${[...delimiters].map((char) => visible(char)).join(" or ")} in it`;
}

function makeRow(): HTMLElement {
  return h(
    "div",
    { class: "row", role: "treeitem", tabindex: -1, ...FOCUSABLE },
    h("span", { class: "lab" }, h("span", { class: "twisty" }), h("bdi", { class: "ell" })),
    h("span", { class: "num s" }),
    h("span", { class: "num s bytes" }),
    h("span", { class: "meter" }, h("i")),
  );
}

function paint(row: HTMLElement, item: Item, whole: number | null, expanded: boolean | null): void {
  const [label, keys, size, meter] = [...row.children] as HTMLElement[];
  const [twisty, name] = [...label!.children] as HTMLElement[];
  const words = item.more
    ? `${counted(item.more, "more namespace")}${item.keys ? `, ${counted(item.keys, "key")}` : ""}`
    : spoken(item, whole);
  row.setAttribute("aria-level", String(item.level + 1));
  row.setAttribute("aria-label", words);
  row.style.setProperty("--level", String(item.level));
  row.title = item.more
    ? "The largest ones are listed: filter to see others"
    : visible(item.prefix, 400)
      ? `${visible(item.prefix, 400)}\n${words}`
      : words;
  row.classList.toggle("rest", item.more > 0);
  row.classList.toggle("all", item.prefix === "" && !item.more);
  if (item.more) row.setAttribute("aria-disabled", "true");
  else row.removeAttribute("aria-disabled");
  if (expanded === null) row.removeAttribute("aria-expanded");
  else row.setAttribute("aria-expanded", String(expanded));
  twisty!.replaceChildren(...(expanded === null ? [] : [icon(expanded ? "down" : "right")]));
  paintText(name!, item.more ? `${count(item.more)} more` : item.name === "" ? "(empty)" : item.name, 200);
  setText(keys!, item.keys === null ? "" : count(item.keys));
  const { digits, unit } = item.bytes === null ? { digits: "", unit: "" } : bytes(item.bytes);
  setText(size!, unit ? `${digits} ${unit}` : "");
  meter!.hidden = item.bytes === null || item.more > 0;
  (meter!.firstElementChild as HTMLElement).style.width = part(item.bytes, whole);
}

function spoken({ name, keys, bytes: size, prefix }: Item, whole: number | null): string {
  const parts = [prefix === "" ? name : visible(name, 200) || "(empty)"];
  if (keys !== null) parts.push(counted(keys, "key"));
  if (size === null) parts.push("bytes not measured yet");
  else {
    parts.push(`${count(size)} B`);
    if (whole && prefix !== "") parts.push(`${ratio(size, whole)} of all bytes`);
  }
  return parts.join(", ");
}
