/** Untrusted text: only ever text nodes, bounded, with what cannot be seen made visible. */

// Controls, zero-width and direction controls, line separators, lone surrogates. The zero-width
// joiner and variation selectors stay: emoji are made of them.
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };

export function escapeChar(char: string): string {
  const code = char.charCodeAt(0);
  return SHORT[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

const hex = (code: number, width: number) => code.toString(16).padStart(width, "0");

/** The text as one line: invisible characters as escapes. */
export function visible(text: string, limit = 2_000): string {
  return cut(text, limit).replace(INVISIBLE, escapeChar);
}

/** At most `limit` UTF-16 units, never half a character, with an ellipsis where cut. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const code = text.charCodeAt(limit - 1);
  return `${text.slice(0, code >= 0xd800 && code < 0xdc00 ? limit - 1 : limit)}…`;
}

/** Writes the text into the element, escapes apart from it in a quieter colour; `lines` keeps newlines and tabs. */
export function paintText(element: HTMLElement, text: string, limit = 2_000, lines = false): void {
  const shown = cut(text, limit);
  if (!lines && shown.search(INVISIBLE) === -1) {
    if (element.textContent !== shown || element.childElementCount > 0) element.textContent = shown;
    return;
  }
  const parts: (Node | string)[] = [];
  let from = 0;
  let span: HTMLElement | null = null;
  for (const match of shown.matchAll(INVISIBLE)) {
    if (lines && (match[0] === "\n" || match[0] === "\t")) continue;
    if (match.index > from || !span) {
      parts.push(shown.slice(from, match.index));
      span = document.createElement("span");
      span.className = "esc";
      parts.push(span);
    }
    span.textContent += escapeChar(match[0]);
    from = match.index + 1;
  }
  parts.push(shown.slice(from));
  element.replaceChildren(...parts);
}

/** What an error says. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An element with the text in it, as `paintText` writes it. */
export function painted(
  tag: keyof HTMLElementTagNameMap,
  name: string,
  text: string,
  limit = 2_000,
  lines = false,
) {
  const element = document.createElement(tag);
  element.className = name;
  paintText(element, text, limit, lines);
  return element;
}
