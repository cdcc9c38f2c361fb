import { div, h, modified, setText, span } from "../../dom.js";
import { count } from "../../format.js";
import type { Link, Trait } from "../../link.js";
import { paintText } from "../../text.js";
import type { ReportFact, ReportPart, ReportState } from "../../wire.gen.js";
import { createSection, type Section } from "./section.js";
import { capital, lost, mark } from "./texts.js";

export interface Card {
  readonly element: HTMLElement;
  paint(part: ReportPart): void;
  dispose(): void;
}

let cards = 0;

/** One object: its figures, and what happened to it in sections to be expanded. */
export function createCard(
  link: Link<ReportState>,
  at: number,
  opened: Trait<string[]>,
  announce: (text: string) => void,
): Card {
  const id = `imw-report-${++cards}`;
  const name = h("bdi");
  const heading = h("h3", { class: "ell name", id }, name);
  const type = h("bdi", { class: "ell q" });
  const facts = h("dl", { class: "facts" });
  const nothing = h("p", { class: "s nothing" });
  const warning = h("p", { class: "note warn" });
  const note = h("p", { class: "note q" });
  const list = h("ul", { class: "sections" });
  const element = h(
    "section",
    { class: "card", "aria-labelledby": id },
    div("head", div("what", heading, type), facts, nothing),
    warning,
    note,
    list,
  );
  const sections = new Map<string, Section>();
  let active = "";

  function rove(): void {
    const ids = [...sections.keys()];
    if (!sections.has(active)) active = ids[0] ?? "";
    for (const [key, section] of sections) section.button.tabIndex = key === active ? 0 : -1;
  }

  list.addEventListener("keydown", (event) => {
    if (modified(event) || event.shiftKey) return;
    const ids = [...list.children].map((child) => (child as HTMLElement).dataset.id!);
    const place = ids.findIndex((key) => sections.get(key)!.button === event.target);
    if (place === -1) return;
    const places: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      Home: 0,
      End: ids.length - 1,
    };
    const section = sections.get(ids[place]!)!;
    if (event.key === "ArrowRight") section.toggle(true);
    else if (event.key === "ArrowLeft") section.toggle(false);
    else if (event.key in places) {
      active = ids[Math.max(0, Math.min(ids.length - 1, places[event.key]!))]!;
      rove();
      sections.get(active)!.button.focus();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("focusin", ({ target }) => {
    for (const [key, section] of sections) if (section.button === target) active = key;
    rove();
  });

  return {
    element,
    paint(part) {
      paintText(name, part.name, 120);
      heading.title = name.textContent;
      paintText(type, part.type === part.name ? "" : part.type, 80);
      element.classList.toggle("quiet", part.quiet);
      facts.hidden = part.quiet;
      facts.replaceChildren(...part.facts.map((fact) => figure(fact, part.unknown[fact.label])));
      nothing.hidden = !part.quiet;
      setText(nothing, link.state.peek().running ? "Nothing yet" : "Nothing changed");
      setText(warning, lost(part.lost));
      warning.hidden = part.lost === 0;
      paintText(note, part.note, 300);
      note.hidden = part.note === "" || part.quiet;
      list.hidden = part.sections.length === 0;
      const wanted = new Set(part.sections.map((section) => section.id));
      for (const [key, section] of sections) {
        if (wanted.has(key)) continue;
        section.dispose();
        section.element.remove();
        sections.delete(key);
      }
      for (const [i, told] of part.sections.entries()) {
        let section = sections.get(told.id);
        if (!section) {
          section = createSection(link, at, part.kind, told.id, opened, announce);
          sections.set(told.id, section);
        }
        if (list.children[i] !== section.element)
          list.insertBefore(section.element, list.children[i] ?? null);
        section.paint(told);
      }
      rove();
    },
    dispose() {
      for (const section of sections.values()) section.dispose();
    },
  };
}

function figure({ label, count: n, sort }: ReportFact, why: string | undefined): HTMLElement {
  const value = h(
    "dd",
    { class: n ? null : "q", title: n === null ? why : null },
    n === null ? "unknown" : count(n),
  );
  return h(
    "div",
    { class: n ? null : "none" },
    h("dt", { title: capital(label) }, n ? mark(sort) : null, span("ell", capital(label))),
    value,
  );
}
