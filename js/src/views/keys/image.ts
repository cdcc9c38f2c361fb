import { h } from "../../dom.js";
import { count } from "../../format.js";
import type { Of, Part } from "./blocks.js";

const TYPES: readonly string[] = ["image/png", "image/jpeg"];

export function imagePart({ mime, data, width, height }: Of<"image">): Part {
  const said = `${mime === "image/png" ? "PNG" : "JPEG"} image, ${count(width)} × ${count(height)} pixels`;
  const element = h("div", { class: "imageblock" });
  if (TYPES.includes(mime)) {
    const image = h("img", { alt: said, width, height, class: width <= 32 ? "dots" : null });
    image.onerror = () => element.replaceChildren("The image cannot be shown");
    image.src = `data:${mime};base64,${data}`;
    element.append(image);
  }
  return { element, text: () => said };
}
