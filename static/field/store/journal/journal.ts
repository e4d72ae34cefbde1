// A second copy of the unsent operations: one small file for each in the browser's private folder (OPFS), outside of
// IndexedDB. Where the browser has no such folder, or a page cannot write there, the app works without it.
// See docs/decisions/0017-the-journal.md.

/** @typedef {import("../../core/protocol.ts").Operation} Operation */
/** @typedef {import("../schema.ts").Account} Account */
/** @typedef {{op_id: string, seq: number, at: string}} DiscardedOperation */

/**
 * One operation and the other effects of its transaction: enough to repeat it.
 * @typedef {{op: Operation, replaces?: string[], draft?: string}} JournalEntry
 */

/**
 * The folder's account (with its device and installation_id), the numbers that must not be used again, and the key with which a
 * copy is encrypted.
 * @typedef {{account: Account, next_seq: number, discarded: DiscardedOperation[],
 *   export_key?: import("../../core/protocol.ts").ExportKeyRow}} Manifest
 */

const ROOT = "tung-nha";
/** The manifest's file name; those of operations are UUIDs. */
const MANIFEST = "manifest";
const OPERATION_NAME = /^[\da-f-]{36}$/;
/** If the browser does not answer, a save must not wait longer; the operation is then in the database only. */
const TIMEOUT_MS = 3_000;

/** @type {Map<string, FileSystemDirectoryHandle>} */
const folders = new Map();

/** Whether this browser has a private folder, and this page or worker can write there. */
export function isSupported() {
  const writes = typeof FileSystemFileHandle !== "undefined" && "createWritable" in FileSystemFileHandle.prototype;
  return writes && Boolean(globalThis.navigator?.storage?.getDirectory);
}

/**
 * Writes an operation's file, in place of an earlier one.
 * @param {string} accountId
 * @param {JournalEntry} entry
 * @returns {Promise<boolean>} whether it is there
 */
export function writeEntry(accountId, entry) {
  return writeWithin(accountId, entry.op.op_id, entry);
}

/**
 * Writes the account's manifest.
 * @param {Manifest} manifest
 * @returns {Promise<boolean>} whether it is there
 */
export function writeManifest(manifest) {
  return writeWithin(manifest.account.account_id, MANIFEST, manifest);
}

/**
 * Removes the files of operations.
 * @param {string} accountId
 * @param {string[]} opIds
 */
export async function removeEntries(accountId, opIds) {
  await nullOnError(async () => {
    const folder = await accountFolder(accountId, false);
    await Promise.all(opIds.map((name) => folder.removeEntry(name).catch(() => {})));
  });
}

/**
 * The accounts that have a folder here.
 * @returns {Promise<string[]>}
 */
export async function accountIds() {
  return (await nullOnError(async () => fileNames(await rootFolder(false)))) ?? [];
}

/**
 * Reads an account's folder: its manifest if it is readable, the operations, and the names of torn files (cut off or
 * damaged). Null if the folder cannot be read.
 * @param {string} accountId
 * @returns {Promise<{manifest: Manifest | null, entries: JournalEntry[], torn: string[]} | null>}
 */
export async function readAccount(accountId) {
  return nullOnError(async () => {
    const folder = await accountFolder(accountId, false);
    /** @type {{manifest: Manifest | null, entries: JournalEntry[], torn: string[]}} */
    const journal = { manifest: null, entries: [], torn: [] };
    for (const name of await fileNames(folder)) {
      const content = await readFile(folder, name);
      if (content === undefined) continue;
      if (name === MANIFEST) journal.manifest = content;
      else if (content?.op?.op_id === name) journal.entries.push(content);
      else if (OPERATION_NAME.test(name)) journal.torn.push(name);
    }
    return journal;
  });
}

/**
 * @param {string} accountId
 * @param {string} name
 * @param {object} content
 */
async function writeWithin(accountId, name, content) {
  if (!isSupported()) return false;
  const written = nullOnError(() => inFolder(accountId, (folder) => writeFile(folder, name, withChecksum(content))));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const tooLong = new Promise((resolve) => {
    timer = setTimeout(resolve, TIMEOUT_MS);
  });
  return Boolean(await Promise.race([written, tooLong]).finally(() => clearTimeout(timer)));
}

/**
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 * @param {string} text
 */
async function writeFile(folder, name, text) {
  const file = await folder.getFileHandle(name, { create: true });
  const stream = await file.createWritable();
  await stream.write(text);
  await stream.close();
  return true;
}

/**
 * A file's content; null if it is torn, undefined if it was deleted meanwhile.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 */
async function readFile(folder, name) {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return parseChecked(await file.text());
  } catch {
    return undefined;
  }
}

/** @param {object} content */
function withChecksum(content) {
  const text = JSON.stringify(content);
  return `${checksum(text)} ${text}`;
}

/**
 * The content behind a checksum, or null if the checksum is wrong.
 * @param {string} text
 */
function parseChecked(text) {
  const content = text.slice(9);
  return text.length > 9 && text.slice(0, 9) === `${checksum(content)} ` ? JSON.parse(content) : null;
}

/**
 * FNV-1a over UTF-16 units: it detects any single damaged unit.
 * @param {string} text
 */
function checksum(text) {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
}

/**
 * Runs `work` on an account's folder. The handle is cached, because a save waits for it. If `work` fails on the cached
 * handle, the folder may have been deleted: then `work` runs again on a new one.
 * @template T
 * @param {string} accountId
 * @param {(folder: FileSystemDirectoryHandle) => Promise<T>} work
 */
async function inFolder(accountId, work) {
  const known = folders.get(accountId);
  if (known) {
    const done = await nullOnError(() => work(known));
    if (done !== null) return done;
    folders.delete(accountId);
  }
  const folder = await accountFolder(accountId, true);
  const done = await work(folder);
  folders.set(accountId, folder);
  return done;
}

/** @param {boolean} create */
async function rootFolder(create) {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create });
}

/**
 * @param {string} accountId
 * @param {boolean} create
 */
async function accountFolder(accountId, create) {
  return (await rootFolder(create)).getDirectoryHandle(accountId, { create });
}

/** @param {FileSystemDirectoryHandle} folder */
async function fileNames(folder) {
  /** @type {string[]} */
  const names = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/**
 * A failure of the journal must not affect the databases: null instead of an error.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | null>}
 */
async function nullOnError(work) {
  try {
    return await work();
  } catch {
    return null;
  }
}
