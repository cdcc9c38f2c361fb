import { effect } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, setText, span } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { visible } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import { toggled } from "./path.js";
import type { KeyQueries } from "./query.js";

const OFFERED = [...":/.-_|"];
const NAMES = ["colon", "slash", "dot", "hyphen", "underscore", "bar"];

/** Says which characters part namespaces, and changes them for all views of the widget. */
export function createDelimiters(link: Link<KeyTableState>, query: Pick<KeyQueries, "value" | "set">): View {
  const choose = (delimiters: string | null) => query.set({ delimiters });
  const used = () => [...(query.value.value.delimiters ?? link.state.value.delimiters)];
  const shown = h("code");
  const how = span("q");
  const opener = button(
    { "aria-expanded": "false" },
    () => open(panel.hidden === true),
    span("q", "delimiter"),
    shown,
    how,
    span("sp"),
    icon("down"),
  );
  const choices = OFFERED.map((char, i) =>
    button(
      { class: "btn mono", "aria-label": NAMES[i], title: NAMES[i] },
      () => choose(toggled(used(), char).join("")),
      char,
    ),
  );
  const other = h("input", { "aria-label": "Other delimiters", placeholder: "other", ...FOCUSABLE });
  const guess = button({ title: "Take what most keys have" }, () => choose(null), "Guess");
  const none = button({ title: "No namespaces" }, () => choose(""), "None");
  const panel = h(
    "div",
    { class: "choices", role: "group", "aria-label": "Delimiters", hidden: true },
    ...choices,
    other,
    guess,
    none,
  );
  const element = div("delimiters", panel, opener);

  function open(on: boolean): void {
    panel.hidden = !on;
    opener.ariaExpanded = String(on);
  }

  other.addEventListener("change", () => {
    const offered = used().filter((char) => OFFERED.includes(char));
    choose([...new Set([...offered, ...other.value])].join(""));
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    open(false);
    opener.focus();
  });

  const stop = effect(() => {
    const given = query.value.value.delimiters;
    const now = used();
    setText(shown, now.map((char) => visible(char)).join(" "));
    setText(how, given === null ? (now.length ? "guessed" : "none found") : now.length ? "" : "none");
    for (const [i, char] of OFFERED.entries()) press(choices[i]!, now.includes(char));
    press(guess, given === null);
    press(none, given === "");
    if (!other.matches(":focus")) other.value = now.filter((char) => !OFFERED.includes(char)).join("");
  });
  return { element, dispose: stop };
}

const press = (to: HTMLElement, on: boolean) => to.setAttribute("aria-pressed", String(on));
