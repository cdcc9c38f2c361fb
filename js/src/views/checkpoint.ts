import { effect, type ReadonlySignal } from "@preact/signals-core";
import { button, h, setText } from "../dom.js";
import { bytes, counted, step } from "../format.js";
import { icon } from "../icons.js";
import type { Link } from "../link.js";
import { InMemoryStore } from "../store.js";
import { paintText } from "../text.js";
import type { ValueNode } from "../wire.gen.js";
import { nodeText } from "./timeline/keys.js";
import type { Chosen, Shell } from "./timeline/parts.js";
import { createTree } from "./tree.js";

const KEPT = 32; // checkpoints whose loaded state is kept

/** The selected checkpoint: what it is, its config to copy, and its state as a tree. */
export function createCheckpoint(
  chosen: ReadonlySignal<Chosen | null>,
  request: Link["request"],
  shell: Shell,
): { element: HTMLElement; dispose(): void } {
  const name = h("bdi", { class: "b" });
  const detail = h("span", { class: "s" });
  const id = h("bdi", { class: "mono q ell" });
  const size = h("span");
  const tree = createTree("State");
  const problem = h("p", { class: "problem", hidden: true });
  const idButton: HTMLButtonElement = button(
    { class: "btn icon small", "aria-label": "Copy the checkpoint id", title: "Copy the checkpoint id" },
    () => void shell.copy(chosen.peek()?.id ?? "", "Checkpoint id", idButton),
    icon("copy"),
  );
  const scroller = h("div", { class: "scroll" }, problem, tree.element);
  const element = h(
    "div",
    { class: "checkpoint" },
    h(
      "div",
      { class: "sh" },
      h("div", { class: "ell" }, name, detail),
      h("div", { class: "idline" }, id, idButton),
    ),
    h("div", { class: "sect" }, h("h3", {}, "State"), h("span", { class: "sp" }), size),
    scroller,
  );

  // A checkpoint's state does not change, so what was loaded stays true.
  const loaded = new InMemoryStore<ValueNode>();
  let shown = "";

  function stateOf({ thread, ns, id: checkpoint }: Chosen, path: number[]): Promise<ValueNode> {
    return request("state", { thread, ns, id: checkpoint, path }) as Promise<ValueNode>;
  }

  async function load(choice: Chosen, key: string): Promise<void> {
    element.setAttribute("aria-busy", "true");
    try {
      const root = loaded.get(key) ?? (await stateOf(choice, []));
      loaded.delete(key); // the most recently used is last
      loaded.set(key, root);
      for (const old of loaded.keys()) {
        if (loaded.size <= KEPT) break;
        loaded.delete(old);
      }
      if (key !== shown) return;
      problem.hidden = true;
      const weight = root.size === null ? null : bytes(root.size);
      const channels = counted(root.count ?? 0, "channel");
      setText(size, weight ? `${channels} · ${weight.digits} ${weight.unit}` : channels);
      tree.element.hidden = false;
      tree.show(root, (path) => stateOf(choice, path));
    } catch (error) {
      if (key !== shown) return;
      shown = "";
      tree.element.hidden = true;
      problem.hidden = false;
      paintText(problem, error instanceof Error ? error.message : String(error), 300);
      setText(size, "");
    }
    element.removeAttribute("aria-busy");
  }

  const dispose = effect(() => {
    const choice = chosen.value;
    element.classList.toggle("none", choice === null);
    if (!choice) return;
    const { row } = choice;
    paintText(name, row ? nodeText(row) : "checkpoint", 200);
    const scope = row && row.scope.length > 0 ? ` · in ${row.scope.join(" / ")}` : "";
    paintText(detail, row ? ` · step ${step(row.step)} · ${row.source}${scope}` : "", 300);
    paintText(id, choice.id, 200);
    const key = JSON.stringify([choice.thread, choice.ns, choice.id]);
    if (key === shown) return;
    shown = key;
    void load(choice, key);
  });
  return { element, dispose };
}
