// The browser's private folder for tests, over a real folder of this machine. What is written is there only once it is
// closed, as browsers have it.

import { mkdtempSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

class FileHandle {
  constructor(path, faults) {
    Object.assign(this, { path, faults });
  }

  async getFile() {
    const bytes = await readFile(this.path).catch(missing);
    return new Blob([bytes]);
  }

  async createWritable() {
    const { path, faults } = this;
    const swap = `${path}.${Math.random()}.crswap`;
    let text = "";
    return {
      write: async (more) => void (text += more),
      close: async () => {
        await faults.beforeWrite(path);
        await writeFile(swap, text);
        await rename(swap, path);
        await faults.afterWrite(path);
      },
    };
  }
}

class DirectoryHandle {
  constructor(path, faults) {
    Object.assign(this, { path, faults });
  }

  async getDirectoryHandle(name, { create = false } = {}) {
    const path = join(this.path, name);
    await (create ? mkdir(path, { recursive: true }) : stat(path)).catch(missing);
    return new DirectoryHandle(path, this.faults);
  }

  async getFileHandle(name, { create = false } = {}) {
    const path = join(this.path, name);
    if (create) await writeFile(path, "", { flag: "a" }).catch(missing);
    else await stat(path).catch(missing);
    return new FileHandle(path, this.faults);
  }

  async removeEntry(name) {
    await this.faults.beforeRemove(name);
    await unlink(join(this.path, name)).catch(missing);
  }

  async *keys() {
    yield* (await readdir(this.path).catch(missing)).filter((name) => !name.endsWith(".crswap"));
  }
}

function missing() {
  throw new DOMException("not here", "NotFoundError");
}

/**
 * Gives this process a private folder. `path` is where it is; `faults` may be replaced by functions that throw or wait;
 * `takeAway` is a browser without one.
 */
export function giveFolder() {
  const path = mkdtempSync(join(tmpdir(), "tungnha-opfs-"));
  const faults = { beforeWrite: () => {}, afterWrite: () => {}, beforeRemove: () => {} };
  globalThis.FileSystemFileHandle = FileHandle;
  const storage = { getDirectory: async () => new DirectoryHandle(path, faults) };
  Object.defineProperty(globalThis.navigator, "storage", { value: storage, configurable: true });
  return {
    path,
    faults,
    /** The files of an account, by name. */
    async files(accountId) {
      const folder = join(path, "tungnha", accountId);
      const names = (await readdir(folder).catch(() => [])).filter((name) => !name.endsWith(".crswap"));
      return new Map(
        await Promise.all(
          names.map(async (name) => [name, await readFile(join(folder, name), "utf8").catch(() => "")]),
        ),
      );
    },
    /** The op_ids that have a file, sorted. */
    async operations(accountId) {
      return [...(await this.files(accountId)).keys()].filter((name) => name !== "account").sort();
    },
    /** Writes bytes over a file, as a broken memory does. */
    overwrite: (accountId, name, text) => writeFile(join(path, "tungnha", accountId, name), text),
    remove: (accountId, name) => unlink(join(path, "tungnha", accountId, name)),
    empty: () => rm(join(path, "tungnha"), { recursive: true, force: true }),
    takeAway() {
      Reflect.deleteProperty(globalThis, "FileSystemFileHandle");
      Object.defineProperty(globalThis.navigator, "storage", { value: undefined, configurable: true });
      return rm(path, { recursive: true, force: true });
    },
  };
}
