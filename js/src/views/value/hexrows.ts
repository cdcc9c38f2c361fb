type Line = [offset: string, bytes: string, ascii: string];

/** A hex dump: a line for every `width` bytes, with `digits` of an offset and a gap in the middle. */
export function hexLines(data: Uint8Array, start: number, width: number, digits: number): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < data.length; at += width) {
    let bytes = "";
    let ascii = "";
    for (const [i, byte] of data.subarray(at, at + width).entries()) {
      bytes += (i === 0 ? "" : i === width / 2 ? "  " : " ") + byte.toString(16).padStart(2, "0");
      ascii += byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·";
    }
    lines.push([(start + at).toString(16).padStart(digits, "0"), bytes.padEnd(width * 3), ascii]);
  }
  return lines;
}
