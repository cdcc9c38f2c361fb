import { computed, effect, signal, untracked } from "@preact/signals-core";
import { arrange, button, div, h, hasFocus, setText, span } from "../../../dom.js";
import { counted, step } from "../../../format.js";
import { stopAll } from "../../../stops.js";
import { paintText, visible } from "../../../text.js";
import type { Diff } from "../../../wire.gen.js";
import { keyOf, nodeText } from "../keys.js";
import { diffRow, heads } from "./diffrow.js";
import { createFollowing } from "./following.js";
import { createRoving } from "./roving.js";
import type { Active, Context, Tab } from "./tab.js";

/** What differs from the parent, or from the pinned checkpoint. */
export function createDiff({ link, shell, chosen, answers, questions }: Context, active: Active): Tab {
  const wanted = signal<"parent" | "pinned">("parent");
  const pinned = computed(() => link.state.value.pinned);
  /** What it is compared with: a pin, or null for the parent. */
  const against = computed(() => (wanted.value === "pinned" ? pinned.value : null));
  const question = computed(() => {
    const place = chosen.value;
    return active.value && place ? questions.diff(place, against.value) : null;
  });
  const following = createFollowing(answers, question, link);
  const label = span("ell");
  const told = span("ell");
  const choices = (["parent", "pinned"] as const).map((side) => {
    const title = side === "parent" ? "Against the parent" : "Against the pinned checkpoint";
    return button(
      { class: "btn small", title },
      () => {
        wanted.value = side;
      },
      side === "parent" ? "Parent" : "Pinned",
    );
  });
  const seg = h("span", { class: "seg", role: "group", "aria-label": "Compare with" }, ...choices);
  const aside = span("s against", label, seg);
  const problem = h("p", { class: "problem" });
  const common = span("s");
  const sides = div("sides s", told, common);
  const rows = div("diffrows");
  const note = h("p", { class: "q note" });
  const element = div("difftab", problem, sides, rows, note);
  const rove = createRoving(rows, ".by.leads");

  function ancestor(key: string): void {
    const row = link.state.peek().rows.find((row) => keyOf(row) === key);
    const text = row ? `${nodeText(row)} · step ${step(row.step)}` : key.slice(key.lastIndexOf("\n") + 1);
    const lead = button({ class: "by leads" }, () => shell.choose(key));
    paintText(lead, text, 120);
    common.replaceChildren(span("", " · branches apart since "), lead);
  }

  function paint(diff: Diff): void {
    paintText(problem, diff.problem, 500);
    problem.hidden = diff.problem === "";
    common.hidden = diff.common === null;
    if (diff.common !== null) ancestor(diff.common);
    const first = heads(diff.rows);
    const focused = hasFocus(element);
    arrange(
      rows,
      diff.rows.map((row, i) => diffRow(row, diff, first.has(i), (at) => shell.choose(at))),
    );
    setText(note, noteText(diff));
    note.hidden = note.textContent === "";
    rove();
    if (focused && !hasFocus(element)) element.closest<HTMLElement>("[role=tabpanel]")?.focus();
  }

  const stops = [
    effect(() => {
      const shown = following.shown.value;
      if (shown) untracked(() => paint(shown.answer));
    }),
    effect(() => {
      const place = chosen.value;
      const pin = pinned.value;
      const side = against.value === null ? "parent" : "pinned";
      for (const [i, name] of (["parent", "pinned"] as const).entries()) {
        choices[i]!.setAttribute("aria-pressed", String(name === side));
      }
      // A pin makes it a choice; what it is then compared with has a line of its own.
      seg.hidden = pin === null;
      label.hidden = pin !== null;
      sides.hidden = pin === null;
      const before = following.shown.value?.answer.before;
      const itself = side === "pinned" && pin === place?.at;
      const full = before?.label ?? "";
      const names = new Map([
        [label, full.split(" · ").at(-1)!], // beside the tabs there is room for the step only
        [told, full],
      ]);
      for (const [said, name] of names) {
        paintText(said, itself ? "against itself" : before ? `against ${name}` : "", 120);
        said.title = before ? visible(`against ${full}, thread ${before.thread}`, 300) : "";
      }
    }),
    following.dispose,
  ];
  return {
    label: "Diff",
    element,
    aside,
    following,
    fetch(place) {
      const asked = questions.diff(place, against.peek());
      return answers.known(asked) === undefined ? answers.ask(asked) : undefined;
    },
    dispose: stopAll(stops),
  };
}

/** What is not in the rows. */
function noteText({ before, rows, more, internal, problem, added, changed, removed, moved }: Diff): string {
  if (problem) return "";
  const parts = [
    more > 0 && `${counted(more, "more change")} not listed`,
    internal > 0 && `${counted(internal, "change")} in LangGraph's own channels`,
  ].filter(Boolean);
  if (added + changed + removed + moved === 0 && more === 0) {
    parts.unshift(before || rows.length > 0 ? "No channel differs" : "No parent, and nothing in it");
  }
  return parts.join(" · ");
}

/** "+3", "~1", "−1", "⇅2", those that are. */
export function countParts({ added, changed, removed, moved }: Diff): HTMLElement[] {
  const all = [
    ["hit", "+", added, "added"],
    ["miss", "~", changed, "changed"],
    ["evict", "\u2212", removed, "removed"],
    ["s", "\u21c5", moved, "moved"],
  ] as const;
  return all
    .filter(([, , n]) => n > 0)
    .map(([tone, sign, n, word]) => {
      const said = h("span", { class: tone, title: `${n} ${word}` }, `${sign}${n}`, span("sr", ` ${word}`));
      return said;
    });
}
