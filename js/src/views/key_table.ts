import { computed, effect, signal } from "@preact/signals-core";
import { div, h, setText, span } from "../dom.js";
import { bytes, count, counted, rate } from "../format.js";
import { createLater, createModule, patiently } from "../later.js";
import type { Link, View } from "../link.js";
import { Rate } from "../rates.js";
import { stopAll } from "../stops.js";
import { reason } from "../text.js";
import type { KeyPanes } from "../widgets/key_panes.js";
import type { KeyRow, KeyTableState } from "../wire.gen.js";
import { createFrame } from "./frame.js";
import { createGrid } from "./grid.js";
import type { Span } from "./gridmath.js";
import { createHeight, ROWS } from "./height.js";
import { createHeld } from "./held.js";
import { createActions } from "./keys/actions.js";
import { createColumns } from "./keys/columns.js";
import { createCrumbs } from "./keys/crumbs.js";
import { createDownloads } from "./keys/download.js";
import { createFaces } from "./keys/faces.js";
import { createFacetButton } from "./keys/facetbutton.js";
import { createFilter } from "./keys/filter.js";
import { makeKeyRow } from "./keys/keyrow.js";
import { createNamespaces } from "./keys/namespaces.js";
import { createWork } from "./keys/progress.js";
import { createQuery, stays } from "./keys/query.js";
import { createSelection } from "./keys/selection.js";
import { createShortcuts } from "./keys/shortcuts.js";
import { createWhere } from "./keys/where.js";
import { createMarking } from "./marks.js";
import { createOpening } from "./opening.js";

const KEY = 400; // characters, as in observables/store.py
let views = 0;

/** Keys of a store: found, understood, watched and edited. */
export function createKeyTable(link: Link<KeyTableState>): View {
  const { state } = link;
  const announce = (text: string) => frame.announce(text);
  const said = { announce, copy: (...parts: Parameters<typeof frame.copy>) => frame.copy(...parts) };
  const toGrid = () => grid.focus();
  const changes = new Rate();
  const marking = createMarking(() => grid.tick());
  const pointed = signal(false);
  const width = signal(900);
  const problemId = `imw-problem-${++views}`;

  const query = createQuery(link, announce);
  const held = createHeld<KeyRow>({
    listed: computed(() => {
      const { rows, start, size, query } = state.value;
      return { rows, start, size, basis: JSON.stringify(query) };
    }),
    about() {
      const { deleted, progress, query } = state.peek();
      return { removed: deleted, growing: progress !== null, stays: stays(query) };
    },
    mark: (row) => (row.change === "deleted" ? row : { ...row, change: "deleted" }),
    pointed,
    pressed: (): boolean => grid.element.matches(":active"),
    seen: (): Span => grid.visible.peek(),
    clock: link.clock,
  });
  const selection = createSelection(link, held.list, announce);
  const columns = createColumns(query.value, query.set);
  const opening = createOpening(link, announce);

  async function jump(id: number): Promise<void> {
    opening.open(id);
    selection.only({ id }, 0);
    try {
      const { row } = (await link.request("locate", { id })) as { row: number | null };
      if (row === null) announce("Not in this list");
      else grid.reveal(row);
    } catch (error) {
      announce(reason(error));
    }
  }

  const delimiters = computed(() => state.value.delimiters);
  const grid = createGrid<KeyRow>({
    label: "Keys",
    heads: columns.elements,
    slice: held.list,
    now: link.now,
    maxRows: ROWS,
    makeRow: () => makeKeyRow(link, delimiters, marking.wanted),
    identify: (row) => row.id,
    isSelected: selection.has,
    context: computed(() => [selection.context.value, delimiters.value]),
    select(row, index) {
      selection.only(row, index);
      opening.follow(row.id);
    },
    extend(how, index, row) {
      if (how === "range") selection.range(index);
      else if (row) selection.toggle(row, index);
    },
    open(row, event) {
      const again = opening.id.peek() === row.id;
      opening.open(row.id);
      if (event instanceof KeyboardEvent && again) pane.use((made) => made.focus());
    },
    want: (start, stop) => link.look({ start, stop }),
    locate: async (row) => ((await link.request("locate", { id: row.id })) as { row: number | null }).row,
    onKey(event, row) {
      if (event.key.toLowerCase() !== "c") return;
      event.preventDefault();
      // The kernel cuts long keys in their middle.
      if (row.key.length > KEY) announce("The key is too long to be here whole: copy the selection as code");
      else void frame.copy(row.key, "Key");
    },
  });
  grid.element.ariaMultiSelectable = "true";
  grid.element.addEventListener("pointerenter", () => {
    pointed.value = true;
  });
  grid.element.addEventListener("pointerleave", () => {
    pointed.value = false;
  });

  const downloads = createDownloads(link, announce);
  const filter = createFilter(link, query, problemId, toGrid);
  const crumbs = createCrumbs(link, query, toGrid);
  const where = createWhere(link, query, crumbs.element, problemId, toGrid);
  const progress = createWork(link, downloads);
  const names = createNamespaces(link, query, toGrid);
  const treeSlot = div("slot");
  const faces = createFaces(link, width, names, treeSlot);

  // What is not needed at first is fetched when it is, or when the pointer or the focus comes near.
  const sheets = h("div");
  const notes = div("later");
  const fetch = createModule<KeyPanes>(link, sheets);
  const pane = createLater(
    () => state.value.open !== null,
    async () => (await fetch()).createKeyPane(link, said),
  );
  const space = createLater(
    () => faces.shown("space"),
    async () => (await fetch()).createSpace(link, query, (id) => void jump(id)),
  );
  const feed = createLater(
    () => faces.shown("feed"),
    async () =>
      (await fetch()).createFeed(link, said, {
        jump: (id) => void jump(id),
        all() {
          const { toggle } = frame.log;
          if (toggle.ariaPressed !== "true") toggle.click();
          toggle.focus(); // what led here goes
          faces.toggle("feed");
        },
      }),
  );
  const bulk = createLater(
    () => selection.count.value > 1 || state.value.bulk?.state === "running",
    async () => (await fetch()).createBulk(link, said, selection, toGrid),
  );
  const facets = createFacetButton(query, (open) =>
    createLater(
      () => open.value,
      async () => (await fetch()).createFacets(link, query),
    ),
  );
  const noMatch = createLater(
    () => held.list.value.size === 0 && state.value.total > 0,
    async () => (await fetch()).createNoMatch(link, query, held.list, toGrid),
  );
  const spaceSlot = h("div", {}, space.element);
  const feedSlot = h("div", {}, feed.element);

  async function sheet(make: (from: KeyPanes) => HTMLDialogElement): Promise<void> {
    try {
      const dialog = make(await patiently(notes, fetch()));
      sheets.append(dialog);
      dialog.addEventListener("close", () => dialog.remove());
      dialog.showModal();
    } catch (error) {
      announce(reason(error));
    }
  }
  const help = () => void sheet(({ createHelp }) => createHelp());
  const add = () => void sheet(({ createKeySheet }) => createKeySheet(link, said, (id) => void jump(id)));

  const range = h("span");
  const pace = span("pace");
  const order = span("held", h("i"), "order held");
  const seen = span("pace wide");
  const foot = div("foot", range, h("i"), pace, order, span("sp"), progress.element, seen);
  const gridBox = div("gridbox", where.element, grid.element, noMatch.element);
  const panes = div("panes", treeSlot, gridBox, pane.element);
  const height = createHeight(
    panes,
    // Beside the keys: all of them, the namespaces, and the delimiters.
    computed(() => Math.max(state.value.size, faces.shown("tree") ? (state.value.tree ?? []).length + 2 : 0)),
    computed(() => !faces.narrow.value && state.value.open !== null),
  );

  const frame = createFrame({
    kind: "keys",
    link,
    summary: computed(() => {
      const { total, bytes: size, bytes_how: how } = state.value;
      const text = size === null ? "" : Object.values(bytes(size)).join(" ");
      return [counted(total, "key"), text && `${how === "exact" ? "" : "~"}${text}`]
        .filter(Boolean)
        .join(" · ");
    }),
    hint: computed(() => {
      const { bytes: size, bytes_how: how } = state.value;
      return size === null ? "" : `${counted(size, "byte")} of values, ${how}`;
    }),
    waiting: computed(() => {
      const since = link.latest.value.changes - state.value.changes;
      return since > 0 ? `${counted(since, "change")} since` : "";
    }),
    empty: computed(() => {
      const { total, title, takes, watched } = state.value;
      if (total > 0) return null;
      return {
        head: "No keys yet",
        hint: "Keys appear here as code writes them.",
        code: watched ? "" : `${title.name ?? "store"}.mset([("a", ${takes === "bytes" ? 'b"1"' : '"1"'})])`,
      };
    }),
    tools: [filter.element, facets.element, faces.element],
    last: createActions(link, said, downloads, { add, help }),
    body: [spaceSlot, panes, feedSlot, height.handle, bulk.element, notes, foot],
    leads: { open: (id) => void jump(id) },
  });
  frame.element.append(sheets);
  const near = () => void fetch().catch(() => {});
  for (const event of ["pointerenter", "focusin"])
    frame.element.addEventListener(event, near, { once: true });

  const observer = new ResizeObserver(() => {
    width.value = frame.element.clientWidth;
  });
  observer.observe(frame.element);
  const stops = [
    () => observer.disconnect(),
    columns.attach(grid.element),
    createShortcuts(frame.element, grid.element, {
      filter: filter.focus,
      help,
      face: faces.toggle,
      remove: () => bulk.use((made) => made.remove()),
      all: selection.everything,
      none() {
        const many = selection.count.peek() > 1;
        if (many) selection.clear();
        return many;
      },
    }),
    effect(() => {
      link.look({
        tree: faces.wanted("tree"),
        space: faces.wanted("space") || facets.open.value,
        recent: faces.wanted("feed"),
      });
    }),
    effect(() => {
      spaceSlot.hidden = !faces.shown("space");
      feedSlot.hidden = !faces.shown("feed");
    }),
    effect(() => {
      // Paused is what happens in the store; what was asked for here shows.
      const { latest } = link;
      if (link.connection.value === "paused" && asked(latest.value) !== asked(state.peek())) link.catchUp();
    }),
    effect(() => {
      const { size } = held.list.value;
      const { first, end } = grid.visible.value;
      setText(range, size ? `${count(first + 1)}–${count(end)} of ${count(size)}` : "no rows");
      order.hidden = !held.list.value.held;
    }),
    effect(() => {
      const latest = link.latest.value;
      changes.add(latest.now, latest.changes);
      setText(pace, `${rate(changes.at(link.now.value))} changes/s`);
      setText(seen, `${counted(latest.changes, "change")} seen`);
    }),
  ];
  const parts = [query, held, selection, opening, grid, filter, facets, crumbs, where, progress, noMatch];
  const all = [...parts, marking, height, names, space, feed, pane, bulk, faces, frame];
  return {
    element: frame.element,
    dispose: stopAll([...stops, ...all.map(({ dispose }) => dispose)]),
  };
}

/** What of a state somebody asked for, rather than happened. */
function asked({ query, problem, progress, selection, selected, open, bulk }: KeyTableState): string {
  return JSON.stringify([query, problem, progress, selection, selected, open?.id, bulk]);
}
