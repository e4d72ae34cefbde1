// The databases of this phone: an index that names its accounts, and one database for each account.

import { openDB, unwrap } from "idb";
import { createAccount, createIndex } from "./schema.js";

/** @typedef {import("./schema.js").Account} Account */
/** @typedef {import("./schema.js").Refused} Refused */
/** @typedef {import("idb").IDBPTransaction<any, any, "readwrite">} Transaction */
/** @typedef {{name: string, upgrade: (db: import("idb").IDBPDatabase<any>) => void}} Place */

/** There is no room left on the phone; nothing of the transaction was kept. */
export class StorageFull extends Error {}

/** @type {Map<string, Promise<import("idb").IDBPDatabase<any>>>} */
const connections = new Map();
/** @type {Place} */
const INDEX = { name: "tungnha", upgrade: createIndex };

/**
 * Opens an account's database.
 * @param {string} accountId
 */
export function openAccount(accountId) {
  return connect(accountPlace(accountId));
}

/**
 * Runs `work` in one transaction over the index and resolves when it is complete. See `inAccount`.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(tx: Transaction) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function inIndex(mode, work) {
  return persistently(INDEX, ["accounts", "settings"], mode, work);
}

/**
 * Runs `work` in one transaction of an account's database; writing resolves when it is complete, and is strictly
 * durable unless `durability` says otherwise. `work` awaits nothing but requests of its transaction, and must bear
 * running twice: iPhones lose the connection, and then it runs once more over a new one.
 * Throws `StorageFull`, and whatever `work` throws; then nothing of it is kept.
 * @template T
 * @param {string} accountId
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(tx: Transaction) => Promise<T>} work
 * @param {"strict" | "relaxed"} [durability]
 * @returns {Promise<T>}
 */
export function inAccount(accountId, stores, mode, work, durability = "strict") {
  return persistently(accountPlace(accountId), stores, mode, work, durability);
}

/**
 * Writes records without waiting for each: if one fails, the transaction does. Half the time of a promise for each.
 * @param {Transaction} tx
 * @param {string} store
 * @param {object[]} records
 */
export function putAll(tx, store, records) {
  const rows = /** @type {IDBObjectStore} */ (unwrap(tx.objectStore(store)));
  for (const record of records) rows.put(record);
}

/**
 * Deletes records likewise.
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
 * @param {Place} place
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(tx: Transaction) => Promise<T>} work
 * @param {"strict" | "relaxed"} [durability]
 */
async function persistently(place, stores, mode, work, durability = "strict") {
  const connection = connect(place);
  try {
    return await transact(await connection, stores, mode, work, durability);
  } catch (fault) {
    if (!isLost(fault)) throw fault;
    await disconnect(place, connection);
    return transact(await connect(place), stores, mode, work, durability);
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
  completed.catch(() => {});
  try {
    // What was read is read; only what was written has to be waited for.
    const [result] = await Promise.all([work(tx), mode === "readonly" || completed]);
    return result;
  } catch (fault) {
    abort(tx);
    const why = await completed.then(
      () => null,
      (error) => error,
    );
    throw reason(why ?? fault);
  }
}

/**
 * Resolves at completion, rejects with what the browser gives as the reason of an abort, or with null. idb's own
 * `done` rejects at the first failed request already, when the transaction does not know its reason yet.
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
    // It has ended already.
  }
}

/** @param {unknown} fault */
function reason(fault) {
  const full = fault instanceof Error && fault.name === "QuotaExceededError";
  return full ? new StorageFull("no room", { cause: fault }) : (fault ?? new DOMException("aborted", "AbortError"));
}

/**
 * Nothing here aborts a transaction without throwing a reason, so an AbortError means that the connection is gone.
 * @param {unknown} fault
 */
function isLost(fault) {
  if (!(fault instanceof Error)) return false;
  return ["InvalidStateError", "AbortError"].includes(fault.name) || /server is lost/i.test(fault.message);
}

/** @param {string} accountId */
function accountPlace(accountId) {
  return { name: `${INDEX.name}-${accountId}`, upgrade: createAccount };
}

/** @param {Place} place */
function connect({ name, upgrade }) {
  const open = connections.get(name);
  if (open) return open;
  const opening = openDB(name, 1, {
    upgrade,
    blocking: () => void disconnect({ name }, opening),
    terminated: () => void disconnect({ name }, opening),
  });
  connections.set(name, opening);
  opening.catch(() => forget(name, opening));
  return opening;
}

/**
 * @param {{name: string}} place
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
