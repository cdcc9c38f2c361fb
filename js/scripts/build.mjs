// Builds the widgets (one self-contained module and one style sheet each) into the Python package,
// and the store with its types into dist/.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const js = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(js, "..", "inmem_widgets", "static");
const widgets = ["key_table", "cache_counters", "checkpoint_timeline", "watch_report"];
const common = { absWorkingDir: js, bundle: true, format: "esm", target: "es2022", logLevel: "warning" };

rmSync(join(js, "dist"), { recursive: true, force: true });
const bundles = (names, options = {}) =>
  build({
    ...common,
    ...options,
    entryPoints: names.flatMap((name) => [`src/widgets/${name}.ts`, `src/css/${name}.css`]),
    entryNames: "[name]",
    outdir: out,
    minify: true,
    legalComments: "none",
    metafile: true,
  });
const built = [
  await bundles(widgets),
  // fetched by a widget when first needed, and handed its signals
  await bundles(["key_panes", "cache_panes", "checkpoint_panes", "log_panes"], {
    alias: { "@preact/signals-core": "./src/given_signals.ts" },
  }),
];
await build({ ...common, entryPoints: ["src/index.ts"], outfile: "dist/index.js", packages: "external" });

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
execFileSync(process.execPath, [tsc, "-p", join(js, "tsconfig.lib.json")], { stdio: "inherit" });

for (const [file, { bytes }] of built.flatMap(({ metafile }) => Object.entries(metafile.outputs))) {
  console.log(`${String(bytes).padStart(7)} B  ${file.split("/").at(-1)}`);
}
