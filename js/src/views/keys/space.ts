import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { h, setText } from "../../dom.js";
import { age, count, counted } from "../../format.js";
import type { Link, View } from "../../link.js";
import type { KeyTableState, Space } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { sized } from "./parts.js";
import { toggled } from "./path.js";
import { createShares } from "./space_shares.js";
import { createTop } from "./space_top.js";

/** What takes the space: bytes by type and namespace, the largest and the busiest keys.
 * `jump` opens a key by its id and shows its row. */
export function createSpace(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  jump: (id: number) => void,
): View {
  const { state } = link;
  const space = computed(() => state.value.space);
  const query = computed(() => state.value.query);

  function ask(changes: Record<string, unknown>): void {
    link.request("query", changes).catch((error: Error) => frame.announce(error.message));
  }

  const types = createShares("Bytes by type", ({ label }) => {
    ask({ types: toggled(query.peek().types, label) });
  });
  const namespaces = createShares("Bytes by namespace", ({ prefix }) => {
    ask({ namespace: query.peek().namespace === prefix ? "" : prefix });
  });
  const largest = createTop("Largest keys", jump, ({ size, how }) =>
    size === null ? ["—", "not measured"] : [sized(size, how), `${count(size)} B, ${how}`],
  );
  const busiest = createTop("Busiest keys", jump, ({ changes }) => [
    count(changes),
    `at least ${counted(changes, "change")}`,
  ]);
  const facts = createFacts(space, link.now);
  const bar = h("i");
  const progress = h("div", { class: "meter", role: "progressbar", "aria-label": "Measuring" }, bar);
  const body = h(
    "div",
    { class: "sections" },
    types.element,
    namespaces.element,
    largest.element,
    busiest.element,
  );
  const note = h("p", { class: "note q" });
  const element = h(
    "section",
    { class: "space", "aria-label": "Space" },
    facts.element,
    progress,
    note,
    body,
  );

  const stops = [
    facts.stop,
    effect(() => {
      const found = space.value;
      const { types: chosen, namespace } = query.value;
      const { delimiters } = state.value;
      const share = found?.progress ?? null;
      progress.hidden = share === null;
      if (share !== null) {
        progress.setAttribute("aria-valuenow", String(Math.round(100 * share)));
        bar.style.width = `${(100 * share).toFixed(1)}%`;
      }
      setText(note, found ? (found.keys === 0 ? "No keys to measure" : "") : "measuring …");
      body.hidden = !found || found.keys === 0;
      if (!found) return;
      types.show(found.types, found, ({ label }) => chosen.includes(label), "");
      namespaces.show(
        found.namespaces,
        found,
        ({ prefix }) => prefix !== null && prefix === namespace,
        delimiters === "" ? "no delimiter, no namespaces" : "no key has a namespace",
      );
      largest.show(found.largest, delimiters, share === null ? "nothing measured" : "measuring …");
      busiest.show(found.busiest, delimiters, "no change seen yet");
    }),
  ];
  return {
    element,
    dispose: () => {
      for (const stop of stops) stop();
    },
  };
}

/** Totals, and how they were measured. */
function createFacts(
  space: ReadonlySignal<Space | null>,
  now: ReadonlySignal<number>,
): { element: HTMLElement; stop: () => void } {
  const names = ["Values", "Key text", "Keys", "Measured"];
  const cells = names.map(() => h("dd"));
  const element = h("dl", {}, ...names.map((name, i) => h("div", {}, h("dt", {}, name), cells[i]!)));
  const stop = effect(() => {
    const found = space.value;
    element.hidden = !found;
    if (!found) return;
    const texts = [
      sized(found.bytes, found.sampled + found.shallow > 0 ? "sampled" : "exact"),
      sized(found.key_bytes, "exact"),
      count(found.keys),
      measured(found, now.value),
    ];
    for (const [i, text] of texts.entries()) setText(cells[i]!, text);
    cells[0]!.title = `${count(found.bytes)} B`;
    cells[1]!.title = `${count(found.key_bytes)} B`;
    cells[3]!.title =
      "exact: all content counted; sampled: reckoned from a part of it; shallow: the object alone";
  });
  return { element, stop };
}

/** "998,000 exact, 2,000 sampled · 3 s ago", or how far it is. */
export function measured(space: Space, now: number): string {
  const hows = (["exact", "sampled", "shallow"] as const)
    .filter((how) => space[how] > 0)
    .map((how) => `${count(space[how])} ${how}`)
    .join(", ");
  if (space.progress !== null) {
    const share = `${Math.floor(100 * space.progress)}\u2009% so far`;
    return hows ? `${share} · ${hows}` : share;
  }
  if (space.measured === null) return hows;
  const { digits, unit } = age(space.measured, now);
  return `${hows} · ${unit ? `${digits} ${unit} ago` : digits}`;
}
