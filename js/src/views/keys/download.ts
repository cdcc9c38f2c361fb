import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Link } from "../../link.js";
import { reason } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import { download } from "../pieces.js";

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
      current.value = { name: FORMATS[format], done: 0, total: link.state.peek().size };
      try {
        const name = await download(
          (piece) => link.request("export", { format, piece }),
          ({ done, total }) => {
            if (own !== run) return false;
            current.value = { name: FORMATS[format], done, total };
            return true;
          },
        );
        if (name) announce(`${name} downloaded`);
      } catch (error) {
        announce(`No file: ${reason(error)}`);
      }
      if (own === run) current.value = null;
    },
  };
}
