import { button, h, setText } from "../../dom.js";
import { count } from "../../format.js";
import { glyph } from "../../icons.js";
import { paintText } from "../../text.js";
import type { Load, Tree } from "../tree.js";
import { factsPart } from "./facts.js";
import { hexPart } from "./hex.js";
import { imagePart } from "./image.js";
import { messagePart } from "./message.js";
import { outlinePart } from "./outline.js";
import { plotPart } from "./plot.js";
import { tablePart } from "./table.js";
import type { Block } from "./value.js";

export type Kind = Block["kind"];
export type Of<K extends Kind> = Extract<Block, { kind: K }>;

/** A block on screen. */
export interface Part {
  readonly element: HTMLElement;
  /** What is shown, to be copied. */
  text(): string;
  /** Adds the block that continues this one. */
  append?(next: Block): void;
  dispose?(): void;
}

export interface Context {
  /** The tree at that place: the same one for every state of the value, so that what is open stays open. */
  tree(place: string): Tree;
  load: Load;
  /** Loads what follows; null inside another block. */
  more: (() => Promise<void>) | null;
  /** Another state of the value that is shown, rather than another value. */
  refresh: boolean;
}

const PARTS: { [K in Kind]: (block: Of<K>, context: Context, place: string) => Part } = {
  text: textPart,
  hex: hexPart,
  facts: factsPart,
  plot: plotPart,
  table: tablePart,
  image: imagePart,
  outline: outlinePart,
  message: messagePart,
  note: notePart,
  tree: treePart,
};

/** `place` tells the blocks of a value apart. */
export function makePart(block: Block, context: Context, place: string): Part {
  // A newer kernel may know kinds that this view does not.
  const make = (PARTS[block.kind] ?? unknownPart) as (...args: [Block, Context, string]) => Part;
  const part = make(block, context, place);
  return "more" in block && (block.more !== null || block.offset > 0) ? withMore(part, block, context) : part;
}

type Paged = Of<"text" | "hex" | "table">;

/** The part, and under it how much of the whole it is. */
function withMore(part: Part, block: Paged, context: Context): Part {
  const status = h("span", { class: "s" });
  const load = button({}, () => void more(), "Load more");
  const line = h("div", { class: "moreline" }, status, context.more && load);

  async function more(): Promise<void> {
    load.setAttribute("aria-disabled", "true");
    try {
      await context.more?.();
    } catch (error) {
      paintText(status, error instanceof Error ? error.message : String(error), 300);
    }
    load.removeAttribute("aria-disabled");
  }

  function say({ more, total, kind, ...block }: Paged): void {
    const unit = kind === "text" ? (block as Of<"text">).unit : kind === "hex" ? "bytes" : "rows";
    setText(
      status,
      more === null ? "" : `${count(more)} of ${total === null ? "more" : count(total)} ${unit}`,
    );
    line.hidden = more === null;
  }

  say(block);
  return {
    element: h("div", { class: "part" }, part.element, line),
    text: part.text,
    append(next) {
      part.append?.(next);
      say(next as Paged);
    },
    dispose: () => part.dispose?.(),
  };
}

function textPart(block: Of<"text">): Part {
  const element = h("div", { class: "textblock" });
  let whole = "";
  function append(next: Block): void {
    const { text } = next as Of<"text">;
    const piece = h("bdi");
    paintText(piece, text, Number.POSITIVE_INFINITY, true);
    element.append(piece);
    whole += text;
  }
  append(block);
  return { element, append, text: () => whole };
}

function notePart({ text, tone }: Of<"note">): Part {
  const words = h("span");
  paintText(words, text, 2_000, true);
  const sign =
    tone === "error" ? glyph("error", "Error") : tone === "warning" ? glyph("changed", "Note") : null;
  return { element: h("p", { class: `note ${tone}` }, sign, words), text: () => text };
}

function treePart({ node, loads }: Of<"tree">, { tree, load, refresh }: Context, place: string): Part {
  const { element, show, update, text } = tree(place);
  const bring: Load = loads ? load : () => Promise.reject(new Error("not shown"));
  if (refresh) void update(node, bring);
  else show(node, bring);
  return { element, text };
}

function unknownPart({ kind }: Block): Part {
  return notePart({ kind: "note", text: `nothing here shows ${kind}`, tone: "warning" });
}
