import { computed, effect, signal } from "@preact/signals-core";
import { button, div, h, hasFocus, modified, setText, span } from "../dom.js";
import { counted, duration, rate } from "../format.js";
import { recentRate } from "../history.js";
import { createLater, createModule, patiently } from "../later.js";
import type { Link, View } from "../link.js";
import { stopAll } from "../stops.js";
import { reason } from "../text.js";
import type { CachePanes } from "../widgets/cache_panes.js";
import type { CacheState } from "../wire.gen.js";
import { createCacheActions } from "./cache/actions.js";
import { createFeed } from "./cache/feed.js";
import { createHero } from "./cache/hero.js";
import { createPace } from "./cache/pace.js";
import { createSince } from "./cache/since.js";
import { createWhy } from "./cache/why.js";
import { createChart } from "./chart.js";
import { createFrame } from "./frame.js";
import { createLacking, figure, limitOf, whyUnknown } from "./unknown.js";

const RANGES = [
  ["1 min", 60],
  ["5 min", 300],
  ["All", null],
] as const; // s
const LEAST = 10; // s that all of the history covers, at least
const FACES = ["overview", "entries"] as const;

/** A cache's figures, what it saved, why lookups missed, what other sizes would do, and its entries. */
export function createCacheCounters(link: Link<CacheState>): View {
  const { state } = link;
  const announce = (text: string) => frame.announce(text);
  const said = { announce, copy: (...parts: Parameters<typeof frame.copy>) => frame.copy(...parts) };
  const face = signal<(typeof FACES)[number]>("overview");
  const chosen = signal<number | null>(null);
  // Until there is more than the short range can show, it is the better picture.
  const range = computed(() => chosen.value ?? (link.now.value - state.value.since > 60 ? 1 : 0));

  const since = createSince(link, said);
  const { counts } = since;
  const lookups = computed(() => counts.value.hits + counts.value.misses);
  const hero = createHero(link, counts);
  const chart = createChart(
    computed(() => {
      const { history, all, now: then, since: began, mark, travel, title } = state.value;
      const running = ["live", "connecting"].includes(link.connection.value) && !title.ended;
      const now = travel?.time ?? (running ? link.now.value : then);
      const seconds = RANGES[range.value]![1];
      return {
        history: seconds === null ? all : history,
        now,
        range: seconds ?? Math.max(LEAST, now - began),
        mark: mark?.time ?? null,
        evictions: !whyUnknown(state.value, "evictions"),
        end: travel?.time ? "then" : "now",
      };
    }),
  );
  function show(id: number): void {
    const follow = hasFocus(overview);
    turn("entries");
    entries.use((made) => made.show(id, follow));
  }

  // What comes with the rest of the code: the overview is there before it.
  const sheets = h("div");
  const notes = div("later");
  const fetch = createModule<CachePanes>(link, sheets);
  const entries = createLater(
    () => face.value === "entries",
    async () => (await fetch()).createEntries(link, said),
  );

  const whatif = createLater(
    () => true,
    async () => (await fetch()).createWhatIf(link, said),
  );
  function unfolded(make: (from: CachePanes) => HTMLElement): HTMLElement {
    const slot = div("");
    patiently(slot, fetch()).then(
      (panes) => slot.replaceChildren(make(panes)),
      (error) => slot.replaceChildren(h("p", { role: "status" }, reason(error))),
    );
    return slot;
  }
  const why = createWhy(link, (near) => unfolded((from) => from.nearPart(near, near.prompt, 0, show)));
  const feed = createFeed(link, said, (lookup) => unfolded((from) => from.explanation(link, lookup, show)));

  async function help(): Promise<void> {
    try {
      const dialog = (await patiently(notes, fetch())).createCacheHelp();
      sheets.append(dialog);
      dialog.addEventListener("close", () => dialog.remove());
      dialog.showModal();
    } catch (error) {
      announce(reason(error));
    }
  }

  const faceButtons = FACES.map((name) => {
    const label = name[0]!.toUpperCase() + name.slice(1);
    return button({ title: `${label} (E)` }, () => turn(name), label);
  });
  const rangeButtons = RANGES.map(([label], i) =>
    button({ title: `${label} (${i + 1})` }, () => choose(i), label),
  );
  const faces = h("span", { class: "seg", role: "group", "aria-label": "Faces" }, ...faceButtons);
  const ranges = h("span", { class: "seg", role: "group", "aria-label": "Time range" }, ...rangeButtons);
  function turn(name: (typeof FACES)[number]): void {
    const lost = hasFocus(name === "entries" ? overview : entriesSlot);
    face.value = name;
    if (lost) faceButtons[FACES.indexOf(name)]!.focus();
  }
  function find(): void {
    turn("entries");
    entries.use((made) => made.filter());
  }
  function choose(i: number): void {
    chosen.value = i;
  }

  const pace = createPace(link);
  const evicting = span("pace");
  const others = span("wide");
  const watching = span("q pace");
  const foot = div(
    "foot",
    pace.element,
    h("i"),
    evicting,
    h("i", { class: "wide" }),
    others,
    span("sp"),
    watching,
  );
  const whatifSlot = div("slot", whatif.element);
  const overview = div(
    "columns",
    div("column", chart.element, why.element),
    div("column", whatifSlot, feed.element),
  );
  const entriesSlot = div("entriesbox", entries.element);

  const frame = createFrame({
    kind: "cache",
    link,
    summary: computed(() => {
      const { maxsize, policy } = state.value;
      const limit = maxsize === null ? limitOf(state.value) : policy.replace("_upstream", "").toUpperCase();
      return `${limit} · ${counted(lookups.value, "lookup")}`;
    }),
    waiting: computed(() => {
      const { hits, misses } = link.latest.value;
      const waiting = hits + misses - state.value.hits - state.value.misses;
      return waiting > 0 ? `${counted(waiting, "lookup")} waiting` : "";
    }),
    empty: computed(() => {
      const { hits, misses, inserts, size: held, title, watched } = state.value;
      if (hits + misses + inserts + held > 0) return null;
      const head = "No lookups yet";
      if (watched) return { head, hint: "Lookups appear here as code makes them.", code: "" };
      return {
        head,
        hint: "Make it the global cache, then call a model.",
        code: `set_llm_cache(${title.name ?? "cache"})`,
      };
    }),
    tools: [faces, ranges, since.element],
    last: createCacheActions(link, said, { since: since.toggle, help: () => void help() }),
    body: [hero.element, overview, entriesSlot, notes, foot],
    leads: { open: show },
  });
  frame.element.append(sheets);

  function onKey(event: KeyboardEvent): void {
    const target = event.target as Element;
    if (event.defaultPrevented || modified(event)) return;
    if (target.closest("input, textarea, select, dialog, [popover]")) return;
    const key = event.key.toLowerCase();
    if (key === "e") turn(face.peek() === "entries" ? "overview" : "entries");
    else if (key === "m") since.toggle();
    else if (key === "?") void help();
    else if (key === "/") find();
    else if (face.peek() === "overview" && RANGES[Number(key) - 1]) choose(Number(key) - 1);
    else return;
    event.preventDefault();
  }
  frame.element.firstElementChild!.addEventListener("keydown", onKey as EventListener);

  const stops = [
    createLacking(state, {
      rates: chart.element,
      why: why.element,
      whatif: whatifSlot,
      lookups: feed.element,
      rows: entriesSlot,
    }),
    effect(() => {
      const over = face.value === "overview";
      overview.hidden = ranges.hidden = !over;
      entriesSlot.hidden = over;
      link.look({ lookups: over ? feed.wanted.value : "", why: over, whatif: over, entries: !over });
      press(faceButtons, over ? 0 : 1);
    }),
    effect(() => press(rangeButtons, range.value)),
    effect(() => {
      // Paused is what happens in the cache; what was asked for here shows.
      const { latest } = link;
      if (link.connection.value === "paused" && asked(latest.value) !== asked(state.peek())) link.catchUp();
    }),
    effect(() => {
      const { history, since: began } = link.latest.value;
      const now = link.now.value;
      const pace = `${rate(recentRate(history, history.evictions, now))} evictions/s`;
      figure(evicting, state.value, "evictions", pace, "evictions unknown");
      setText(watching, `watching for ${duration(now - began)}`);
    }),
    effect(() => {
      const { refreshes, clears, inserts } = counts.value;
      others.hidden = !!whyUnknown(state.value, "inserts");
      setText(
        others,
        `${counted(inserts, "insert")} · ${counted(refreshes, "refresh", "refreshes")} · ${counted(clears, "clear")}`,
      );
    }),
  ];
  const parts = [hero, since, chart, why, whatif, feed, entries, pace, frame];
  return {
    element: frame.element,
    dispose: stopAll([...stops, ...parts.map(({ dispose }) => dispose)]),
  };
}

function press(buttons: readonly HTMLElement[], on: number): void {
  for (const [i, each] of buttons.entries()) each.setAttribute("aria-pressed", String(i === on));
}

/** What of a state somebody asked for, rather than happened; of the entries they know themselves. */
function asked({ mark, whatif }: CacheState): string {
  return JSON.stringify([mark, whatif?.progress]);
}
