import { div, h, setText } from "../../dom.js";
import type { Of, Part } from "./blocks.js";
import { hexLines } from "./hexrows.js";
import type { Block } from "./value.js";

const CHAR = 6.7; // px of a fixed-width character

/** Three columns, so that marking text with the pointer stays within one of them. */
export function hexPart(block: Of<"hex">): Part {
  const { offset, total } = block;
  const digits = Math.max(4, total.toString(16).length);
  const columns = ["q", "", "s"].map((tone) => h("pre", { class: tone }));
  const element = div("hexblock", ...columns);
  let data: number[] = [];
  let width = 8; // bytes a line

  const lines = (n: number) => hexLines(Uint8Array.from(data), offset, n, digits);

  function draw(): void {
    const shown = lines(width);
    for (const [i, column] of columns.entries()) setText(column, shown.map((line) => line[i]).join("\n"));
  }

  function append(next: Block): void {
    const piece = atob((next as Of<"hex">).data);
    data = data.concat(Array.from(piece, (char) => char.charCodeAt(0)));
    draw();
  }

  const observer = new ResizeObserver(([entry]) => {
    const fitting = entry!.contentRect.width >= (digits + 68) * CHAR ? 16 : 8;
    if (fitting === width) return;
    width = fitting;
    draw();
  });
  observer.observe(element);
  append(block);
  return {
    element,
    append,
    text: () =>
      lines(16)
        .map((line) => line.join("  "))
        .join("\n"),
    dispose: () => observer.disconnect(),
  };
}
