// The browser's private folder (OPFS) for tests, over a temporary folder. As in browsers, a file has its content only
// once its stream is closed.

import { mkdtempSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

class FileHandle {
  constructor(path, hooks) {
    Object.assign(this, { path, hooks });
  }

  async getFile() {
    const bytes = await readFile(this.path).catch(missing);
    return new Blob([bytes]);
  }

  async createWritable() {
    const { path, hooks } = this;
    const swap = `${path}.${Math.random()}.crswap`;
    let text = "";
    return {
      write: async (more) => void (text += more),
      close: async () => {
        await hooks.beforeWrite(path);
        await writeFile(swap, text);
        await rename(swap, path);
        await hooks.afterWrite(path);
      },
    };
  }
}

class DirectoryHandle {
  constructor(path, hooks) {
    Object.assign(this, { path, hooks });
  }

  async getDirectoryHandle(name, { create = false } = {}) {
    const path = join(this.path, name);
    await (create ? mkdir(path, { recursive: true }) : stat(path)).catch(missing);
    return new DirectoryHandle(path, this.hooks);
  }

  async getFileHandle(name, { create = false } = {}) {
    const path = join(this.path, name);
    if (create) await writeFile(path, "", { flag: "a" }).catch(missing);
    else await stat(path).catch(missing);
    return new FileHandle(path, this.hooks);
  }

  async removeEntry(name, { recursive = false } = {}) {
    await this.hooks.beforeRemove(name);
    const path = join(this.path, name);
    await (recursive ? rm(path, { recursive }) : unlink(path)).catch(missing);
  }

  async *keys() {
    yield* (await readdir(this.path).catch(missing)).filter((name) => !name.endsWith(".crswap"));
  }
}

function missing() {
  throw new DOMException("not here", "NotFoundError");
}

/**
 * Gives this process a private folder. `hooks` are called before and after the writing of a file and before its
 * removal: tests replace them by functions that throw or wait. `remove` leaves a browser without such a folder.
 */
export function installPrivateFolder() {
  const path = mkdtempSync(join(tmpdir(), "tung-nha-opfs-"));
  const hooks = { beforeWrite: () => {}, afterWrite: () => {}, beforeRemove: () => {} };
  globalThis.FileSystemFileHandle = FileHandle;
  const storage = { getDirectory: async () => new DirectoryHandle(path, hooks) };
  Object.defineProperty(globalThis.navigator, "storage", { value: storage, configurable: true });
  return {
    path,
    hooks,
    /** The files of an account, by name. */
    async files(accountId) {
      const folder = join(path, "tung-nha", accountId);
      const names = (await readdir(folder).catch(() => [])).filter((name) => !name.endsWith(".crswap"));
      return new Map(
        await Promise.all(
          names.map(async (name) => [name, await readFile(join(folder, name), "utf8").catch(() => "")]),
        ),
      );
    },
    /** The op_ids that have a file, sorted. */
    async operations(accountId) {
      return [...(await this.files(accountId)).keys()].filter((name) => name !== "manifest").sort();
    },
    /** Damages a file, as a broken memory does. */
    overwrite: (accountId, name, text) => writeFile(join(path, "tung-nha", accountId, name), text),
    removeFile: (accountId, name) => unlink(join(path, "tung-nha", accountId, name)),
    empty: () => rm(join(path, "tung-nha"), { recursive: true, force: true }),
    remove() {
      Reflect.deleteProperty(globalThis, "FileSystemFileHandle");
      Object.defineProperty(globalThis.navigator, "storage", { value: undefined, configurable: true });
      return rm(path, { recursive: true, force: true });
    },
  };
}
