import { computed } from "@preact/signals-core";
import type { Link, View } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import { createProgress } from "../progress.js";
import type { Downloads } from "./download.js";

const DOING = { "": "Listing", filtering: "Filtering", measuring: "Measuring", sorting: "Sorting" } as const;

/** In the footer while a list or a file is being made. */
export function createWork(link: Link<KeyTableState>, downloads: Downloads): View {
  const work = computed(() => {
    const file = downloads.current.value;
    if (file) return { what: `Writing ${file.name}`, part: file.done / Math.max(1, file.total) };
    const { progress, doing } = link.state.value;
    return progress === null ? null : { what: DOING[doing], part: progress };
  });
  return createProgress(work, () => {
    if (downloads.current.peek()) downloads.cancel();
    else link.request("cancel", {}).catch(() => {});
  });
}
