import { effect } from "@preact/signals-core";
import { button, div, h, setText, span } from "../../dom.js";
import { counted } from "../../format.js";
import { kept } from "../../kept.js";
import type { Link, View } from "../../link.js";
import { reason } from "../../text.js";
import type { CacheState } from "../../wire.gen.js";

/** How far the simulation is and the way to stop it; or what has happened since, and the way to run it again. */
export function createRun(link: Link<CacheState>, announce: (text: string) => void): View {
  const whatif = kept(() => link.state.value.whatif);
  const fill = h("i");
  const meter = h("span", { class: "meter", role: "progressbar", "aria-label": "Simulating" }, fill);
  const said = span("s");
  let asked = false;
  // One button for both: it keeps the focus when one becomes the other.
  const run = button({ class: "btn small" }, () => {
    asked = true;
    link
      .request("whatif", { run: whatif.peek()?.progress == null })
      .catch((error: unknown) => announce(reason(error)));
  });
  const element = div("run", meter, said, run);

  let running = false;
  const dispose = effect(() => {
    const now = whatif.value;
    // Too few lookups: that is all there is to say.
    element.hidden = !now || (!now.lookups && now.progress === null && now.notes.length > 0);
    if (!now) return;
    const { progress, curves, lookups, lost } = now;
    const newer = link.state.value.seen - lookups - lost;
    const percent = String(Math.floor(100 * (progress ?? 0)));
    meter.hidden = progress === null;
    meter.setAttribute("aria-valuenow", percent);
    fill.style.width = `${percent}%`;
    if (progress !== null) setText(said, `simulating, ${percent}\u2009%`);
    else setText(said, (lookups || now.problem) && newer > 0 ? `${counted(newer, "lookup")} since` : "");
    setText(run, progress !== null ? "Cancel" : curves.length ? "Run again" : "Run");
    const ended = running && progress === null;
    running = progress !== null;
    if (ended && asked) announce(`${counted(curves.length, "policy", "policies")} simulated`);
    if (ended) asked = false;
  });
  return { element, dispose };
}
