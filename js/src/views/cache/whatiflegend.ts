import { effect, type ReadonlySignal } from "@preact/signals-core";
import { button, h, setText, span, svg } from "../../dom.js";
import type { View } from "../../link.js";
import { classOf, type Line, type Shown } from "./whatifplot.js";
import { figure } from "./whatiftext.js";

interface Item {
  element: HTMLButtonElement;
  show(line: Line, text: string): void;
}

export interface LegendActions {
  toggle(policy: string): void;
  /** Draws a policy's curve stronger; "" for none. */
  stress(policy: string): void;
}

/** One button for each policy: how its curve looks, its figure at the size read; switches it on and off. */
export function createLegend(
  shown: ReadonlySignal<Shown>,
  at: ReadonlySignal<number>,
  actions: LegendActions,
): View {
  const items = new Map<string, Item>();
  const element = h("div", { class: "policies", role: "group", "aria-label": "Policies" });
  const dispose = effect(() => {
    const { lines, unit } = shown.value;
    element.className = `policies ${unit}`;
    for (const line of lines) {
      let item = items.get(line.policy);
      if (!item) {
        item = createItem(line.policy, actions);
        items.set(line.policy, item);
        element.append(item.element);
      }
      const value = line.values?.[at.value];
      item.show(line, value === undefined ? "—" : figure(value, unit));
    }
  });
  return { element, dispose };
}

function createItem(policy: string, { toggle, stress }: LegendActions): Item {
  const sample = svg("path", { d: "M0 5h20" });
  const name = span("ell");
  const value = h("b");
  const element = button(
    { class: "policy" },
    () => toggle(policy),
    svg("svg", { width: 20, height: 10, "aria-hidden": "true" }, sample),
    name,
    value,
  );
  for (const [event, stressed] of [
    ["pointerenter", policy],
    ["focus", policy],
    ["pointerleave", ""],
    ["blur", ""],
  ] as const) {
    element.addEventListener(event, () => stress(stressed));
  }
  return {
    element,
    show(line, text) {
      sample.setAttribute("class", classOf(line));
      setText(name, line.label);
      element.title = line.label + remark(line);
      setText(value, line.on ? text : "");
      element.setAttribute("aria-pressed", String(line.on));
    },
  };
}

function remark({ policy, present }: Line): string {
  if (present) return ", the present policy";
  return policy === "optimum" ? ": knows the future, no policy can do better" : "";
}
