import { effect, type ReadonlySignal } from "@preact/signals-core";
import { button, h, setText, span } from "../dom.js";
import type { View } from "../link.js";

/** What takes its time: what it is, how far it is (0 to 1), and the way to stop it, if there is one. */
export function createProgress(
  work: ReadonlySignal<{ what: string; part: number } | null>,
  cancel?: () => void,
): View {
  const label = h("span");
  const fill = h("i");
  const meter = h("span", { class: "meter", role: "progressbar" }, fill);
  const element = span("work", meter, label, cancel && button({ class: "btn small" }, cancel, "Cancel"));
  const dispose = effect(() => {
    const now = work.value;
    element.hidden = now === null;
    if (!now) return;
    const percent = String(Math.floor(100 * Math.min(1, now.part)));
    setText(label, `${now.what}, ${percent} %`);
    meter.ariaLabel = now.what;
    meter.ariaValueNow = percent;
    fill.style.width = `${percent}%`;
  });
  return { element, dispose };
}
