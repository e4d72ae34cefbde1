// The second copy of what only this phone has: for each operation the server has not taken, one small file in the
// browser's private folder, apart from IndexedDB. Where there is no such folder, or no way to write there from a page,
// everything works on without it. See docs/decisions/0017-the-journal.md.

/** @typedef {import("../sync/protocol.js").Operation} Operation */
/** @typedef {import("./schema.js").Account} Account */
/** @typedef {{op_id: string, seq: number, at: string}} Discarded */

/**
 * One operation, and what its transaction does besides: enough to do it again.
 * @typedef {{op: Operation, replaces?: string[], draft?: string}} Entry
 */

/**
 * Whose folder it is, and what the numbering must not forget. `account` carries the device and the life.
 * @typedef {{account: Account, next_seq: number, discarded: Discarded[]}} Standing
 */

const ROOT = "tungnha";
/** The name of an account's own file; those of operations are UUIDs. */
const STANDING = "account";
const OPERATION = /^[\da-f-]{36}$/;
/** A browser that does not come back must not hold up a save: the record is then on the phone once. Milliseconds. */
const PATIENCE = 3_000;

/** @type {Map<string, FileSystemDirectoryHandle>} */
const open = new Map();

/** Whether this browser has such a folder, and this place can write there. */
export function isAble() {
  const writes = typeof FileSystemFileHandle !== "undefined" && "createWritable" in FileSystemFileHandle.prototype;
  return writes && Boolean(globalThis.navigator?.storage?.getDirectory);
}

/**
 * Writes an operation's file, in place of an earlier one.
 * @param {string} accountId
 * @param {Entry} entry
 * @returns {Promise<boolean>} whether it is there
 */
export function write(accountId, entry) {
  return put(accountId, entry.op.op_id, entry);
}

/**
 * Writes the account's own file.
 * @param {Standing} standing
 * @returns {Promise<boolean>} whether it is there
 */
export function writeStanding(standing) {
  return put(standing.account.account_id, STANDING, standing);
}

/**
 * Removes the files of operations.
 * @param {string} accountId
 * @param {string[]} opIds
 */
export async function remove(accountId, opIds) {
  await quietly(async () => {
    const folder = await folderOf(accountId, false);
    await Promise.all(opIds.map((name) => folder.removeEntry(name).catch(() => {})));
  });
}

/**
 * The accounts that have a folder here.
 * @returns {Promise<string[]>}
 */
export async function accountIds() {
  return (await quietly(async () => namesIn(await rootOf(false)))) ?? [];
}

/**
 * All that is in an account's folder: its own file, if it can be read, the operations, and the names of files that
 * were torn: cut off or damaged. Null if the folder cannot be read.
 * @param {string} accountId
 * @returns {Promise<{standing: Standing | null, entries: Entry[], torn: string[]} | null>}
 */
export async function read(accountId) {
  return quietly(async () => {
    const folder = await folderOf(accountId, false);
    /** @type {{standing: Standing | null, entries: Entry[], torn: string[]}} */
    const found = { standing: null, entries: [], torn: [] };
    for (const name of await namesIn(folder)) {
      const content = await contentOf(folder, name);
      if (content === undefined) continue;
      if (name === STANDING) found.standing = content;
      else if (content?.op?.op_id === name) found.entries.push(content);
      else if (OPERATION.test(name)) found.torn.push(name);
    }
    return found;
  });
}

/**
 * @param {string} accountId
 * @param {string} name
 * @param {object} content
 */
async function put(accountId, name, content) {
  if (!isAble()) return false;
  const written = quietly(() => inFolder(accountId, (folder) => writeFile(folder, name, sealed(content))));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const tooLong = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
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
 * What a file says, null if it is torn, undefined if it is gone meanwhile.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 */
async function contentOf(folder, name) {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return opened(await file.text());
  } catch {
    return undefined;
  }
}

/** @param {object} content */
function sealed(content) {
  const text = JSON.stringify(content);
  return `${checksum(text)} ${text}`;
}

/**
 * What was sealed, or null if this is not all of it as it was.
 * @param {string} text
 */
function opened(text) {
  const content = text.slice(9);
  return text.length > 9 && text.slice(0, 9) === `${checksum(content)} ` ? JSON.parse(content) : null;
}

/**
 * FNV-1a over UTF-16 units: no single damaged unit passes it.
 * @param {string} text
 */
function checksum(text) {
  let sum = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) sum = Math.imul(sum ^ text.charCodeAt(place), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
}

/**
 * Works in an account's folder, which is kept open, as a save waits for it; once more if it has been deleted meanwhile.
 * @template T
 * @param {string} accountId
 * @param {(folder: FileSystemDirectoryHandle) => Promise<T>} work
 */
async function inFolder(accountId, work) {
  const known = open.get(accountId);
  if (known) {
    const done = await quietly(() => work(known));
    if (done !== null) return done;
    open.delete(accountId);
  }
  const folder = await folderOf(accountId, true);
  const done = await work(folder);
  open.set(accountId, folder);
  return done;
}

/** @param {boolean} create */
async function rootOf(create) {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create });
}

/**
 * @param {string} accountId
 * @param {boolean} create
 */
async function folderOf(accountId, create) {
  return (await rootOf(create)).getDirectoryHandle(accountId, { create });
}

/** @param {FileSystemDirectoryHandle} folder */
async function namesIn(folder) {
  /** @type {string[]} */
  const names = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/**
 * The second copy never stands in the way of the first: whatever fails here is as if nothing were there.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | null>}
 */
async function quietly(work) {
  try {
    return await work();
  } catch {
    return null;
  }
}
