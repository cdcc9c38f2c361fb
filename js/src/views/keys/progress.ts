import { computed, effect } from "@preact/signals-core";
import { button, h, setText } from "../../dom.js";
import type { Link, View } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { Downloads } from "./download.js";

const DOING = { "": "Listing", filtering: "Filtering", measuring: "Measuring", sorting: "Sorting" } as const;

/** In the footer while something takes its time: what, how far it is, and the way to stop it. */
export function createProgress(link: Link<KeyTableState>, downloads: Downloads): View {
  const label = h("span");
  const fill = h("i");
  const meter = h("span", { class: "meter", role: "progressbar" }, fill);
  const cancel = button(
    { class: "btn small" },
    () => (downloads.current.peek() ? downloads.cancel() : link.request("cancel", {}).catch(() => {})),
    "Cancel",
  );
  const element = h("span", { class: "progress" }, meter, label, cancel);

  const work = computed(() => {
    const file = downloads.current.value;
    if (file) return { what: `Writing ${file.name}`, part: file.done / Math.max(1, file.total) };
    const { progress, doing } = link.state.value;
    return progress === null ? null : { what: DOING[doing], part: progress };
  });
  const dispose = effect(() => {
    const now = work.value;
    element.hidden = now === null;
    if (!now) return;
    const percent = String(Math.floor(100 * Math.min(1, now.part)));
    setText(label, `${now.what}, ${percent} %`);
    meter.setAttribute("aria-label", now.what);
    meter.setAttribute("aria-valuenow", percent);
    fill.style.width = `${percent}%`;
  });
  return { element, dispose };
}
