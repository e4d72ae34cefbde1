// The store `sent`: the operations that the server has acknowledged. One record has all that one answer acknowledged,
// because a record for each takes six times as long.

import { deleteAll, putAll } from "./db.ts";

/** @typedef {import("./db.ts").Transaction} Transaction */
/** @typedef {import("./schema.ts").SentOperation} SentOperation */

/**
 * Stores what an answer has acknowledged.
 * @param {Transaction} tx
 * @param {SentOperation[]} ops
 */
export function addSent(tx, ops) {
  putAll(tx, "sent", toRecords(ops));
}

/**
 * @param {Transaction} tx
 * @returns {Promise<SentOperation[]>}
 */
export async function allSent(tx) {
  return toOperations(await tx.objectStore("sent").getAll());
}

/**
 * The operations with `until`, and others acknowledged with them.
 * @param {Transaction} tx
 * @returns {Promise<SentOperation[]>}
 */
export async function overlaidSent(tx) {
  return toOperations(await tx.objectStore("sent").index("by_until").getAll());
}

/**
 * @param {Transaction} tx
 * @param {string} opId
 * @returns {Promise<SentOperation | undefined>}
 */
export async function findSent(tx, opId) {
  return toOperations(await tx.objectStore("sent").index("by_op").getAll(opId)).find(({ op_id }) => op_id === opId);
}

/**
 * Puts the operations that `change` returns in the place of those with these ids.
 * @param {Transaction} tx
 * @param {string[]} opIds
 * @param {(op: SentOperation) => SentOperation | []} change
 */
export async function changeSent(tx, opIds, change) {
  const store = tx.objectStore("sent");
  const keys = new Set((await Promise.all(opIds.map((opId) => store.index("by_op").getAllKeys(opId)))).flat());
  const ids = new Set(opIds);
  const records = await Promise.all([...keys].map((key) => store.get(key)));
  deleteAll(tx, "sent", [...keys]);
  for (const { ops } of records)
    addSent(
      tx,
      ops.flatMap((/** @type {SentOperation} */ op) => (ids.has(op.op_id) ? change(op) : op)),
    );
}

/**
 * @param {Transaction} tx
 * @param {string[]} opIds
 */
export function removeSent(tx, opIds) {
  return changeSent(tx, opIds, () => []);
}

/** @param {SentOperation[]} ops */
function toRecords(ops) {
  if (ops.length === 0) return [];
  const record = { op_ids: ops.map(({ op_id }) => op_id), acked_at: ops[0].acked_at, ops };
  return [ops.some(({ until }) => until !== undefined) ? { ...record, until: 1 } : record];
}

/**
 * @param {{ops: SentOperation[]}[]} records
 * @returns {SentOperation[]}
 */
function toOperations(records) {
  return records.flatMap(({ ops }) => ops);
}
