// The databases of this phone: a registry of its accounts, and one database for each account.

import { openDB, unwrap } from "idb";
import { createAccountDatabase, createRegistry } from "./schema.ts";

/** @typedef {import("./schema.ts").Account} Account */
/** @typedef {import("./schema.ts").RefusedOperation} RefusedOperation */
/** @typedef {import("idb").IDBPTransaction<any, any, "readwrite">} Transaction */
/** @typedef {{name: string, upgrade: (db: import("idb").IDBPDatabase<any>) => void}} DatabaseSpec */

/** The phone has no room left. The transaction was rolled back. */
export class StorageFull extends Error {}

/** @type {Map<string, Promise<import("idb").IDBPDatabase<any>>>} */
const connections = new Map();
/** @type {Set<Transaction>} Those that have not ended. */
const running = new Set();
/** @type {DatabaseSpec} */
const REGISTRY = { name: "tung-nha", upgrade: createRegistry };

/**
 * Aborts all transactions; each runs again over a new connection. For a page that is left and stays in the browser's memory:
 * WebKit stops it in the middle of its transactions, and other pages wait for their end, some for ever
 * (w3c/IndexedDB issue 381, bugs.webkit.org 315804).
 * @param {any} event `pagehide`
 */
export function interruptTransactions({ persisted }) {
  if (!persisted) return;
  for (const tx of running) abort(tx);
  for (const [name, connection] of connections) void disconnect({ name }, connection);
}

/**
 * Opens an account's database.
 * @param {string} accountId
 */
export function openAccount(accountId) {
  return connect(accountDatabase(accountId));
}

/**
 * Runs `work` in one transaction of the registry and resolves when it is complete. See `inAccount`.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(tx: Transaction) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function inRegistry(mode, work) {
  return withReconnect(REGISTRY, ["accounts", "settings"], mode, work);
}

/**
 * Runs `work` in one transaction of the files that this phone carries for others. See `inAccount`.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: import("idb").IDBPObjectStore<any, any, string, "readwrite">) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function inCarriedFiles(mode, work) {
  return withReconnect(REGISTRY, ["carried_files"], mode, (tx) => work(tx.objectStore("carried_files")));
}

/**
 * Runs `work` in one transaction of an account's database. A write resolves when the transaction is complete, with
 * strict durability unless `durability` says otherwise. `work` may only await requests of its transaction. It may run
 * twice: iPhones lose the connection, and then it runs again over a new one. Throws `StorageFull`, and whatever `work`
 * throws; the transaction is then rolled back.
 * @template T
 * @param {string} accountId
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(tx: Transaction) => Promise<T>} work
 * @param {"strict" | "relaxed"} [durability]
 * @returns {Promise<T>}
 */
export function inAccount(accountId, stores, mode, work, durability = "strict") {
  return withReconnect(accountDatabase(accountId), stores, mode, work, durability);
}

/**
 * Writes records without awaiting each one: if one fails, the transaction fails. Awaiting each takes twice the time.
 * @param {Transaction} tx
 * @param {string} store
 * @param {object[]} records
 */
export function putAll(tx, store, records) {
  const rows = /** @type {IDBObjectStore} */ (unwrap(tx.objectStore(store)));
  for (const record of records) rows.put(record);
}

/**
 * Deletes records in the same way.
 * @param {Transaction} tx
 * @param {string} store
 * @param {(IDBValidKey | IDBKeyRange)[]} keys
 */
export function deleteAll(tx, store, keys) {
  const rows = /** @type {IDBObjectStore} */ (unwrap(tx.objectStore(store)));
  for (const key of keys) rows.delete(key);
}

/**
 * @template T
 * @param {DatabaseSpec} spec
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(tx: Transaction) => Promise<T>} work
 * @param {"strict" | "relaxed"} [durability]
 */
async function withReconnect(spec, stores, mode, work, durability = "strict") {
  const connection = connect(spec);
  try {
    return await transact(await connection, stores, mode, work, durability);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
    await disconnect(spec, connection);
    return transact(await connect(spec), stores, mode, work, durability);
  }
}

/**
 * @template T
 * @param {import("idb").IDBPDatabase<any>} db
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(tx: Transaction) => Promise<T>} work
 * @param {"strict" | "relaxed"} durability
 */
async function transact(db, stores, mode, work, durability) {
  const tx = /** @type {Transaction} */ (db.transaction(stores, mode, { durability }));
  const completed = completion(tx);
  running.add(tx);
  void completed.catch(() => {}).then(() => running.delete(tx));
  try {
    // A read is done with its result; a write only when the transaction is complete.
    const [result] = await Promise.all([work(tx), mode === "readonly" || completed]);
    return result;
  } catch (error) {
    abort(tx);
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
 * @param {Transaction} tx
 * @returns {Promise<void>}
 */
function completion(tx) {
  const raw = /** @type {IDBTransaction} */ (unwrap(tx));
  tx.done.catch(() => {});
  return new Promise((resolve, reject) => {
    raw.addEventListener("complete", () => resolve());
    raw.addEventListener("abort", () => reject(raw.error));
  });
}

/** @param {Transaction} tx */
function abort(tx) {
  try {
    tx.abort();
  } catch {
    // The transaction has already ended.
  }
}

/** @param {unknown} error */
function toStorageError(error) {
  const full = error instanceof Error && error.name === "QuotaExceededError";
  return full ? new StorageFull("no room", { cause: error }) : (error ?? new DOMException("aborted", "AbortError"));
}

/**
 * Whether the connection was lost. Code here throws a reason before it aborts, so an AbortError comes from the browser.
 * @param {unknown} error
 */
function isConnectionLost(error) {
  if (!(error instanceof Error)) return false;
  return ["InvalidStateError", "AbortError"].includes(error.name) || /server is lost/i.test(error.message);
}

/** @param {string} accountId */
function accountDatabase(accountId) {
  return { name: `${REGISTRY.name}-${accountId}`, upgrade: createAccountDatabase };
}

/** @param {DatabaseSpec} spec */
function connect({ name, upgrade }) {
  const open = connections.get(name);
  if (open) return open;
  const lost = () => void disconnect({ name }, opening);
  const callbacks = { blocking: lost, terminated: lost };
  const opening = openDB(name, 1, { upgrade, ...callbacks }).catch((error) => {
    // Another tab's newer version of the app has added stores: it never changes or removes those that there are.
    if (error.name !== "VersionError") throw error;
    return openDB(name, undefined, callbacks);
  });
  connections.set(name, opening);
  opening.catch(() => forget(name, opening));
  return opening;
}

/**
 * @param {{name: string}} spec
 * @param {Promise<import("idb").IDBPDatabase<any>>} connection
 */
async function disconnect({ name }, connection) {
  forget(name, connection);
  await connection.then(
    (db) => db.close(),
    () => {},
  );
}

/**
 * @param {string} name
 * @param {Promise<import("idb").IDBPDatabase<any>>} connection
 */
function forget(name, connection) {
  if (connections.get(name) === connection) connections.delete(name);
}
