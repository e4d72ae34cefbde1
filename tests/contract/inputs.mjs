// Prints the modules that esbuild finds from the entry named on the command line, as JSON.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../service_worker/package.json", import.meta.url));
const { build } = require("esbuild");

const { metafile } = await build({
  entryPoints: [process.argv[2]],
  bundle: true,
  format: "esm",
  target: "es2022",
  write: false,
  metafile: true,
  external: ["/static/*"],
  nodePaths: [new URL("../../service_worker/node_modules", import.meta.url).pathname],
  outdir: "unwritten",
});
process.stdout.write(JSON.stringify(Object.keys(metafile.inputs)));
