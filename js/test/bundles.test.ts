import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const js = join(import.meta.dirname, "..");
const built = join(js, "..", "inmem_widgets", "static");

const sources = readdirSync(join(js, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => [file, readFileSync(join(js, "src", file), "utf8")] as const);

it.each(sources)("%s parses no HTML and evaluates no text", (_, text) => {
  expect(text).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|\beval\(|new Function/,
  );
});

it("one file knows anywidget", () => {
  const knowing = sources.filter(([, text]) => text.includes("@anywidget/types")).map(([file]) => file);
  expect(knowing).toEqual(["model.ts"]);
});

it("views know neither the model nor the protocol", () => {
  for (const [file, text] of sources.filter(([file]) => file.startsWith("views"))) {
    expect(text, file).not.toMatch(/from "\.\.\/(model|client|requests|patch)\.js"/);
  }
});

// Sent once per widget, uncompressed: every byte counts.
const BUDGET = {
  "key_table.js": 61_800,
  "key_panes.js": 60_000, // fetched when first needed
  "cache_counters.js": 46_800,
  "cache_panes.js": 60_000,
  "checkpoint_timeline.js": 51_800,
  "checkpoint_panes.js": 60_000,
  "watch_report.js": 40_000,
  "log_panes.js": 45_000, // the same for all
};

describe.skipIf(!existsSync(built))("bundles", () => {
  it.each(Object.entries(BUDGET))("%s is at most %d bytes", (file, most) => {
    expect(statSync(join(built, file)).size).toBeLessThanOrEqual(most);
  });

  it.each(Object.keys(BUDGET))("%s is one module that imports nothing", (file) => {
    const text = readFileSync(join(built, file), "utf8");
    // what is fetched from the kernel comes by a URL made for it
    expect(text.replace(/\bimport\(\w+\)|"import"/g, "")).not.toMatch(/\bimport[\s{*"'(]/);
    expect(text).toMatch(/export\{[\w$]+ as default\}/);
  });

  it.each(Object.keys(BUDGET).map((file) => file.replace(".js", ".css")))("%s stays below .imw", (file) => {
    const text = readFileSync(join(built, file), "utf8");
    const selectors = text.replace(/@(media|container)[^{]*\{/g, "").match(/[^{}]+(?=\{)/g) ?? [];
    for (const selector of selectors.flatMap((list) => list.split(/,(?![^(]*\))/))) {
      expect(selector.trim()).toMatch(/^\.imw/);
    }
    expect(text).not.toContain("@import");
  });
});
