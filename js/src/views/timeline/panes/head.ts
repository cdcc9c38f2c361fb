import { computed, effect, signal } from "@preact/signals-core";
import { div, h, span } from "../../../dom.js";
import { moment, plain, step, took } from "../../../format.js";
import { iconButton } from "../../../icons.js";
import { FLAG } from "../../../pictures.js";
import { stopAll } from "../../../stops.js";
import { paintText, reason, visible } from "../../../text.js";
import type { CheckpointRow } from "../../../wire.gen.js";
import { keyOf, nodeText } from "../keys.js";
import type { Place } from "../parts.js";
import { countParts } from "./diff.js";
import { createFollowing } from "./following.js";
import type { Context } from "./tab.js";

const REST = 120; // ms that a checkpoint stays chosen before its changes are counted

/** Which checkpoint it is, and how much it changed. */
export function createHead({ link, shell, chosen, answers, questions }: Context) {
  const name = h("bdi", { class: "b ell" });
  const detail = span("s ell");
  const id = h("bdi", { class: "mono q ell" });
  const counts = span("counts");
  const copyId = iconButton("copy", "Copy the checkpoint id", "", () => {
    void shell.copy(chosen.peek()?.id ?? "", "Checkpoint id", copyId);
  });
  const pin = iconButton(FLAG, "Pin, to compare with", "M", () => void togglePin());
  const element = div("phead", div("pname", name, detail, span("sp"), counts), div("pid", id, copyId, pin));

  const rested = signal<Place | null>(null);
  const question = computed(() => (rested.value ? questions.diff(rested.value, null) : null));
  const following = createFollowing(answers, question, link);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function togglePin(): Promise<void> {
    const place = chosen.peek();
    if (!place) return;
    const { thread, at } = place;
    const on = link.state.peek().pinned !== at;
    try {
      await link.request("pin", { thread, at: on ? at : null });
      shell.announce(on ? "Pinned" : "Not pinned any more");
    } catch (error) {
      shell.announce(reason(error));
    }
  }

  const stops = [
    effect(() => {
      const place = chosen.value;
      if (!place) return;
      const { row } = place;
      const label = following.shown.value;
      const known = label?.place.at === place.at ? label.answer.after.label : "";
      paintText(name, row ? nodeText(row) : known || "checkpoint", 200);
      paintText(detail, row ? detailText(row, link.state.value.rows) : "", 300);
      detail.title = row ? visible(timeText(row, link.clock()), 300) : "";
      paintText(id, place.id, 200);
      id.title = visible(place.ns ? `${place.id}\nin ${place.ns}` : place.id, 400);
      pin.setAttribute("aria-pressed", String(link.state.value.pinned === place.at));
    }),
    effect(() => {
      const place = chosen.value;
      const shown = following.shown.value;
      clearTimeout(timer);
      if (!place) return;
      const here = shown?.place.at === place.at && shown.place.thread === place.thread;
      counts.replaceChildren(...(here ? countParts(shown.answer) : []));
      const { thread, at } = place;
      const asked = questions.diff({ thread, at }, null);
      const rest = answers.known(asked) === undefined ? REST : 0;
      if (!here)
        timer = setTimeout(() => {
          rested.value = { thread, at };
        }, rest);
    }),
    following.dispose,
    () => clearTimeout(timer),
  ];
  return { element, dispose: stopAll(stops) };
}

function detailText(row: CheckpointRow, rows: readonly CheckpointRow[]): string {
  const scope = row.scope.length > 0 ? ` · in ${row.scope.join(" / ")}` : "";
  return ` · step ${step(row.step)}${scope}${forkedFrom(row, rows)}`;
}

/**
 * " · forked from step 4": where the nearest fork above it branched off, as far as the rows at hand tell.
 * A checkpoint is a fork if it says so, or if its parent had another child before.
 */
export function forkedFrom(row: CheckpointRow, rows: readonly CheckpointRow[]): string {
  const byKey = new Map(rows.map((other, i) => [keyOf(other), i]));
  let at: CheckpointRow | undefined = row;
  while (at?.parent != null) {
    const here: CheckpointRow = at;
    const parent = rows[byKey.get(keyOf({ ns: here.ns, id: here.parent! })) ?? -1];
    if (!parent) return "";
    const i = byKey.get(keyOf(here)) ?? -1;
    const elder = rows.slice(i + 1).some((other) => other.ns === here.ns && other.parent === here.parent);
    if (here.source === "fork" || elder) return ` · forked from step ${step(parent.step)}`;
    at = parent;
  }
  return "";
}

function timeText({ ts, took: seconds, source }: CheckpointRow, now: number): string {
  const when = ts === null ? "" : moment(ts, now);
  return [source, when, seconds !== null && `took ${plain(took(seconds))}`].filter(Boolean).join(", ");
}
