// Where an operation of this phone is, within a transaction over all places.

import { PLACES } from "./schema.js";

/** @typedef {import("../sync/protocol.js").Operation} Operation */
/** @typedef {import("./db.js").Transaction} Transaction */
/** @typedef {import("./schema.js").Refused} Refused */
/** @typedef {import("./schema.js").Sent} Sent */
/** @typedef {import("./outbox.js").Saving} Saving */

/**
 * Where an operation of this id is now: waiting, acknowledged, refused, or given up.
 * @param {Transaction} tx
 * @param {string} opId
 * @returns {Promise<{seq: number, same: (saving: Saving) => boolean} | undefined>}
 */
export async function lookUp(tx, opId) {
  const [given, ...found] = await Promise.all([
    tx.objectStore("meta").get("discarded"),
    ...PLACES.map((place) => tx.objectStore(place).get(opId)),
  ]);
  /** @type {Operation | undefined} */
  const known = found.find(Boolean);
  if (known) return { seq: known.seq, same: (saving) => content(saving) === content(known) };
  const gone = (given ?? []).find((/** @type {{op_id: string}} */ { op_id }) => op_id === opId);
  // Nobody knows any more what it said.
  return gone && { seq: gone.seq, same: () => false };
}

/**
 * What a person wrote: a second tap means the same, though the first may have been acknowledged in between, or saved by
 * an older build.
 * @param {{data: Record<string, unknown>}} operation
 */
function content({ data: { base_version: _version, quick: _quick, ...written } }) {
  return JSON.stringify(written);
}

/**
 * Gives a refused operation up. Its number is remembered, so that the server does not take it for lost.
 * @param {Transaction} tx
 * @param {string} opId
 * @param {string} at
 * @param {"fixes" | "outbox"} [place] where it is
 */
export async function giveUp(tx, opId, at, place = "fixes") {
  const [refused, given] = await Promise.all([
    tx.objectStore(place).get(opId),
    tx.objectStore("meta").get("discarded"),
  ]);
  if (!refused) return;
  const discarded = [...(given ?? []), { op_id: opId, seq: refused.seq, at }];
  await Promise.all([tx.objectStore(place).delete(opId), tx.objectStore("meta").put(discarded, "discarded")]);
}

/**
 * An acknowledged operation as it is sent again to a server that tells another history: with the version it had.
 * @param {Sent} sent
 * @returns {Operation}
 */
export function unacknowledged({
  status: _status,
  acked_at: _at,
  acked_epoch: _epoch,
  until: _until,
  code: _code,
  household_id: _household,
  version,
  ...op
}) {
  return version === undefined ? op : { ...op, got: version };
}

/**
 * A waiting or refused operation as it was made, without the server's refusal.
 * @param {Operation & Partial<Refused>} operation
 * @returns {Operation}
 */
export function asMade({ code: _code, fields: _fields, refused_at: _at, ...op }) {
  return op;
}
