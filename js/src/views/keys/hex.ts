import { h, setText } from "../../dom.js";
import type { Of, Part } from "./blocks.js";
import { fromBase64, hexColumns } from "./hexrows.js";
import type { Block } from "./value.js";

const CHAR = 6.7; // px of a fixed-width character

/** Three columns, so that marking text with the pointer stays within one of them. */
export function hexPart(block: Of<"hex">): Part {
  const { offset, total } = block;
  const digits = Math.max(4, (total - 1).toString(16).length);
  const offsets = h("pre", { class: "q" });
  const bytes = h("pre");
  const ascii = h("pre", { class: "s" });
  const element = h("div", { class: "hexblock" }, offsets, bytes, ascii);
  let data = new Uint8Array(0);
  let width = 8; // bytes a line

  function append(next: Block): void {
    const piece = fromBase64((next as Of<"hex">).data);
    const whole = new Uint8Array(data.length + piece.length);
    whole.set(data);
    whole.set(piece, data.length);
    data = whole;
    draw();
  }

  function draw(): void {
    const columns = hexColumns(data, offset, width, digits);
    setText(offsets, columns.offsets);
    setText(bytes, columns.bytes);
    setText(ascii, columns.ascii);
  }

  const observer = new ResizeObserver(([entry]) => {
    const next = entry!.contentRect.width >= (digits + 16 * 4 + 4) * CHAR ? 16 : 8;
    if (next === width) return;
    width = next;
    draw();
  });
  observer.observe(element);
  append(block);

  return {
    element,
    append,
    text() {
      const columns = hexColumns(data, offset, 16, digits);
      const [left, middle, right] = [columns.offsets, columns.bytes, columns.ascii].map((c) => c.split("\n"));
      return left!.map((at, i) => `${at}  ${middle![i]!.padEnd(48)}  ${right![i]}`).join("\n");
    },
    dispose: () => observer.disconnect(),
  };
}
