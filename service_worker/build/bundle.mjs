// Bundles and minifies the browser's code into the folder named on the command line: start.js, gate.js, field.js, later.js,
// practice.js, en.js, app.css, sw.js and, if they are there, desk.js and desk.css. A second argument, `fast`, leaves the slower minifier out.
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entries = [
  { in: "static/field/boot/main.ts", out: "field" },
  { in: "static/field/boot/secondBundle.ts", out: "later" },
  { in: "static/field/boot/practice.ts", out: "practice" },
  { in: "static/field/language/en.ts", out: "en" },
  { in: "static/css/app.css", out: "app" },
  { in: "static/desk/main.ts", out: "desk" },
  { in: "static/desk/passkeyPage.ts", out: "passkey" },
  { in: "static/css/desk.css", out: "desk" },
];
const optional = /^static\/(desk|css\/desk)/;

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
  define: { "process.env.NODE_ENV": '"production"' }, // without this Workbox bundles its development build
};

const pages = entries.filter((entry) => !optional.test(entry.in) || existsSync(`${root}/${entry.in}`));
// Every browser must be able to run these two: they say that a browser is too old.
const classicScripts = [
  { in: "static/field/boot/start.ts", out: "start" },
  { in: "static/field/boot/gate.ts", out: "gate" },
];
const worker = [{ in: "service_worker/worker.ts", out: "sw" }];

try {
  const styles = { ...options.define, LATER_STYLES: JSON.stringify(await laterStyles()) };
  await Promise.all([
    build({ ...options, define: styles, format: "esm", entryPoints: pages }),
    build({ ...options, format: "iife", target: "es2015", entryPoints: classicScripts }),
    build({ ...options, format: "iife", entryPoints: worker }),
  ]);
} catch {
  process.exit(1); // esbuild has printed the error
}
if (process.argv[3] !== "fast") await minifyFurther(process.argv[2]);

/** The styles that static/field/ui/laterStyles.ts adds. */
async function laterStyles() {
  const { outputFiles } = await build({ ...options, entryPoints: ["static/css/later.css"], write: false });
  return joinLayers(outputFiles[0].text).trim();
}

/**
 * Minifies further what esbuild has bundled: Terser makes the first visit a thirtieth smaller.
 * @param {string} folder
 */
async function minifyFurther(folder) {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const text = await readFile(file, "utf8");
    if (name.endsWith(".css")) await writeFile(file, joinLayers(text));
    else await writeFile(file, await minified(name, text));
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
async function minified(name, text) {
  const module = !/^(start|gate|sw)\./.test(name);
  // Nothing here calls a function expression with `new`. `inline` and `lhs_constants` make the code longer and its
  // compressed size smaller.
  const arrows = { unsafe_arrows: true, keep_fargs: false };
  const compress = { passes: 5, ecma: 2020, inline: 1, lhs_constants: false, ...arrows };
  const { code } = await minify(text, { module, compress });
  return code ?? "";
}

/**
 * Each file of static/css wraps its rules in its layer; blocks of the same layer that follow each other become one.
 * @param {string} css
 */
function joinLayers(css) {
  return css.replaceAll(/(?<=@layer (\w+)\{(?:(?!@layer ).)*)\}@layer \1\{/gs, "");
}
