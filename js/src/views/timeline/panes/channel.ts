import { button, div, h, span } from "../../../dom.js";
import { bytes, count } from "../../../format.js";
import { glyph, icon } from "../../../icons.js";
import { paintText, visible } from "../../../text.js";
import type { Channel } from "../../../wire.gen.js";
import { part } from "../../keys/parts.js";
import { numberCell, paintNumber } from "../../keys/rows.js";
import type { Place, Shell } from "../parts.js";
import type { Fold } from "./fold.js";
import { makerPart } from "./maker.js";

export interface ChannelRow {
  readonly element: HTMLElement;
  /** `heaviest` is the size that fills the bar. */
  paint(channel: Channel, place: Place, open: boolean, format: string | undefined, heaviest: number): void;
  dispose(): void;
}

/** A channel: what it is called, its type and size, whether it changed; its value in short, and who wrote it. */
export function createChannel(
  shell: Shell,
  toggle: (name: string, open: boolean) => void,
  makeFold: (name: string) => Fold,
): ChannelRow {
  let fold: Fold | null = null;
  let shown: Channel | null = null;
  const sign = span("twisty");
  const mark = span("mark");
  const name = h("bdi", { class: "ell name" });
  const type = h("bdi", { class: "q ell type" });
  const bar = h("i");
  const size = numberCell("b2", "q");
  const head = button(
    { class: "chrow", tabindex: -1 },
    flip,
    sign,
    name,
    mark,
    type,
    span("meter", bar),
    size,
  );
  const preview = h("bdi", { class: "ell s" });
  const remark = h("bdi", { class: "q remark" });
  const by = makerPart((at) => shell.choose(at));
  const about = div("chabout", preview, remark, by.element);
  const element = h("li", { class: "channel" }, head, about);
  let isOpen = false;

  function flip(): void {
    if (shown && !shown.broken) toggle(shown.name, !isOpen);
  }

  preview.addEventListener("click", flip);
  head.addEventListener("keydown", (event) => {
    if (event.key !== (isOpen ? "ArrowLeft" : "ArrowRight")) return;
    event.preventDefault();
    event.stopPropagation();
    flip();
  });

  function paint(
    channel: Channel,
    place: Place,
    wanted: boolean,
    format: string | undefined,
    heaviest: number,
  ): void {
    shown = channel;
    isOpen = wanted && !channel.broken;
    const items = channel.count === null ? "" : ` · ${count(channel.count)}`;
    element.classList.toggle("broken", channel.broken);
    if (channel.broken) head.removeAttribute("aria-expanded");
    else head.setAttribute("aria-expanded", String(isOpen));
    sign.replaceChildren(channel.broken ? glyph("error", "cannot be read") : icon(isOpen ? "down" : "right"));
    mark.replaceChildren(...(channel.changed ? [glyph("changed", "changed")] : []));
    mark.title = channel.changed ? "Changed by this step" : "";
    paintText(name, channel.name, 200);
    paintText(type, channel.type + items, 120);
    bar.style.width = part(channel.size, heaviest);
    paintNumber(
      size,
      channel.size === null ? { digits: "", unit: "" } : bytes(channel.size),
      estimate(channel),
    );
    head.title = visible(`${channel.name}: ${channel.type}${sizeText(channel)}`, 400);
    preview.hidden = isOpen || channel.broken;
    paintText(preview, channel.preview, 300);
    remark.hidden = channel.remark === "" && !channel.broken;
    remark.classList.toggle("evict", channel.broken);
    paintText(remark, channel.broken ? `cannot be read: ${channel.remark}` : channel.remark, 500);
    by.paint(channel.by, place.at);
    if (isOpen && !fold) {
      fold = makeFold(channel.name);
      element.append(fold.element);
    }
    if (fold) fold.element.hidden = !isOpen;
    if (isOpen) {
      if (by.element.parentElement === about) fold!.beside(by.element);
      fold!.show(place, format);
    } else if (by.element.parentElement !== about) about.append(by.element);
    about.hidden = preview.hidden && remark.hidden && (isOpen || by.element.hidden);
  }

  return { element, paint, dispose: () => fold?.dispose() };
}

/** Extrapolated sizes say so. */
const estimate = ({ how }: Channel) => (how === "sampled" ? "~" : "");

function sizeText({ size, how }: Channel): string {
  if (size === null) return ", size unknown";
  const told = { exact: "", sampled: ", extrapolated", shallow: ", without what it refers to" }[how];
  return `, ${count(size)} B${told}`;
}

/** The sum of what is known, in short. */
export function total(channels: readonly Channel[]): string {
  const known = channels.map(({ size }) => size).filter((size) => size !== null);
  const { digits, unit } = bytes(known.reduce((sum, size) => sum + size, 0));
  const most = known.length < channels.length ? "at least " : "";
  return `${most}${digits} ${unit}`;
}
