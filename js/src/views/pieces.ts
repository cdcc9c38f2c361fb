import { h } from "../dom.js";
import type { Piece } from "../wire.gen.js";

/** A file asked for in pieces, saved when all are there; `told` of each piece, and false from it ends it. */
export async function download(
  ask: (piece: number) => Promise<unknown>,
  told: (piece: Piece) => boolean,
): Promise<string | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let number = 0; ; number++) {
    const piece = (await ask(number)) as Piece;
    if (!told(piece)) return null;
    parts.push(Uint8Array.from(atob(piece.data), (char) => char.charCodeAt(0)));
    if (!piece.last) continue;
    const href = URL.createObjectURL(new Blob(parts, { type: piece.mime }));
    h("a", { href, download: piece.name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
    return piece.name;
  }
}
