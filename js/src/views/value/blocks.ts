import { button, div, h, setText, span } from "../../dom.js";
import { count } from "../../format.js";
import { glyph } from "../../icons.js";
import { painted, paintText, reason } from "../../text.js";
import type { Load, Tree } from "../tree.js";
import { earlierPart } from "./earlier.js";
import { factsPart } from "./facts.js";
import { hexPart } from "./hex.js";
import { imagePart } from "./image.js";
import { messagePart } from "./message.js";
import { outlinePart } from "./outline.js";
import { plotPart } from "./plot.js";
import { tablePart } from "./table.js";
import type { Block } from "./value.js";

type Kind = Block["kind"];
export type Of<K extends Kind> = Extract<Block, { kind: K }>;

/** A block on screen. */
export interface Part {
  readonly element: HTMLElement;
  /** What is copied, where it is not the text on screen. */
  text?(): string;
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
  earlier: earlierPart,
  note: notePart,
  tree: treePart,
};

/** `place` tells the blocks of a value apart. */
export function makePart(block: Block, context: Context, place: string): Part {
  if ((block.kind === "text" || block.kind === "hex") && block.total === 0) {
    const text = block.kind === "text" ? "no characters" : "no bytes";
    return { ...notePart({ kind: "note", text, tone: "" }), text: () => "" };
  }
  const part = (PARTS[block.kind] as (...args: [Block, Context, string]) => Part)(block, context, place);
  const paged = "more" in block && block.kind !== "earlier" && block.more !== null;
  return paged ? withMore(part, block, context) : part;
}

type Paged = Of<"text" | "hex" | "table">;

/** The part, and under it how much of the whole it is. */
function withMore(part: Part, block: Paged, context: Context): Part {
  const status = span("s");
  const load = button(
    {},
    () => context.more?.().catch((error) => paintText(status, reason(error))),
    "Load more",
  );
  const line = div("moreline", status, context.more && load);

  function say(block: Paged): void {
    const { more, total, kind } = block;
    const unit = kind === "text" ? block.unit : kind === "hex" ? "bytes" : "rows";
    line.hidden = more === null;
    setText(status, `${count(more ?? 0)} of ${total === null ? "more" : count(total)} ${unit}`);
  }

  say(block);
  return {
    ...part,
    element: div("", part.element, line),
    append(next) {
      part.append?.(next);
      say(next as Paged);
    },
  };
}

function textPart(block: Of<"text">): Part {
  const element = div("textblock");
  let whole = "";
  function append(next: Block): void {
    const { text } = next as Of<"text">;
    element.append(painted("bdi", "", text, text.length, true));
    whole += text;
  }
  append(block);
  return { element, append, text: () => whole };
}

function notePart({ text, tone }: Of<"note">): Part {
  const sign = tone && glyph(tone === "error" ? tone : "changed", tone);
  return { element: h("p", { class: "note" }, sign, painted("span", "", text, 2_000, true)) };
}

function treePart({ node, loads }: Of<"tree">, { tree, load, refresh }: Context, place: string): Part {
  const { element, show, update } = tree(place);
  void (refresh ? update : show)(node, loads ? load : () => Promise.reject(new Error("not shown")));
  return { element };
}
