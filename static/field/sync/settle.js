// What an answer says of the operations sent: each leaves the outbox in the transaction that records what became of it.

import { deleteAll, inAccount, putAll } from "../store/db.js";
import { NEW_REPLICA } from "../store/schema.js";
import { judge, record } from "./results.js";
import { leave } from "./scope.js";

/** @typedef {import("../store/schema.js").ReplicaState} ReplicaState */
/** @typedef {import("../store/schema.js").Sent} Sent */
/** @typedef {import("../store/db.js").Transaction} Transaction */
/** @typedef {import("./protocol.js").Answer} Answer */
/** @typedef {import("./request.js").Composed} Composed */

const STORES = [
  "outbox",
  "sent",
  "fixes",
  "meta",
  "replica_household",
  "replica_visit",
  "replica_follow_up",
  "replica_hamlet",
];

/**
 * @typedef {object} Settled
 * @property {string[]} acked op_ids that left the outbox for `sent`
 * @property {number} refused operations that left it for `fixes`
 * @property {string[]} healed op_ids that came back into it, be they acknowledged anew by now or not
 * @property {number} queued operations in the outbox now
 * @property {boolean} reassigned whether the account's hamlets are not those of before
 * @property {number} turn the replica's, for the page that follows
 * @property {Set<string>} written rows the page need not repeat
 */

/**
 * Records what became of the operations of a request, and where the replica stands now. Null, and nothing is done, if
 * another run has applied an answer in between.
 * @param {string} accountId
 * @param {Composed} request
 * @param {Answer} answer
 * @returns {Promise<Settled | null>}
 */
export function settle(accountId, { turn, body }, answer) {
  return inAccount(accountId, STORES, "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    /** @type {[ReplicaState | undefined, number | undefined]} */
    const [replica, next] = await Promise.all([meta.get("replica"), meta.get("next_seq")]);
    const state = replica ?? NEW_REPLICA;
    if (state.turn !== turn) return null;
    const healed = state.epoch !== undefined && state.epoch !== answer.epoch ? await heal(tx, answer.epoch) : [];
    const judged = await judge(tx, state.generation, body.ops, answer);
    const { acked, refused, written } = record(tx, state.generation, judged, answer);
    const reassigned = await leave(tx, state, answer);
    const changed = acked.length + refused + healed.length > 0 || reassigned;
    await Promise.all([
      meta.put({ ...advance(state, answer, acked.length), edition: state.edition + Number(changed) }, "replica"),
      meta.put(Math.max(next ?? 1, answer.next_seq || 1), "next_seq"),
    ]);
    const queued = await tx.objectStore("outbox").count();
    return { acked, refused, healed, queued, reassigned, turn: turn + 1, written };
  });
}

/**
 * Sets aside an operation that the server refuses to read, for a person to see to.
 * @param {string} accountId
 * @param {string} opId
 * @param {{code: string, fields: string[]}} why
 * @param {Date} now
 */
export function setAside(accountId, opId, { code, fields }, now) {
  return inAccount(accountId, ["outbox", "fixes", "meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [op, state] = await Promise.all([tx.objectStore("outbox").get(opId), meta.get("replica")]);
    if (!op) return;
    await Promise.all([
      tx.objectStore("fixes").put({ ...op, code, fields, refused_at: now.toISOString() }),
      tx.objectStore("outbox").delete(opId),
      meta.put({ ...state, edition: state.edition + 1 }, "replica"),
    ]);
  });
}

/**
 * After a restore the server may have forgotten what it acknowledged: everything acknowledged under another epoch goes
 * back into the queue, and the ledger sorts out what it still knows.
 * @param {Transaction} tx
 * @param {string} epoch
 */
async function heal(tx, epoch) {
  /** @type {Sent[]} */
  const all = await tx.objectStore("sent").getAll();
  const forgotten = all.filter((op) => op.acked_epoch !== epoch);
  const opIds = forgotten.map(({ op_id }) => op_id);
  putAll(tx, "outbox", forgotten.map(unsent));
  deleteAll(tx, "sent", opIds);
  return opIds;
}

/** @param {Sent} sent */
function unsent(sent) {
  const { status: _status, acked_at: _at, acked_epoch: _epoch, until: _until, ...rest } = sent;
  const { code: _code, household_id: _household, version, ...op } = rest;
  return version === undefined ? op : { ...op, got: version };
}

/**
 * Where the replica stands after the answer's results. A reset opens a new generation in this same transaction, so that
 * a phone killed now asks for page one again.
 * @param {ReplicaState} state
 * @param {Answer} answer
 * @param {number} acked
 * @returns {ReplicaState}
 */
function advance(state, answer, acked) {
  const newest = Math.max(state.generation, state.filling?.generation ?? 0);
  return {
    ...state,
    turn: state.turn + 1,
    epoch: answer.epoch,
    erased: answer.erase ?? false,
    backup_key: answer.backup_key ?? state.backup_key,
    filling: answer.reset ? { generation: newest + 1 } : state.filling,
    hamlets: answer.hamlets?.map(({ id }) => id) ?? state.hamlets,
    server_time: answer.server_time,
    last_exchange_at: answer.server_time,
    last_sent_at: acked > 0 ? answer.server_time : state.last_sent_at,
    wait_until: undefined,
  };
}
