import { signal } from "@preact/signals-core";
import { button, div, h } from "../../../dom.js";
import { count, counted } from "../../../format.js";
import { paintText, reason } from "../../../text.js";
import type { Imported } from "../../../wire.gen.js";
import { createDialog } from "../../dialog.js";
import { download } from "../../pieces.js";
import type { Shell, TimelineLink } from "../parts.js";
import { openSheet } from "./sheet.js";

const PIECE = 256_000; // characters
const AGAIN = 200; // ms until an import that goes on is asked after

/** Threads as a file, and back. */
export function createFiles(link: TimelineLink, shell: Shell, sheets: HTMLElement) {
  /** What is being done, for the toolbar; "" for nothing. */
  const doing = signal("");
  let run = 0;
  const chooser = h("input", { type: "file", accept: ".jsonl,.json,.txt", hidden: true });

  async function save(threads: readonly string[] | null): Promise<void> {
    const own = ++run;
    doing.value = "Exporting …";
    try {
      const name = await download(
        (piece) => link.request("export", { threads, piece }),
        ({ done, total }) => {
          if (own !== run) return false;
          doing.value = `Exporting ${count(done)} of ${counted(total, "checkpoint")}`;
          return true;
        },
      );
      if (name) shell.announce(`${name} downloaded`);
    } catch (error) {
      problem("No file", reason(error));
    }
    if (own === run) doing.value = "";
  }

  /** Sends the file in pieces; `again`: only the last one, now that threads are to be replaced. */
  async function read(text: string, again: boolean): Promise<void> {
    const own = ++run;
    const pieces = Math.max(1, Math.ceil(text.length / PIECE));
    doing.value = "Importing …";
    try {
      let found: Imported | null = null;
      for (let piece = again ? pieces - 1 : 0; own === run; ) {
        const last = piece === pieces - 1;
        const params = { piece, text: text.slice(piece * PIECE, (piece + 1) * PIECE), last, replace: again };
        found = (await link.request("import", params)) as Imported | null;
        if (found) break;
        if (last) await new Promise((resolve) => setTimeout(resolve, AGAIN));
        else doing.value = `Importing ${Math.round((100 * ++piece) / pieces)} %`;
      }
      if (own !== run) return;
      if (found && found.replaced.length > 0 && !again) confirm(text, found.replaced);
      else if (found) shell.announce(`${counted(found.checkpoints, "checkpoint")} imported`);
    } catch (error) {
      problem("Nothing was imported", reason(error));
    }
    if (own === run) doing.value = "";
  }

  function confirm(text: string, threads: readonly string[]): void {
    const names = h("p", { class: "mono" });
    paintText(names, threads.slice(0, 20).join(", "), 1_000);
    const dialog = createDialog(
      "Replace?",
      div(
        "cleanup",
        h(
          "p",
          {},
          `${counted(threads.length, "thread")} of the file ${threads.length > 1 ? "are" : "is"} there already:`,
        ),
        names,
        h("p", { class: "s" }, "Nothing was imported so far."),
        div(
          "actions",
          button(
            { class: "btn danger" },
            () => {
              dialog.close();
              void read(text, true);
            },
            `Replace ${counted(threads.length, "thread")}`,
          ),
          button({ title: "Cancel (Esc)" }, () => dialog.close(), "Cancel"),
        ),
      ),
    );
    openSheet(sheets, dialog);
  }

  function problem(title: string, text: string): void {
    const line = h("p", { role: "alert" });
    paintText(line, text, 1_000);
    openSheet(sheets, createDialog(title, div("cleanup", line)));
  }

  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    chooser.value = "";
    file?.text().then(
      (text) => read(text, false),
      (error) => problem("Nothing was imported", reason(error)),
    );
  });
  return {
    doing,
    chooser,
    save,
    choose: () => chooser.click(),
    cancel() {
      run++;
      doing.value = "";
    },
  };
}
