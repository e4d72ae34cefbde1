// The store `outbox`, keyed by number and op_id: what follows one another is removed by one request. Removing 500
// operations one by one takes as long as storing their rows.

import { deleteAll } from "./db.ts";

/** @typedef {import("../core/protocol.ts").Operation} Operation */
/** @typedef {import("./db.ts").Transaction} Transaction */
/** @typedef {[number, string]} QueueKey `seq` and `op_id` */

/**
 * The keys of the queued operations with these numbers, in their order.
 * @param {Transaction} tx
 * @param {IDBKeyRange} [numbers] of `numbersBetween`; all by default
 * @returns {Promise<QueueKey[]>}
 */
export function queuedKeys(tx, numbers) {
  return tx.objectStore("outbox").getAllKeys(numbers);
}

/**
 * @param {number} first
 * @param {number} last
 */
export function numbersBetween(first, last) {
  return IDBKeyRange.bound([first], [last, []]);
}

/**
 * @param {Transaction} tx
 * @param {string} opId
 * @returns {Promise<Operation | undefined>}
 */
export function findQueued(tx, opId) {
  return tx.objectStore("outbox").index("by_op").get(opId);
}

/**
 * Removes the operations with these ids; those that follow one another in the queue by one request.
 * @param {Transaction} tx
 * @param {QueueKey[]} keys all of a part of the queue, from `queuedKeys` in this transaction
 * @param {string[]} opIds
 */
export function removeQueued(tx, keys, opIds) {
  const removed = new Set(opIds);
  /** @type {[QueueKey, QueueKey][]} */
  const stretches = [];
  let isInside = false;
  for (const key of keys) {
    const isRemoved = removed.has(key[1]);
    if (isRemoved && isInside) stretches[stretches.length - 1][1] = key;
    else if (isRemoved) stretches.push([key, key]);
    isInside = isRemoved;
  }
  deleteAll(
    tx,
    "outbox",
    stretches.map(([first, last]) => IDBKeyRange.bound(first, last)),
  );
}
