import * as signals from "@preact/signals-core";
import { effect, signal, untracked } from "@preact/signals-core";
import { button, div, h } from "./dom.js";
import type { Link, View } from "./link.js";
import { reason } from "./text.js";
import type { Module } from "./wire.gen.js";

/**
 * The rest of a widget's code, fetched from the kernel when it is first needed. It is a module that
 * exports a function of the signals library: two copies of that would not see each other. `name` is that of
 * a module which several widgets have.
 */
export function createModule<P>(link: Link, element: HTMLElement, name?: string): () => Promise<P> {
  let loading: Promise<P> | null = null;

  async function load(): Promise<P> {
    const { script, style } = (await link.request("module", name ? { name } : {})) as Module;
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    try {
      const module = (await import(url)) as { default(library: typeof signals): P };
      element.append(h("style", {}, style));
      return module.default(signals);
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  return () => {
    loading ??= load().catch((error) => {
      loading = null; // the next one may have more luck
      throw error;
    });
    return loading;
  };
}

const SLOW = 300; // ms

/** Says in the element what is waited for, where that takes long. */
export async function patiently<T>(element: HTMLElement, awaited: Promise<T>): Promise<T> {
  const note = h("p", { class: "q", role: "status" }, "Waiting for the kernel …");
  const slow = setTimeout(() => element.append(note), SLOW);
  try {
    return await awaited;
  } finally {
    clearTimeout(slow);
    note.remove();
  }
}

export interface Later<V extends View> extends View {
  /** Does it with the view, once that is there. */
  use(act: (view: V) => void): void;
}

/** The place of a view that is made once it is wanted. */
export function createLater<V extends View>(wanted: () => boolean, make: () => Promise<V>): Later<V> {
  const element = div("later");
  const view = signal<V | null>(null);
  const waiting: ((view: V) => void)[] = [];
  let making = false;
  let disposed = false;

  async function fill(): Promise<void> {
    if (making || disposed || view.peek()) return;
    making = true;
    element.replaceChildren();
    try {
      const made = await patiently(element, make());
      if (disposed) return made.dispose();
      element.replaceWith(made.element);
      view.value = made;
      for (const act of waiting.splice(0)) act(made);
    } catch (error) {
      element.replaceChildren(
        h("p", { class: "note" }, reason(error)),
        button({}, () => void fill(), "Retry"),
      );
    }
    making = false;
  }

  const stop = effect(() => {
    if (wanted()) untracked(() => void fill());
  });
  return {
    get element() {
      return view.peek()?.element ?? element;
    },
    use(act) {
      const made = view.peek();
      if (made) return act(made);
      waiting.push(act);
      void fill();
    },
    dispose() {
      disposed = true;
      stop();
      view.peek()?.dispose();
    },
  };
}
