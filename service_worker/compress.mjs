// Writes every text file of the folder named on the command line a second and a third time, compressed as hard as can be:
// name.br and name.gz. The server sends what the browser takes and compresses nothing itself.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const folder = process.argv[2];

for (const name of await readdir(folder, { recursive: true })) {
  if (!/\.(js|css|html|svg)$/.test(name) || name.startsWith("field/")) continue;
  const content = await readFile(join(folder, name));
  await writeFile(join(folder, `${name}.br`), brotliCompressSync(content));
  await writeFile(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
}
