// Writes name.br, compressed at Brotli's highest level, for every text file of the folder named on the command line.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const folder = process.argv[2];

for (const name of await readdir(folder, { recursive: true })) {
  if (!/\.(js|css|html|svg|webmanifest)$/.test(name) || name.startsWith("field/")) continue;
  await writeFile(join(folder, `${name}.br`), brotliCompressSync(await readFile(join(folder, name))));
}
