import { button, svg } from "./dom.js";

/** Line icons on a 16 px grid, as path data. */
const ICONS = {
  pause: "M6 4.5v7M10 4.5v7",
  play: "M5.5 4v8l6-4z",
  copy: "M5.75 6.75a1 1 0 0 1 1-1h5a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1h-5a1 1 0 0 1-1-1zM3.25 10V4.25a1 1 0 0 1 1-1H10",
  code: "M5.5 5 2.5 8l3 3M10.5 5l3 3-3 3",
  done: "m3.5 8.5 3 3 6-6.5",
  search: "M7 2.75a4.25 4.25 0 1 1 0 8.5 4.25 4.25 0 0 1 0-8.5zM10.2 10.2l3.3 3.3",
  down: "m4.5 6.25 3.5 3.5 3.5-3.5",
  right: "m6.25 4.5 3.5 3.5-3.5 3.5",
  funnel: "M2.75 4h10.5M5 8h6M7 12h2",
  tree: "M3 3.5h4M3 3.5v9h3.5M3 8h3.5M9 8h4M9 12.5h4",
  space: "M2.75 3.5h10.5M2.75 8h6.5M2.75 12.5h3.5",
  feed: "M2 8.5h2.5l2-5 3 9 2-4H14",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  close: "m4.5 4.5 7 7M11.5 4.5l-7 7",
} as const;

/** One of these, or the path data of one that few widgets need (pictures.ts). */
export type IconName = keyof typeof ICONS | `M${string}`;

export function icon(name: IconName): SVGSVGElement {
  return svg(
    "svg",
    { class: "i", viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: ICONS[name as keyof typeof ICONS] ?? name }),
  );
}

/** A button that is only an icon; its label shows on hover, with the key that does the same. */
export function iconButton(
  name: IconName,
  label: string,
  key: string,
  onClick: (event: MouseEvent) => void,
): HTMLButtonElement {
  const title = key ? `${label} (${key})` : label;
  return button({ class: "btn icon", "aria-label": label, title }, onClick, icon(name));
}

/** Marks on a 10 px grid, by tone and path, some of them stroked; the shape says what the colour repeats. */
const GLYPHS = {
  hit: ["hit", "M5 1.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z"],
  miss: ["miss", "M5 1.75a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5z", true],
  evict: ["evict", "M1.2 2.2h7.6L5 8.6z"],
  inserted: ["hit", "M5 1.75v6.5M1.75 5h6.5", true],
  changed: ["miss", "M5 1.2 8.8 5 5 8.8 1.2 5z"],
  deleted: ["evict", "M1.75 5h6.5", true],
  error: ["evict", "m2 2 6 6M8 2 2 8", true],
  interrupt: ["intr", "M2.2 1.2h1.9v7.6H2.2zM5.9 1.2h1.9v7.6H5.9z"],
} as const satisfies Record<string, Mark>;

export type Mark = readonly [tone: string, path: string, stroked?: true];
export type GlyphName = keyof typeof GLYPHS | Mark;

/** With a label it is an image of its own; without one it stands beside a word and is silent. */
export function glyph(name: GlyphName, label?: string): SVGSVGElement {
  const [tone, d, stroked]: Mark = typeof name === "string" ? GLYPHS[name] : name;
  const access = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg(
    "svg",
    { class: `g ${tone}${stroked ? " line" : ""}`, viewBox: "0 0 10 10", ...access },
    svg("path", { d }),
  );
}
