// Finds an operation in whichever store it is, within a transaction over all of them.

import { findQueued } from "./outboxStore.ts";
import { findSent } from "./sentStore.ts";

/** @typedef {import("../core/protocol.ts").Operation} Operation */
/** @typedef {import("./db.ts").Transaction} Transaction */
/** @typedef {import("./schema.ts").RefusedOperation} RefusedOperation */
/** @typedef {import("./schema.ts").SentOperation} SentOperation */
/** @typedef {import("./outbox.ts").NewOperation} NewOperation */

/**
 * The operation with this id if it is queued, acknowledged, refused or discarded; `same` compares its content.
 * @param {Transaction} tx
 * @param {string} opId
 * @returns {Promise<{seq: number, same: (saving: NewOperation) => boolean} | undefined>}
 */
export async function findOperation(tx, opId) {
  const [discarded, known] = await Promise.all([tx.objectStore("meta").get("discarded"), storedOperation(tx, opId)]);
  if (known) return { seq: known.seq, same: (saving) => contentText(saving) === contentText(known) };
  const entry = (discarded ?? []).find((/** @type {{op_id: string}} */ { op_id }) => op_id === opId);
  // Of a discarded operation only the number is stored.
  return entry && { seq: entry.seq, same: () => false };
}

/**
 * The operation with this id if it is queued, acknowledged or refused.
 * @param {Transaction} tx
 * @param {string} opId
 * @returns {Promise<Operation | undefined>}
 */
export async function storedOperation(tx, opId) {
  return (await Promise.all([unsentOperation(tx, opId), findSent(tx, opId)])).find(Boolean);
}

/**
 * The operation with this id if it is queued or refused.
 * @param {Transaction} tx
 * @param {string} opId
 * @returns {Promise<Operation | undefined>}
 */
export async function unsentOperation(tx, opId) {
  const [queued, refused] = await Promise.all([findQueued(tx, opId), tx.objectStore("fixes").get(opId)]);
  return queued ?? refused;
}

/**
 * The fields that a person entered, as text. The rest may differ between two taps on the same form: the first may have
 * been acknowledged in between, or saved by an older build.
 * @param {{data: Record<string, unknown>}} operation
 */
function contentText({ data: { base_version: _version, quick: _quick, ...content } }) {
  return JSON.stringify(content);
}

/**
 * Deletes a refused operation and records its number as discarded, so that the server does not count it as lost.
 * @param {Transaction} tx
 * @param {string} opId
 * @param {string} at
 * @param {"fixes" | "outbox"} [store] the store it is in
 */
export async function discardOperation(tx, opId, at, store = "fixes") {
  const found = store === "outbox" ? findQueued(tx, opId) : tx.objectStore(store).get(opId);
  const [op, before] = await Promise.all([found, tx.objectStore("meta").get("discarded")]);
  if (!op) return;
  const discarded = [...(before ?? []), { op_id: opId, seq: op.seq, at }];
  const key = store === "outbox" ? [op.seq, opId] : opId;
  await Promise.all([tx.objectStore(store).delete(key), tx.objectStore("meta").put(discarded, "discarded")]);
}

/**
 * An acknowledged operation as it is sent again in another epoch: with the version that the server had acknowledged.
 * @param {SentOperation} sent
 * @returns {Operation}
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
}) {
  return version === undefined ? op : { ...op, acked_version: version };
}

/**
 * A queued or refused operation as it was made, without the server's refusal.
 * @param {Operation & Partial<RefusedOperation>} operation
 * @returns {Operation}
 */
export function withoutRefusal({ code: _code, fields: _fields, refused_at: _at, ...op }) {
  return op;
}
