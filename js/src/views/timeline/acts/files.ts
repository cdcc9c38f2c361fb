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

  async function read(file: File, replace: boolean): Promise<void> {
    const own = ++run;
    doing.value = "Importing …";
    try {
      const text = await file.text();
      let found: Imported | null = null;
      for (let start = 0, piece = 0; found === null; piece++) {
        const end = Math.min(text.length, start + PIECE);
        const last = end === text.length;
        found = (await link.request("import", {
          piece,
          text: text.slice(start, end),
          last,
          replace,
        })) as Imported | null;
        if (own !== run) return;
        doing.value = `Importing ${Math.round((100 * end) / Math.max(1, text.length))} %`;
        start = end;
        if (last) break;
      }
      if (found && found.replaced.length > 0 && found.checkpoints === 0) confirm(file, found.replaced);
      else if (found) shell.announce(`${counted(found.checkpoints, "checkpoint")} imported`);
    } catch (error) {
      problem("Nothing was imported", reason(error));
    }
    if (own === run) doing.value = "";
  }

  function confirm(file: File, threads: readonly string[]): void {
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
              void read(file, true);
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
    if (file) void read(file, false);
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
