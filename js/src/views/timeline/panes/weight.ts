import { computed, effect, untracked } from "@preact/signals-core";
import { div, h, setText, span } from "../../../dom.js";
import { bytes, count, counted, plain } from "../../../format.js";
import { glyph } from "../../../icons.js";
import { stopAll } from "../../../stops.js";
import { painted, paintText, visible } from "../../../text.js";
import type { ChannelWeight, NamespaceWeight, Weight } from "../../../wire.gen.js";
import { part } from "../../keys/parts.js";
import { createFollowing } from "./following.js";
import { growthLine } from "./growthline.js";
import type { Active, Context, Tab } from "./tab.js";

const AGAIN = 400; // ms, while it is being reckoned

/** What the checkpoint weighs, what of it is shared with others, and how that grows. */
export function createWeight({ link, chosen, answers, questions }: Context, active: Active): Tab {
  const question = computed(() => {
    const place = chosen.value;
    return active.value && place ? questions.weight(place) : null;
  });
  const following = createFollowing(answers, question, link);
  const aside = span("s");
  const element = div("weighttab");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawn = "";

  function paint(weight: Weight): void {
    clearTimeout(timer);
    if (weight.progress !== null) timer = setTimeout(() => active.peek() && following.again(), AGAIN);
    const mark = JSON.stringify(weight);
    if (mark === drawn) return;
    drawn = mark;
    setText(aside, weight.progress === null ? `thread ${plain(bytes(weight.thread))}` : "");
    element.replaceChildren(...parts(weight));
  }

  const stops = [
    effect(() => {
      const shown = following.shown.value;
      if (shown) untracked(() => paint(shown.answer));
    }),
    following.dispose,
    () => clearTimeout(timer),
  ];
  return { label: "Weight", element, aside, following, dispose: stopAll(stops) };
}

function parts(weight: Weight): HTMLElement[] {
  const { progress, warning, channels, more, namespaces, ghosts, orphans } = weight;
  if (progress !== null) return [reckoning(progress)];
  const all = [figures(weight)];
  if (warning) all.push(div("warning", glyph("changed", "warning"), painted("span", "", warning, 500)));
  if (channels.length > 0) all.push(channelList(channels, more));
  if (namespaces.length > 1) all.push(namespaceList(namespaces));
  if (ghosts.length > 0 || orphans > 0) all.push(leftovers(weight));
  return all;
}

function reckoning(progress: number): HTMLElement {
  const done = `${Math.floor(100 * progress)} %`;
  return h(
    "p",
    { class: "reckoning s", role: "status" },
    "Reckoning the thread ",
    span("meter", h("i", { style: `width:${done.replace(" ", "")}` })),
    done,
  );
}

function figures({ exclusive, shared, writes, how }: Weight): HTMLElement {
  const estimate = how === "exact" ? "" : "~";
  const figure = (tone: string, label: string, n: number, title: string) =>
    h(
      "div",
      { title },
      h("dt", { class: "s" }, tone && h("i", { class: tone }), label),
      h("dd", { class: "num" }, estimate + plain(bytes(n))),
    );
  return h(
    "dl",
    { class: "figures" },
    figure("own", "Only here", exclusive, "Freed if this checkpoint alone were deleted"),
    figure("shared", "Shared", shared, "Other checkpoints of the thread hold it too: it is stored once"),
    figure("", "Writes", writes, "Of tasks, saved beside the checkpoint"),
  );
}

function channelList(channels: readonly ChannelWeight[], more: number): HTMLElement {
  const most = Math.max(...channels.map(({ exclusive, shared }) => exclusive + shared));
  const rows = channels.map(({ name, exclusive, shared, growth, points }) => {
    const whole = exclusive + shared;
    const title = `${name}: ${count(exclusive)} B only here, ${count(shared)} B shared`;
    return h(
      "li",
      { title: visible(title, 300) },
      painted("bdi", "mono ell", name, 200),
      growthLine(points, growth),
      h(
        "span",
        { class: "weigh", "aria-hidden": "true" },
        exclusive > 0 && h("i", { class: "own", style: `width:${part(exclusive, most)}` }),
        shared > 0 && h("i", { class: "shared", style: `width:${part(shared, most)}` }),
      ),
      span("num", plain(bytes(whole))),
      span("sr", ` in all, ${plain(bytes(exclusive))} only here`),
    );
  });
  return h(
    "section",
    { class: "weights", "aria-label": "Channels" },
    h("h3", {}, "Channels", span("q", "growth, bytes")),
    h("ul", {}, ...rows),
    more > 0 && h("p", { class: "q" }, `${counted(more, "lighter channel")} not shown`),
  );
}

function namespaceList(namespaces: readonly NamespaceWeight[]): HTMLElement {
  const most = Math.max(...namespaces.map(({ bytes }) => bytes));
  const rows = namespaces.map(({ ns, checkpoints, bytes: weight }) =>
    h(
      "li",
      { title: ns ? visible(ns, 300) : null },
      ns === "" ? span("", "root graph") : painted("bdi", "mono ell", ns, 200),
      span("q num", counted(checkpoints, "checkpoint")),
      h(
        "span",
        { class: "weigh", "aria-hidden": "true" },
        h("i", { class: "own", style: `width:${part(weight, most)}` }),
      ),
      span("num", plain(bytes(weight))),
    ),
  );
  return h(
    "section",
    { class: "weights", "aria-label": "Namespaces" },
    h("h3", {}, "Namespaces of the thread"),
    h("ul", { class: "spaces" }, ...rows),
  );
}

/** Of the whole checkpointer: what nothing leads to any more. */
function leftovers({ ghosts, orphans, orphan_bytes }: Weight): HTMLElement {
  const lines: HTMLElement[] = [];
  if (ghosts.length > 0) {
    const names = h("bdi", { class: "mono" });
    paintText(names, ghosts.slice(0, 5).join(", ") + (ghosts.length > 5 ? " …" : ""), 200);
    lines.push(h("p", {}, `${counted(ghosts.length, "thread")} without a checkpoint: `, names));
  }
  if (orphans > 0) {
    const weight = plain(bytes(orphan_bytes));
    lines.push(
      h(
        "p",
        {},
        `${counted(orphans, "write")} without its checkpoint, ${weight}`.replace(
          "writes without its",
          "writes without their",
        ),
      ),
    );
  }
  return h(
    "section",
    { class: "weights leftovers", "aria-label": "Ghosts and orphans" },
    h("h3", {}, "Ghosts and orphans", span("q", "of all threads")),
    ...lines,
  );
}
