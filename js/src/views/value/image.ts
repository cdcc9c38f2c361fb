import { div, h } from "../../dom.js";
import { count } from "../../format.js";
import type { Of, Part } from "./blocks.js";

export function imagePart({ mime, data, width, height }: Of<"image">): Part {
  const element = div("imageblock");
  const alt = `${mime === "image/png" ? "PNG" : "JPEG"} image, ${count(width)} × ${count(height)} pixels`;
  const image = h("img", { alt, width, height, class: width <= 32 && "dots" });
  image.onerror = () => element.replaceChildren("The image cannot be shown");
  // Whatever the kernel says, it is taken for one of these two.
  image.src = `data:image/${mime === "image/png" ? "png" : "jpeg"};base64,${data}`;
  element.append(image);
  return { element, text: () => alt };
}
