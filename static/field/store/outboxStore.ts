// The store `outbox`, keyed by number and op_id: what follows one another is removed by one request. Removing 500
// operations one by one takes as long as storing their rows.

import { MAX_OPERATIONS, type Operation } from "../core/protocol.ts";
import { deleteAll, type Transaction } from "./db.ts";
import { RESEND_AT } from "./schema.ts";

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
 * The queued operations that may be sent now, in their order. While the phone waits before it sends again what an
 * earlier epoch acknowledged, these are the ones that nobody has acknowledged, and those before them that they build
 * upon, on the same record or its household: all of them. Otherwise at most as many as a request can hold.
 * @param after only the operations after this number
 */
export async function sendable(tx: Transaction, after: number = 0): Promise<Operation[]> {
  const outbox = tx.objectStore("outbox");
  const range = IDBKeyRange.lowerBound([after, []]);
  if (!(await tx.objectStore("meta").get(RESEND_AT))) return outbox.getAll(range, MAX_OPERATIONS);
  const named = new Set<string>();
  const newestFirst: Operation[] = (await outbox.getAll(range)).reverse();
  const found = newestFirst.filter(({ acked_version, data: { id, household_id } }) => {
    const isSent = !acked_version || named.has(id);
    if (isSent) named.add(id).add(household_id);
    return isSent;
  });
  return found.reverse();
}

/** How many there are that may be sent now. */
export async function countSendable(tx: Transaction): Promise<number> {
  return (await tx.objectStore("meta").get(RESEND_AT)) ? (await sendable(tx)).length : tx.objectStore("outbox").count();
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
