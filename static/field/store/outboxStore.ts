// The store `outbox`, keyed by number and op_id: what follows one another is removed by one request. Removing 500
// operations one by one takes as long as storing their rows.

import type { Operation } from "../core/protocol.ts";
import { deleteAll, type Transaction } from "./db.ts";

/** `seq` and `op_id` */
export type QueueKey = [number, string];

/**
 * The keys of the queued operations with these numbers, in their order.
 * @param numbers of `numbersBetween`; all by default
 */
export function queuedKeys(tx: Transaction, numbers?: IDBKeyRange): Promise<QueueKey[]> {
  return tx.objectStore("outbox").getAllKeys(numbers) as Promise<QueueKey[]>;
}

export function numbersBetween(first: number, last: number) {
  return IDBKeyRange.bound([first], [last, []]);
}

export function findQueued(tx: Transaction, opId: string): Promise<Operation | undefined> {
  return tx.objectStore("outbox").index("by_op").get(opId);
}

/**
 * Removes the operations with these ids; those that follow one another in the queue by one request.
 * @param keys all of a part of the queue, from `queuedKeys` in this transaction
 */
export function removeQueued(tx: Transaction, keys: QueueKey[], opIds: string[]) {
  const removed = new Set(opIds);
  const stretches: [QueueKey, QueueKey][] = [];
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
