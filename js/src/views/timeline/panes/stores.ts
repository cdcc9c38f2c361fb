import { computed, effect, untracked } from "@preact/signals-core";
import { div, setText, span } from "../../../dom.js";
import { counted } from "../../../format.js";
import { stopAll } from "../../../stops.js";
import type { Effects } from "../../../wire.gen.js";
import { createFollowing } from "./following.js";
import type { Active, Context, Tab } from "./tab.js";

/** What stores and caches did while the checkpoint was being made. */
export function createStores({ link, shell, chosen, answers, questions }: Context, active: Active): Tab {
  const question = computed(() => {
    const place = chosen.value;
    return active.value && place ? questions.effects(place) : null;
  });
  const following = createFollowing(answers, question, link);
  const aside = span("s");
  const element = div("effects");
  let drawn = "";

  async function paint(effects: Effects): Promise<void> {
    const mark = JSON.stringify(effects);
    if (mark === drawn) return;
    drawn = mark;
    const all = effects.effects.reduce((sum, { changes }) => sum + changes, 0);
    setText(aside, all > 0 ? counted(all, "event") : "");
    const { createEffects } = await shell.log();
    if (mark === drawn) element.replaceChildren(...createEffects(effects));
  }

  const stops = [
    effect(() => {
      const shown = following.shown.value;
      if (!shown) return;
      untracked(() => paint(shown.answer)).catch((error: Error) => {
        drawn = "";
        element.textContent = error.message;
      });
    }),
    following.dispose,
  ];
  return { label: "Stores", element, aside, following, dispose: stopAll(stops) };
}
