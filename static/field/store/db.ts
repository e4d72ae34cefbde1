// The databases of this phone: a registry of its accounts, and one database for each account.

import { type IDBPDatabase, type IDBPObjectStore, type IDBPTransaction, openDB, unwrap, wrap } from "idb";
import { pageState, tab } from "../core/pageState.ts";
import { createAccountDatabase, createRegistry } from "./schema.ts";

export type Transaction = IDBPTransaction<unknown, string[], "readwrite">;
/** The store of the files that this phone carries for others. */
export type CarriedStore = IDBPObjectStore<unknown, string[], "carried_files", "readwrite">;
type DatabaseSpec = { name: string; upgrade: (db: IDBPDatabase) => void };

/** The phone has no room left. The transaction was rolled back. */
export class StorageFull extends Error {}

// Without what idb wraps around them: each bundle has an idb of its own, which knows its own wrappers only.
const connections = pageState("connections", new Map<string, Promise<IDBDatabase>>());
/** Those that have not ended. */
const running = pageState("running", new Set<IDBTransaction>());

/**
 * Aborts all transactions; each runs again over a new connection. For a page that is left and stays in the browser's
 * memory: WebKit stops it in the middle of its transactions, and other pages wait for their end, some for ever
 * (w3c/IndexedDB issue 381, bugs.webkit.org 315804).
 * @param event `pagehide`
 */
export function interruptTransactions({ persisted }: { persisted: boolean }) {
  if (!persisted) return;
  for (const tx of running) abort(tx);
  for (const [name, connection] of connections) void disconnect({ name }, connection);
}

/** Opens an account's database. */
export function openAccount(accountId: string) {
  return connect(accountDatabase(accountId)).then(wrap);
}

/** Runs `work` in one transaction of the registry and resolves when it is complete. See `inAccount`. */
export function inRegistry<T>(mode: IDBTransactionMode, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return withReconnect(registry(), ["accounts", "settings"], mode, work);
}

/** Runs `work` in one transaction of the files that this phone carries for others. See `inAccount`. */
export function inCarriedFiles<T>(mode: IDBTransactionMode, work: (store: CarriedStore) => Promise<T>): Promise<T> {
  return withReconnect(registry(), ["carried_files"], mode, (tx) => work(tx.objectStore("carried_files")));
}

/**
 * Runs `work` in one transaction of an account's database. A write resolves when the transaction is complete, with
 * strict durability unless `durability` says otherwise. `work` may only await requests of its transaction. It may run
 * twice: iPhones lose the connection, and then it runs again over a new one. Throws `StorageFull`, and whatever `work`
 * throws; the transaction is then rolled back.
 */
export function inAccount<T>(
  accountId: string,
  stores: string[],
  mode: IDBTransactionMode,
  work: (tx: Transaction) => Promise<T>,
  durability: "strict" | "relaxed" = "strict",
): Promise<T> {
  return withReconnect(accountDatabase(accountId), stores, mode, work, durability);
}

/**
 * Writes records without awaiting each one: if one fails, the transaction fails. Awaiting each takes twice the time.
 */
export function putAll(tx: Transaction, store: string, records: object[]) {
  const rows = unwrap(tx.objectStore(store)) as IDBObjectStore;
  for (const record of records) rows.put(record);
}

/** Deletes records in the same way. */
export function deleteAll(tx: Transaction, store: string, keys: (IDBValidKey | IDBKeyRange)[]) {
  const rows = unwrap(tx.objectStore(store)) as IDBObjectStore;
  for (const key of keys) rows.delete(key);
}

async function withReconnect<T>(
  spec: DatabaseSpec,
  stores: string[],
  mode: IDBTransactionMode,
  work: (tx: Transaction) => Promise<T>,
  durability: "strict" | "relaxed" = "strict",
) {
  const connection = connect(spec);
  try {
    return await transact(await connection, stores, mode, work, durability);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    await disconnect(spec, connection);
    return transact(await connect(spec), stores, mode, work, durability);
  }
}

async function transact<T>(
  db: IDBDatabase,
  stores: string[],
  mode: IDBTransactionMode,
  work: (tx: Transaction) => Promise<T>,
  durability: "strict" | "relaxed",
) {
  const tx = wrap(db).transaction(stores, mode, { durability }) as Transaction;
  tx.done.catch(() => {});
  const raw = unwrap(tx) as IDBTransaction;
  const completed = completion(raw);
  running.add(raw);
  void completed.catch(() => {}).then(() => running.delete(raw));
  try {
    // A read is done with its result; a write only when the transaction is complete.
    const [result] = await Promise.all([work(tx), mode === "readonly" || completed]);
    return result;
  } catch (error) {
    abort(raw);
    const abortReason = await completed.then(
      () => null,
      (reason) => reason,
    );
    throw toStorageError(abortReason ?? error);
  }
}

/**
 * Resolves at completion; rejects with the browser's reason for an abort, or with null. idb's own `done` is no use
 * here: it rejects at the first failed request, before the transaction has its error.
 */
function completion(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.addEventListener("complete", () => resolve());
    tx.addEventListener("abort", () => reject(tx.error));
  });
}

function abort(tx: IDBTransaction) {
  try {
    tx.abort();
  } catch {
    // The transaction has already ended.
  }
}

function toStorageError(error: unknown) {
  const full = error instanceof Error && error.name === "QuotaExceededError";
  return full ? new StorageFull("no room", { cause: error }) : (error ?? new DOMException("aborted", "AbortError"));
}

/**
 * Whether the connection was lost. Code here throws a reason before it aborts, so an AbortError comes from the browser.
 */
function isConnectionLost(error: unknown) {
  if (!(error instanceof Error)) return false;
  return ["InvalidStateError", "AbortError"].includes(error.name) || /server is lost/i.test(error.message);
}

function registry(): DatabaseSpec {
  return { name: tab.space, upgrade: createRegistry };
}

function accountDatabase(accountId: string) {
  return { name: `${tab.space}-${accountId}`, upgrade: createAccountDatabase };
}

function connect({ name, upgrade }: DatabaseSpec) {
  const open = connections.get(name);
  if (open) return open;
  const lost = () => void disconnect({ name }, opening);
  const callbacks = { blocking: lost, terminated: lost };
  const opened = openDB(name, 1, { upgrade, ...callbacks }).catch((error) => {
    // Another tab's newer version of the app has added stores: it never changes or removes those that there are.
    if (error.name !== "VersionError") throw error;
    return openDB(name, undefined, callbacks);
  });
  const opening = opened.then((db) => unwrap(db) as IDBDatabase);
  connections.set(name, opening);
  opening.catch(() => forget(name, opening));
  return opening;
}

async function disconnect({ name }: { name: string }, connection: Promise<IDBDatabase>) {
  forget(name, connection);
  await connection.then(
    (db) => db.close(),
    () => {},
  );
}

function forget(name: string, connection: Promise<IDBDatabase>) {
  if (connections.get(name) === connection) connections.delete(name);
}
