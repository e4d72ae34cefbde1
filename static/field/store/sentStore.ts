// The store `sent`: the operations that the server has acknowledged. One record has all that one answer acknowledged,
// because a record for each takes six times as long.

import { deleteAll, putAll, type Transaction } from "./db.ts";
import type { SentOperation } from "./schema.ts";

/** Stores what an answer has acknowledged. */
export function addSent(tx: Transaction, ops: SentOperation[]) {
  putAll(tx, "sent", toRecords(ops));
}

export async function allSent(tx: Transaction): Promise<SentOperation[]> {
  return toOperations(await tx.objectStore("sent").getAll());
}

/** The operations with `until`, and others acknowledged with them. */
export async function overlaidSent(tx: Transaction): Promise<SentOperation[]> {
  return toOperations(await tx.objectStore("sent").index("by_until").getAll());
}

export async function findSent(tx: Transaction, opId: string): Promise<SentOperation | undefined> {
  return toOperations(await tx.objectStore("sent").index("by_op").getAll(opId)).find(({ op_id }) => op_id === opId);
}

/** Puts the operations that `change` returns in the place of those with these ids. */
export async function changeSent(tx: Transaction, opIds: string[], change: (op: SentOperation) => SentOperation | []) {
  const store = tx.objectStore("sent");
  const keys = new Set((await Promise.all(opIds.map((opId) => store.index("by_op").getAllKeys(opId)))).flat());
  const ids = new Set(opIds);
  const records = await Promise.all([...keys].map((key) => store.get(key)));
  deleteAll(tx, "sent", [...keys]);
  for (const { ops } of records)
    addSent(
      tx,
      ops.flatMap((op: SentOperation) => (ids.has(op.op_id) ? change(op) : op)),
    );
}

export function removeSent(tx: Transaction, opIds: string[]) {
  return changeSent(tx, opIds, () => []);
}

function toRecords(ops: SentOperation[]) {
  if (ops.length === 0) return [];
  const record = { op_ids: ops.map(({ op_id }) => op_id), acked_at: ops[0].acked_at, ops };
  return [ops.some(({ until }) => until !== undefined) ? { ...record, until: 1 } : record];
}

function toOperations(records: { ops: SentOperation[] }[]): SentOperation[] {
  return records.flatMap(({ ops }) => ops);
}
