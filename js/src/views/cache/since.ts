import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { button, h, setText } from "../../dom.js";
import { moment } from "../../format.js";
import { icon } from "../../icons.js";
import type { Link } from "../../link.js";
import { FLAG } from "../../pictures.js";
import { reason } from "../../text.js";
import type { CacheState, Counts } from "../../wire.gen.js";
import type { Frame } from "../frame.js";

/** The totals, or what came since the mark. */
export function countsOf(state: CacheState): Counts {
  const { mark } = state;
  const from = (name: keyof Counts) => state[name] - (mark?.[name] ?? 0);
  return {
    hits: from("hits"),
    misses: from("misses"),
    inserts: from("inserts"),
    refreshes: from("refreshes"),
    evictions: from("evictions"),
    clears: from("clears"),
  };
}

export interface Since {
  element: HTMLElement;
  readonly counts: ReadonlySignal<Counts>;
  toggle(): void;
  dispose(): void;
}

/** The button that counts from here, and all again. */
export function createSince(link: Link<CacheState>, frame: Pick<Frame, "announce">): Since {
  const mark = computed(() => link.state.value.mark?.time ?? null);
  const counts = computed(() => countsOf(link.state.value));
  const label = h("span");
  const element = button({}, toggle, icon(FLAG), label, icon("close"));

  function toggle(): void {
    link.request("mark", { on: mark.peek() === null }).then(
      () => frame.announce(mark.peek() === null ? "Counting all" : "Counting from here"),
      (error) => frame.announce(reason(error)),
    );
  }

  const stop = effect(() => {
    const time = mark.value;
    const said = time === null ? "Count from here" : `Since ${moment(time, time)}`;
    setText(label, said);
    element.className = time === null ? "btn since" : "btn since on";
    element.ariaPressed = String(time !== null);
    element.ariaLabel = time === null ? said : `${said}, count all again`;
    element.title = time === null ? `${said} (M)` : "Count all again (M)";
  });
  return { element, counts, toggle, dispose: stop };
}
