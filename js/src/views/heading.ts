import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { h, span } from "../dom.js";
import { paintText } from "../text.js";
import type { Title } from "../wire.gen.js";

/** What is shown, by type and name: as a heading, and as the label of the section for a screen reader. */
export function showTitle(
  state: ReadonlySignal<{ title: Title }>,
  heading: HTMLElement,
  section: HTMLElement,
): () => void {
  const title = computed(() => JSON.stringify([state.value.title.type, state.value.title.name]));
  return effect(() => {
    const [type, name] = JSON.parse(title.value) as [string, string | null];
    section.setAttribute("aria-label", name === null ? type : `${type} ${name}`);
    const typeText = h("bdi");
    paintText(typeText, type, 80);
    heading.replaceChildren(typeText);
    if (name === null) return;
    const nameText = h("code");
    paintText(nameText, name, 80);
    heading.append(" ", span("", "·"), " ", nameText);
  });
}
