// Bundles and minifies the browser's code into the folder named on the command line: start.js, gate.js, field.js, app.css,
// sw.js and, if they are there, desk.js and desk.css.
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const root = fileURLToPath(new URL("..", import.meta.url));
const entries = [
  { in: "static/field/main.js", out: "field" },
  { in: "static/app.css", out: "app" },
  { in: "static/desk/main.js", out: "desk" },
  { in: "static/desk/desk.css", out: "desk" },
];
const optional = /^static\/desk\//;

/** @type {import("esbuild").BuildOptions} */
const options = {
  absWorkingDir: root,
  nodePaths: [`${root}/service_worker/node_modules`],
  outdir: process.argv[2],
  bundle: true,
  minify: true,
  target: ["es2022", "chrome92", "safari15", "firefox100"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  external: ["/static/*"],
  define: { "process.env.NODE_ENV": '"production"' }, // else Workbox brings its development build
};

const pages = entries.filter((entry) => !optional.test(entry.in) || existsSync(`${root}/${entry.in}`));
// Any browser must be able to read these two, if only to be told that it is too old.
const plain = [
  { in: "static/field/start.js", out: "start" },
  { in: "static/field/gate.js", out: "gate" },
];
const worker = [{ in: "service_worker/worker.js", out: "sw" }];

try {
  await Promise.all([
    build({ ...options, format: "esm", entryPoints: pages }),
    build({ ...options, format: "iife", target: "es2015", entryPoints: plain }),
    build({ ...options, format: "iife", entryPoints: worker }),
  ]);
} catch {
  process.exit(1); // esbuild has said why
}
await shrink(process.argv[2]);

/**
 * Terser finds what esbuild leaves: the first visit is a thirtieth smaller.
 * @param {string} folder
 */
async function shrink(folder) {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".js")) continue;
    const file = join(folder, name);
    const module = !/^(start|gate|sw)\./.test(name);
    const { code } = await minify(await readFile(file, "utf8"), { module, compress: { passes: 3, ecma: 2020 } });
    await writeFile(file, code ?? "");
  }
}
