import { type ReadonlySignal, signal } from "@preact/signals-core";
import { h } from "../../dom.js";
import type { Link } from "../../link.js";
import type { KeyTableState, Piece } from "../../wire.gen.js";

export type Format = "csv" | "jsonl" | "parquet";
export const FORMATS: Readonly<Record<Format, string>> = {
  csv: "CSV",
  jsonl: "JSON lines",
  parquet: "Parquet",
};

export interface Downloads {
  /** The one being made. */
  readonly current: ReadonlySignal<{ name: string; done: number; total: number } | null>;
  start(format: Format): Promise<void>;
  cancel(): void;
}

/** Files of what is listed, asked for in pieces. */
export function createDownloads(link: Link<KeyTableState>, announce: (text: string) => void): Downloads {
  const current = signal<{ name: string; done: number; total: number } | null>(null);
  let run = 0;

  return {
    current,
    cancel() {
      run++;
      current.value = null;
      announce("Download cancelled");
    },
    async start(format) {
      const own = ++run;
      const parts: Uint8Array<ArrayBuffer>[] = [];
      current.value = { name: FORMATS[format], done: 0, total: link.state.peek().size };
      try {
        for (let piece = 0; ; piece++) {
          const got = (await link.request("export", { format, piece })) as Piece;
          if (own !== run) return;
          parts.push(Uint8Array.from(atob(got.data), (char) => char.charCodeAt(0)));
          current.value = { name: FORMATS[format], done: got.done, total: got.total };
          if (!got.last) continue;
          save(new Blob(parts, { type: got.mime }), got.name);
          announce(`${got.name} downloaded`);
          break;
        }
      } catch (error) {
        announce(`No file: ${error instanceof Error ? error.message : error}`);
      }
      if (own === run) current.value = null;
    },
  };
}

function save(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  h("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
