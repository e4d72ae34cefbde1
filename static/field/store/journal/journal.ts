// A second copy of the unsent operations: one small file for each in the browser's private folder (OPFS), outside of
// IndexedDB. Where the browser has no such folder, or a page cannot write there, the app works without it.
// See docs/decisions/0017-the-journal.md.

import { pageState, tab } from "../../core/pageState.ts";
import type { ExportKeyRow, Operation } from "../../core/protocol.ts";
import type { Account } from "../schema.ts";

type DiscardedOperation = { op_id: string; seq: number; at: string };

/** One operation and the other effects of its transaction: enough to repeat it. */
export type JournalEntry = { op: Operation; replaces?: string[]; draft?: string };

/**
 * The folder's account (with its device and installation_id), the numbers that must not be used again, and the key with
 * which a copy is encrypted.
 */
export type Manifest = {
  account: Account;
  next_seq: number;
  discarded: DiscardedOperation[];
  export_key?: ExportKeyRow;
};

/**
 * Operations that this phone has encrypted for the commune's server and cannot read any more. `content`: the export file,
 * in base64; `ops`: their numbers. `delivered_epoch`: the epoch in which the server had them.
 */
export type EncryptedQueue = {
  id: string;
  content: string;
  ops: { op_id: string; seq: number }[];
  delivered_at?: string;
  delivered_epoch?: string;
};

const ENCRYPTED = "encrypted-";
/** The manifest's file name; those of operations are UUIDs. */
const MANIFEST = "manifest";
const OPERATION_NAME = /^[\da-f-]{36}$/;
/** If the browser does not answer, a save must not wait longer; the operation is then in the database only. */
const TIMEOUT_MS = 3_000;

const folders = pageState("folders", new Map<string, FileSystemDirectoryHandle>());

/** Whether this browser has a private folder, and this page or worker can write there. */
export function isSupported() {
  const writes = typeof FileSystemFileHandle !== "undefined" && "createWritable" in FileSystemFileHandle.prototype;
  return writes && Boolean(globalThis.navigator?.storage?.getDirectory);
}

/**
 * Writes an operation's file, in place of an earlier one.
 * @returns whether it is there
 */
export function writeEntry(accountId: string, entry: JournalEntry): Promise<boolean> {
  return writeWithin(accountId, entry.op.op_id, entry);
}

/**
 * Writes the account's manifest.
 * @returns whether it is there
 */
export function writeManifest(manifest: Manifest): Promise<boolean> {
  return writeWithin(manifest.account.account_id, MANIFEST, manifest);
}

/** Removes the files of operations. */
export async function removeEntries(accountId: string, opIds: string[]) {
  await nullOnError(async () => {
    const folder = await accountFolder(accountId, false);
    await Promise.all(opIds.map((name) => folder.removeEntry(name).catch(() => {})));
  });
}

/** The accounts that have a folder here. */
export async function accountIds(): Promise<string[]> {
  return (await nullOnError(async () => fileNames(await rootFolder(false)))) ?? [];
}

/**
 * Reads an account's folder: its manifest if it is readable, the operations, and the names of torn files (cut off or
 * damaged). Null if the folder cannot be read.
 */
export async function readAccount(
  accountId: string,
): Promise<{ manifest: Manifest | null; entries: JournalEntry[]; torn: string[] } | null> {
  return nullOnError(async () => {
    const folder = await accountFolder(accountId, false);
    const journal: { manifest: Manifest | null; entries: JournalEntry[]; torn: string[] } = {
      manifest: null,
      entries: [],
      torn: [],
    };
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

/** Writes a copy of a sealed queue, whose name is none of an operation. */
export function writeEncrypted(accountId: string, queue: EncryptedQueue): Promise<boolean> {
  return writeWithin(accountId, ENCRYPTED + queue.id, queue);
}

/** The sealed queues of an account's folder. */
export async function readEncrypted(accountId: string): Promise<EncryptedQueue[]> {
  const read = nullOnError(async () => {
    const folder = await accountFolder(accountId, false);
    const names = (await fileNames(folder)).filter((name) => name.startsWith(ENCRYPTED));
    return Promise.all(names.map((name) => readFile(folder, name)));
  });
  return ((await read) ?? []).filter(Boolean);
}

export function removeEncrypted(accountId: string, ids: string[]) {
  return removeEntries(
    accountId,
    ids.map((id) => ENCRYPTED + id),
  );
}

async function writeWithin(accountId: string, name: string, content: object) {
  if (!isSupported()) return false;
  const written = nullOnError(() => inFolder(accountId, (folder) => writeFile(folder, name, withChecksum(content))));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise((resolve) => {
    timer = setTimeout(resolve, TIMEOUT_MS);
  });
  return Boolean(await Promise.race([written, tooLong]).finally(() => clearTimeout(timer)));
}

async function writeFile(folder: FileSystemDirectoryHandle, name: string, text: string) {
  const file = await folder.getFileHandle(name, { create: true });
  const stream = await file.createWritable();
  await stream.write(text);
  await stream.close();
  return true;
}

/** A file's content; null if it is torn, undefined if it was deleted meanwhile. */
async function readFile(folder: FileSystemDirectoryHandle, name: string) {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return parseChecked(await file.text());
  } catch {
    return undefined;
  }
}

function withChecksum(content: object) {
  const text = JSON.stringify(content);
  return `${checksum(text)} ${text}`;
}

/** The content behind a checksum, or null if the checksum is wrong. */
function parseChecked(text: string) {
  const content = text.slice(9);
  return text.length > 9 && text.slice(0, 9) === `${checksum(content)} ` ? JSON.parse(content) : null;
}

/** FNV-1a over UTF-16 units: it detects any single damaged unit. */
function checksum(text: string) {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
}

/**
 * Runs `work` on an account's folder. The handle is cached, because a save waits for it. If `work` fails on the cached
 * handle, the folder may have been deleted: then `work` runs again on a new one.
 */
async function inFolder<T>(accountId: string, work: (folder: FileSystemDirectoryHandle) => Promise<T>) {
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

async function rootFolder(create: boolean) {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(tab.space, { create });
}

async function accountFolder(accountId: string, create: boolean) {
  return (await rootFolder(create)).getDirectoryHandle(accountId, { create });
}

async function fileNames(folder: FileSystemDirectoryHandle) {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/** A failure of the journal must not affect the databases: null instead of an error. */
async function nullOnError<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch {
    return null;
  }
}
