// Writes src/wire.gen.ts from inmem_widgets/wire/. With --check: compares and fails where it differs.
// The Python with pydantic to use is named by the environment variable PYTHON (default: python3).
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const here = dirname(fileURLToPath(import.meta.url));
const checkout = join(here, "..", "..");
const target = join(here, "..", "src", "wire.gen.ts");

const python = process.env.PYTHON ?? "python3";
const schema = JSON.parse(
  execFileSync(python, [join(here, "wire_schema.py"), checkout], { encoding: "utf8", maxBuffer: 1 << 26 }),
);
const text = await compile(schema, "Wire", {
  additionalProperties: false,
  bannerComment: "// Generated from inmem_widgets/wire/ by `npm run wire`. Do not edit.",
  style: { printWidth: 110 },
});

if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (readFileSync(target, "utf8") !== text) {
  console.error("js/src/wire.gen.ts does not match inmem_widgets/wire/: run `npm run wire`.");
  process.exit(1);
}
