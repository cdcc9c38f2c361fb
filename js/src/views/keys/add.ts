import { h } from "../../dom.js";
import type { Link, View } from "../../link.js";
import type { Edited, KeyTableState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createForm, VERBATIM } from "./form.js";

/** A key to be added, with its value; when it has been written, the form is closed and it is opened. */
export function createKeyForm(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  close: () => void,
  open: (id: number) => void,
): View & { focus(): void } {
  const key = h("input", { "aria-label": "Key", placeholder: "Key", autofocus: true, ...VERBATIM });
  key.value = link.state.peek().query.namespace;
  const { element } = createForm({
    label: "Add a key",
    first: { language: "text", text: "" },
    takes: link.state.peek().takes,
    field: key,
    action: "Add",
    async submit(draft) {
      if (key.value === "") {
        key.focus();
        throw new Error("The key has no name.");
      }
      const { id, missing } = (await link.request("edit", { key: key.value, ...draft })) as Edited;
      if (missing) throw new Error("The key exists already. Nothing was written.");
      frame.announce("Added");
      close();
      if (id !== null) open(id);
    },
    close,
  });
  return { element, focus: () => key.focus(), dispose() {} };
}
