// Finds an operation in whichever store it is, within a transaction over all of them.

import type { Operation } from "../core/protocol.ts";
import type { Transaction } from "./db.ts";
import type { NewOperation } from "./outbox.ts";
import { findQueued } from "./outboxStore.ts";
import type { RefusedOperation, SentOperation } from "./schema.ts";
import { findSent } from "./sentStore.ts";

/** The operation with this id if it is queued, acknowledged, refused or discarded; `same` compares its content. */
export async function findOperation(
  tx: Transaction,
  opId: string,
): Promise<{ seq: number; same: (saving: NewOperation) => boolean } | undefined> {
  const [discarded, known] = await Promise.all([tx.objectStore("meta").get("discarded"), storedOperation(tx, opId)]);
  if (known) return { seq: known.seq, same: (saving) => contentText(saving) === contentText(known) };
  const entry = (discarded ?? []).find(({ op_id }: { op_id: string }) => op_id === opId);
  // Of a discarded operation only the number is stored.
  return entry && { seq: entry.seq, same: () => false };
}

/** The operation with this id if it is queued, acknowledged or refused. */
export async function storedOperation(tx: Transaction, opId: string): Promise<Operation | undefined> {
  return (await Promise.all([unsentOperation(tx, opId), findSent(tx, opId)])).find(Boolean);
}

/** The operation with this id if it is queued or refused. */
export async function unsentOperation(tx: Transaction, opId: string): Promise<Operation | undefined> {
  const [queued, refused] = await Promise.all([findQueued(tx, opId), tx.objectStore("fixes").get(opId)]);
  return queued ?? refused;
}

/**
 * The fields that a person entered, as text. The rest may differ between two taps on the same form: the first may have
 * been acknowledged in between, or saved by an older build.
 */
function contentText({
  data: { base_version: _version, quick: _quick, ...content },
}: {
  data: Record<string, unknown>;
}) {
  return JSON.stringify(content);
}

/**
 * Deletes a refused operation and records its number as discarded, so that the server does not count it as lost.
 * @param store the store it is in
 */
export async function discardOperation(tx: Transaction, opId: string, at: string, store: "fixes" | "outbox" = "fixes") {
  const found = store === "outbox" ? findQueued(tx, opId) : tx.objectStore(store).get(opId);
  const [op, before] = await Promise.all([found, tx.objectStore("meta").get("discarded")]);
  if (!op) return;
  const discarded = [...(before ?? []), { op_id: opId, seq: op.seq, at }];
  const key = store === "outbox" ? [op.seq, opId] : opId;
  await Promise.all([tx.objectStore(store).delete(key), tx.objectStore("meta").put(discarded, "discarded")]);
}

/**
 * An acknowledged operation as it is sent again in another epoch: with the version that the server had acknowledged.
 */
export function withoutAcknowledgement({
  status: _status,
  acked_at: _at,
  acked_epoch: _epoch,
  until: _until,
  code: _code,
  household_id: _household,
  version,
  ...op
}: SentOperation): Operation {
  return version === undefined ? op : { ...op, acked_version: version };
}

/** A queued or refused operation as it was made, without the server's refusal. */
export function withoutRefusal({
  code: _code,
  fields: _fields,
  refused_at: _at,
  ...op
}: Operation & Partial<RefusedOperation>): Operation {
  return op;
}
