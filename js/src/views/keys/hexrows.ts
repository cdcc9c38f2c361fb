/** Bytes as the three columns of a hex dump. */
export interface HexColumns {
  offsets: string;
  bytes: string;
  ascii: string;
}

/** Columns of text with a line for every `width` bytes; `digits` of an offset, a gap in the middle of a line. */
export function hexColumns(data: Uint8Array, start: number, width: number, digits: number): HexColumns {
  const columns: { [K in keyof HexColumns]: string[] } = { offsets: [], bytes: [], ascii: [] };
  for (let at = 0; at < data.length; at += width) {
    const row = [...data.subarray(at, at + width)];
    const pairs = row.map((byte) => byte.toString(16).padStart(2, "0"));
    columns.offsets.push((start + at).toString(16).padStart(digits, "0"));
    columns.bytes.push(
      `${pairs.slice(0, width / 2).join(" ")}  ${pairs.slice(width / 2).join(" ")}`.trimEnd(),
    );
    columns.ascii.push(
      row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")).join(""),
    );
  }
  return {
    offsets: columns.offsets.join("\n"),
    bytes: columns.bytes.join("\n"),
    ascii: columns.ascii.join("\n"),
  };
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
