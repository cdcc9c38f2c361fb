import { effect } from "@preact/signals-core";
import { button, FOCUSABLE, h, setText } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { visible } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import { toggled } from "./path.js";

const OFFERED = [
  [":", "colon"],
  ["/", "slash"],
  [".", "dot"],
  ["-", "hyphen"],
  ["_", "underscore"],
  ["|", "bar"],
] as const;

/** Says which characters part namespaces, and changes them for all views of the widget. */
export function createDelimiters(
  link: Link<KeyTableState>,
  choose: (delimiters: string | null) => void,
): View {
  const { state } = link;
  const chosen = () => [...state.peek().delimiters];
  const shown = h("code");
  const how = h("span", { class: "q" });
  const opener = button(
    { class: "btn", "aria-expanded": "false" },
    () => open(!isOpen()),
    h("span", { class: "q" }, "delimiter"),
    shown,
    how,
    h("span", { class: "sp" }),
    icon("down"),
  );
  const choices = OFFERED.map(([char, name]) =>
    button(
      { class: "btn mono", "aria-label": name, title: name },
      () => choose(toggled(chosen(), char).join("")),
      char,
    ),
  );
  const other = h("input", {
    "aria-label": "Other delimiters",
    placeholder: "other",
    spellcheck: "false",
    autocomplete: "off",
    ...FOCUSABLE,
  });
  const guess = button({ title: "Take what most keys have" }, () => choose(null), "Guess");
  const none = button({ title: "No namespaces" }, () => choose(""), "None");
  const panel = h(
    "div",
    { class: "choices", role: "group", "aria-label": "Delimiters", hidden: true },
    h("div", { class: "offered" }, ...choices),
    h("label", { class: "field" }, other),
    guess,
    none,
  );
  const element = h("div", { class: "delimiters" }, panel, opener);

  const isOpen = () => opener.getAttribute("aria-expanded") === "true";

  function open(on: boolean): void {
    panel.hidden = !on;
    opener.setAttribute("aria-expanded", String(on));
  }

  other.addEventListener("change", () => {
    const listed = chosen().filter((char) => OFFERED.some(([offered]) => offered === char));
    choose([...new Set([...listed, ...other.value])].join(""));
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.preventDefault();
    event.stopPropagation();
    open(false);
    opener.focus();
  });

  const stop = effect(() => {
    const { delimiters, query } = state.value;
    const used = [...delimiters];
    setText(shown, used.map((char) => visible(char)).join(" "));
    const word =
      query.delimiters === null ? (delimiters ? "guessed" : "none found") : delimiters ? "" : "none";
    setText(how, word);
    for (const [i, [char]] of OFFERED.entries()) {
      choices[i]!.setAttribute("aria-pressed", String(delimiters.includes(char)));
    }
    guess.setAttribute("aria-pressed", String(query.delimiters === null));
    none.setAttribute("aria-pressed", String(query.delimiters === ""));
    const others = used.filter((char) => !OFFERED.some(([offered]) => offered === char)).join("");
    if (!other.matches(":focus")) other.value = others;
  });
  return { element, dispose: stop };
}
