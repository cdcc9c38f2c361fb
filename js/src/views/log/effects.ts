import { h, span } from "../../dom.js";
import { bytes, count, counted, plain } from "../../format.js";
import { glyph } from "../../icons.js";
import { painted, visible } from "../../text.js";
import type { Effect, Effects, LogRow } from "../../wire.gen.js";
import { keyName, paintKey } from "../keys/rows.js";
import { valuesOf } from "./logrow.js";
import { kindOf, whoLines } from "./words.js";

/** "12 changes · 3 hits · 1 miss · 4.2 kB written" */
export function factsOf({ changes: all, hits, misses, bytes: written }: Effect): string {
  const changes = all - hits - misses; // those that are no lookups
  return [
    changes > 0 && counted(changes, "change"),
    hits > 0 && counted(hits, "hit"),
    misses > 0 && counted(misses, "miss", "misses"),
    written > 0 && `${plain(bytes(written))} written`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What stores and caches did while a checkpoint was being made. */
export function createEffects({ effects, watched, note }: Effects): HTMLElement[] {
  const all: HTMLElement[] = effects.map((effect) => {
    const left = effect.changes - effect.rows.length;
    return h(
      "section",
      { class: "effect", "aria-label": visible(effect.name || effect.type, 80) },
      h(
        "h3",
        {},
        painted("bdi", "ell", effect.name || effect.type, 80),
        span("q", effect.name ? visible(effect.type, 60) : ""),
      ),
      h("p", { class: "s" }, factsOf(effect)),
      h("ul", {}, ...effect.rows.map(line)),
      left > 0 && h("p", { class: "q" }, `${count(left)} more, in its log`),
    );
  });
  if (all.length === 0) {
    const text =
      watched === 0
        ? "No store or cache is logged in this kernel: inspect(store), then run the step again"
        : `None of the ${counted(watched, "watched store and cache", "watched stores and caches")} did anything in this step`;
    all.push(h("p", { class: "q" }, text));
  }
  if (note && watched > 0) all.push(painted("p", "q", note, 400));
  return all;
}

function line(row: LogRow): HTMLElement {
  const [picture, word] = kindOf(row.kind);
  const name = keyName();
  paintKey(name, row.key, "");
  name.title = visible(row.key, 400);
  const values = valuesOf(120);
  values.paint(row);
  return h(
    "li",
    { title: row.by ? visible(whoLines(row.by), 600).replaceAll("\\n", "\n") : null },
    glyph(picture, word),
    name,
    values.element,
    span("num q", row.size === null ? "" : plain(bytes(row.size))),
  );
}
