import type { AnyModel, Render } from "@anywidget/types";
import { type ReadonlySignal, signal } from "@preact/signals-core";
import { type Client, createClient } from "./client.js";
import type { AnyState, Link, Trait, View } from "./link.js";
import { createPress } from "./press.js";
import type { Params } from "./wire.gen.js";

export interface Host {
  /** A synced trait, followed until the view is closed. */
  trait<T>(name: string): Trait<T>;
}

/** The only place that knows anywidget: makes a widget of a view. */
export function widget<S extends AnyState>(
  params: Params,
  createView: (link: Link<S>, host: Host) => View,
): { render: Render } {
  const render: Render = ({ model, el, signal: ended }) => {
    const cleanups: (() => void)[] = [];
    const on = (event: string, callback: (...args: never[]) => void) => {
      model.on(event, callback as () => void);
      cleanups.push(() => model.off(event as "msg:custom", callback as () => void));
    };

    const client: Client<S> = createClient(newId(), model.get("state") as S, params, (message) =>
      model.send(message),
    );
    on("comm_live_update", client.check);
    cleanups.push(client.close);

    const view = createView(client, { trait: (name) => follow(model, name, on) });
    cleanups.push(view.dispose);
    const press = createPress(view.element);
    on("msg:custom", (message: Parameters<typeof client.receive>[0]) => press(() => client.receive(message)));
    el.append(view.element);
    cleanups.push(watchVisibility(view.element, client.setVisible));

    // The host aborts the signal; older ones only call what was returned.
    const end = () => {
      for (const cleanup of cleanups.splice(0).reverse()) cleanup();
      view.element.remove();
    };
    ended?.addEventListener("abort", end, { once: true });
    return end;
  };
  return { render };
}

function follow<T>(
  model: AnyModel,
  name: string,
  on: (event: string, callback: () => void) => void,
): Trait<T> {
  const value = signal(model.get(name) as T);
  on(`change:${name}`, () => {
    value.value = model.get(name) as T;
  });
  return {
    value: value as ReadonlySignal<T>,
    set(next) {
      if (JSON.stringify(model.get(name)) === JSON.stringify(next)) return;
      model.set(name, next);
      model.save_changes();
      value.value = next;
    },
  };
}

/** crypto.randomUUID is not there on pages served over plain http. */
function newId(): string {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
}

function watchVisibility(element: Element, report: (visible: boolean) => void): () => void {
  let onScreen = true;
  const tell = () => report(onScreen && document.visibilityState !== "hidden");
  const observer = new IntersectionObserver(
    (entries) => {
      onScreen = entries.at(-1)?.isIntersecting ?? onScreen;
      tell();
    },
    { rootMargin: "200px" },
  );
  observer.observe(element);
  document.addEventListener("visibilitychange", tell);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
  };
}
