// What was recorded on this phone under the same phone number, for an account that the server does not know under that
// number any more: after a restore a person may be given another account. The open account takes it over once its person
// has said that it is theirs. See docs/decisions/0025-ids-outlive-a-restore.md.

import { digits, list } from "./accounts.js";
import { announce } from "./changes.js";
import { forget, matchAll } from "./copies.js";
import { deleteAll, inAccount, putAll } from "./db.js";
import { asMade, unacknowledged } from "./places.js";
import { KEPT, NEW_REPLICA, PLACES } from "./schema.js";

/** @typedef {import("../sync/protocol.js").Operation} Operation */
/** @typedef {import("./schema.js").Account} Account */
/** @typedef {import("./schema.js").Refused} Refused */
/** @typedef {import("./schema.js").Sent} Sent */
/** @typedef {{account: Account, ops: Operation[]}} Earlier An earlier account, and what the server may not have of it. */

/**
 * The earlier accounts of this number and commune whose records the server may not have. One number is one account of a
 * commune: under another id it can deliver nothing any more. A transfer that was cut off is completed here.
 * @param {Account} account the open one
 * @param {Date} now
 * @returns {Promise<Earlier[]>}
 */
export async function earlier(account, now) {
  const accounts = (await list()).filter((other) => isEarlier(other, account));
  const found = await Promise.all(accounts.map((other) => undelivered(other, account, now)));
  return found.filter(({ ops }) => ops.length > 0);
}

/**
 * Those of them that the person has not said are somebody else's.
 * @param {Account} account
 * @param {Date} now
 */
export async function offered(account, now) {
  const found = await earlier(account, now);
  if (found.length === 0) return found;
  const declined = await inAccount(account.account_id, ["meta"], "readonly", (tx) =>
    tx.objectStore("meta").get("declined"),
  );
  return found.filter((one) => !declined?.includes(one.account.account_id));
}

/**
 * They are somebody else's: they stay where they are, and are not offered again before the next sign-in.
 * @param {Account} account
 * @param {Earlier[]} found
 */
export function decline({ account_id }, found) {
  return inAccount(account_id, ["meta"], "readwrite", (tx) =>
    tx.objectStore("meta").put(
      found.map((one) => one.account.account_id),
      "declined",
    ),
  );
}

/**
 * Moves them into the open account's queue, under their ids and numbers: what the server has all the same is answered
 * from its ledger. Each is in one of the two accounts at any moment, or in both. Throws `StorageFull`.
 * @param {Account} account
 * @param {Earlier[]} found
 */
export async function transfer({ account_id }, found) {
  for (const { account, ops } of found) {
    await enqueue(account_id, ops);
    await leave(account.account_id, account_id, ops);
  }
  announce({ kind: "outbox", account_id });
}

/**
 * @param {Account} other
 * @param {Account} account
 */
function isEarlier(other, account) {
  const isSame = other.commune_id === account.commune_id && digits(other.phone) === digits(account.phone);
  return isSame && other.account_id !== account.account_id;
}

/**
 * What waits, what was refused, and what was acknowledged in a history that the server does not tell any more.
 * @param {Account} other
 * @param {Account} account
 * @param {Date} now
 * @returns {Promise<Earlier>}
 */
async function undelivered(other, account, now) {
  const [theirs, own] = await Promise.all([other, account].map(({ account_id }) => stored(account_id)));
  const since = new Date(now.getTime() - KEPT).toISOString();
  const forgotten = theirs.sent.filter((op) => op.acked_epoch !== own.epoch && op.acked_at > since);
  const ops = [...theirs.outbox, ...theirs.fixes.map(asMade), ...forgotten.map(unacknowledged)];
  ops.sort((one, next) => one.seq - next.seq);
  const here = new Set([...own.outbox, ...own.fixes, ...own.sent].map(({ op_id }) => op_id));
  const moved = ops.filter(({ op_id }) => here.has(op_id));
  if (moved.length) await leave(other.account_id, account.account_id, moved);
  return { account: other, ops: ops.filter(({ op_id }) => !here.has(op_id)) };
}

/**
 * All operations of an account, and the history that the server tells as far as it knows.
 * @param {string} accountId
 * @returns {Promise<{outbox: Operation[], fixes: Refused[], sent: Sent[], epoch: string | undefined}>}
 */
function stored(accountId) {
  return inAccount(accountId, [...PLACES, "meta"], "readonly", async (tx) => {
    const [outbox, sent, fixes] = await Promise.all(PLACES.map((place) => tx.objectStore(place).getAll()));
    return { outbox, sent, fixes, epoch: (await tx.objectStore("meta").get("replica"))?.epoch };
  });
}

/**
 * @param {string} accountId
 * @param {Operation[]} ops
 */
function enqueue(accountId, ops) {
  return inAccount(accountId, ["outbox", "meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [next, replica] = await Promise.all([meta.get("next_seq"), meta.get("replica")]);
    const state = replica ?? NEW_REPLICA;
    putAll(tx, "outbox", ops);
    await Promise.all([
      meta.put(Math.max(next ?? 1, ...ops.map(({ seq }) => seq + 1)), "next_seq"),
      meta.put({ ...state, edition: state.edition + 1 }, "replica"),
    ]);
  });
}

/**
 * They leave the earlier account once the other has their files as well.
 * @param {string} accountId
 * @param {string} to
 * @param {Operation[]} ops
 */
async function leave(accountId, to, ops) {
  const opIds = ops.map(({ op_id }) => op_id);
  await matchAll(to, opIds);
  await inAccount(accountId, PLACES, "readwrite", async (tx) => {
    for (const place of PLACES) deleteAll(tx, place, opIds);
  });
  await forget(accountId, opIds);
}
