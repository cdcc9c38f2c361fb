import type { Act } from "./parts.js";
import type { Jump } from "./travel.js";

export interface Does {
  tab(index: number): void;
  act(what: Act): void;
  jump(where: Jump): void;
  across(side: 1 | -1): void;
  newest(): void;
  pin(): void;
  find(): void;
  help(): void;
}

const ACTS: Record<string, Act> = { f: "fork", r: "rerun", c: "code" };

/** What keys do anywhere in the timeline but where something is typed. Whether one was for it. */
export function shortcut(event: KeyboardEvent, does: Does): boolean {
  const target = event.target as Element;
  if (event.defaultPrevented || event.altKey || event.metaKey) return false;
  if (target.closest("input, textarea, select, dialog, [popover]")) return false;
  const key = event.key.toLowerCase();
  if (event.ctrlKey) {
    if (!/^[1-5]$/.test(key)) return false;
    does.tab(Number(key) - 1);
    return true;
  }
  const others: Record<string, () => void> = {
    p: () => does.jump("parent"),
    d: () => does.jump("child"),
    b: () => does.jump("fork"),
    "[": () => does.jump(-1),
    "]": () => does.jump(1),
    n: does.newest,
    m: does.pin,
    "/": does.find,
    "?": does.help,
  };
  if (target.closest(".rows")) {
    others.arrowleft = () => does.across(-1);
    others.arrowright = () => does.across(1);
  }
  const act = ACTS[key];
  const run = act ? () => does.act(act) : others[key];
  run?.();
  return run !== undefined;
}
