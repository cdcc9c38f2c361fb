import { button, div, h, setText, span } from "../../dom.js";
import { count, counted } from "../../format.js";
import { icon } from "../../icons.js";
import type { Link, Trait } from "../../link.js";
import { paintText, reason } from "../../text.js";
import type { ReportPart, ReportRow, ReportSection, ReportState, SectionRows } from "../../wire.gen.js";
import { createTable } from "./table.js";
import { capital, mark } from "./texts.js";

const REFRESH = 1_000; // ms between two readings of an open section, at least

export interface Section {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  toggle(open: boolean): void;
  paint(section: ReportSection): void;
  dispose(): void;
}

let sections = 0;

/** One line that opens to rows, which are fetched then, and again as they become more. */
export function createSection(
  link: Link<ReportState>,
  part: number,
  kind: ReportPart["kind"],
  id: string,
  opened: Trait<string[]>,
  announce: (text: string) => void,
): Section {
  const name = `${part} ${id}`;
  const region = `imw-rows-${++sections}`;
  const sign = span("sign");
  const label = h("bdi", { class: "ell label" });
  const note = h("bdi", { class: "ell q note" });
  const amount = span("num");
  const head = button(
    { class: "entry", "aria-expanded": "false", "aria-controls": region },
    () => toggle(!open),
    icon("right"),
    sign,
    label,
    note,
    amount,
  );
  const table = createTable(kind);
  const problem = h("p", { class: "q", role: "status" });
  const more = button({ class: "btn small" }, () => void load(rows.length), "");
  const box = div("opened", table.element, problem, more);
  box.id = region;
  box.hidden = true;
  const element = h("li", { "data-id": id }, head, box);
  let open = false;
  let told: ReportSection | null = null;
  let rows: readonly ReportRow[] = [];
  let shown = ""; // of the section, as the rows are
  let busy = false;
  let wanted = false; // more rows, meanwhile
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(start: number): Promise<void> {
    wanted ||= start > 0;
    if (busy) return;
    busy = true;
    wanted = false;
    const about = JSON.stringify(told);
    try {
      const least = Math.max(1, start === 0 ? rows.length : 1);
      let found: readonly ReportRow[] = rows.slice(0, start);
      let left = 0;
      do {
        const page = (await link.request("section", {
          part,
          section: id,
          start: found.length,
        })) as SectionRows;
        found = [...found, ...page.rows];
        left = page.more;
        if (page.rows.length === 0) break;
      } while (found.length < least && left > 0);
      const hadFocus = more.matches(":focus");
      rows = found;
      shown = about;
      table.paint(rows, link.now.peek(), label.textContent);
      setText(problem, "");
      more.hidden = left === 0;
      setText(more, `${count(Math.min(left, 100))} more of ${count(rows.length + left)}`);
      if (start > 0) announce(`${counted(rows.length, "row")} shown`);
      if (hadFocus && left === 0) head.focus();
    } catch (error) {
      setText(problem, `The rows cannot be read: ${reason(error)}`);
      more.hidden = true;
    } finally {
      busy = false;
      problem.hidden = problem.textContent === "";
    }
    if (wanted) void load(rows.length);
    else follow();
  }

  /** Rows that are shown are read again when there is more to them. */
  function follow(): void {
    if (!open || timer !== undefined || shown === JSON.stringify(told)) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (open && element.isConnected) void load(0);
    }, REFRESH);
  }

  function toggle(wanted: boolean): void {
    if (wanted === open) return;
    open = wanted;
    head.setAttribute("aria-expanded", String(open));
    box.hidden = !open;
    const others = opened.value.peek().filter((each) => each !== name);
    opened.set(open ? [...others, name] : others);
    if (open && shown !== JSON.stringify(told)) void load(0);
  }

  more.hidden = problem.hidden = true;
  let restored = false;
  return {
    element,
    button: head,
    toggle,
    paint(section) {
      if (told?.sort !== section.sort) sign.replaceChildren(mark(section.sort));
      told = section;
      paintText(label, capital(section.label), 120);
      paintText(note, [section.note, section.names].filter(Boolean).join(" · "), 200);
      setText(amount, count(section.count));
      if (!restored && opened.value.peek().includes(name)) toggle(true);
      restored = true;
      follow();
    },
    dispose: () => clearTimeout(timer),
  };
}
