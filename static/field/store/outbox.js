// What was recorded on this phone: operations that wait to be sent, and those the server refused.

import { find } from "./accounts.js";
import { rememberAct } from "./acts.js";
import { announce } from "./changes.js";
import { forget, match } from "./copies.js";
import { inAccount } from "./db.js";
import * as journal from "./journal.js";
import { asMade, giveUp, lookUp } from "./places.js";
import { PLACES } from "./schema.js";

export { StorageFull } from "./db.js";

/** @typedef {import("../sync/protocol.js").Operation} Operation */
/** @typedef {import("../sync/protocol.js").OperationType} OperationType */
/** @typedef {import("./schema.js").Account} Account */
/** @typedef {import("./schema.js").Refused} Refused */
/** @typedef {import("./db.js").Transaction} Transaction */

/** @typedef {{seq: number, epoch?: string}} Next The number to give, and the epoch to name. */

/**
 * The version of each operation's data that this build writes: the newest that the server knows.
 * @type {Record<OperationType, number>}
 */
export const WRITES = {
  "household.add": 1,
  "household.amend": 1,
  "visit.record": 2,
  "visit.amend": 1,
  "visit.withdraw": 1,
};

/**
 * @typedef {object} Saving What a form hands over.
 * @property {string} id of the operation: the form's hidden id, a lower-case UUID
 * @property {OperationType} type
 * @property {Record<string, unknown>} data
 * @property {string} at when it was saved on the phone, ISO 8601 in UTC
 * @property {string} [draft] key of the draft it was written in, cleared in the same transaction (kept if `differs`)
 * @property {string[]} [replaces] op_ids of refused operations that this one mends; they leave `fixes` in the same
 *   transaction
 * @property {import("./acts.js").Content | null} [before] what stood before this act on a visit, null if there was no
 *   visit; without it the act cannot be taken back
 */

/**
 * `already`: an operation of this id was saved before and nothing was done now; `differs`: with other content, so that
 * what was written since still has to be saved, under another id.
 * @typedef {{already: boolean, differs: boolean, seq: number}} Saved
 */

/**
 * Appends one operation with the next number and resolves when it is durable. Saving the same id again does nothing,
 * whatever became of the first. Throws `StorageFull`, and an Error if the phone does not know the account.
 * @param {string} accountId
 * @param {Saving} saving
 * @returns {Promise<Saved>}
 */
export async function append(accountId, saving) {
  const [account, next] = await Promise.all([find(accountId), upcoming(accountId, saving.id)]);
  if (!account) throw new Error("unknown account");
  const noted = next && (await note(account, saving, next));
  /** @type {Saved | undefined} */
  let saved;
  try {
    saved = await inAccount(accountId, [...PLACES, "drafts", "meta"], "readwrite", async (tx) => {
      const known = await lookUp(tx, saving.id);
      const differs = known !== undefined && !known.same(saving);
      if (saving.draft && !differs) await tx.objectStore("drafts").delete(saving.draft);
      return known ? { already: true, differs, seq: known.seq } : add(tx, saving, account.commune_id);
    });
  } finally {
    // Another tab has saved under this id, or taken the number, or there was no room.
    if (noted && (saved?.already !== false || saved.seq !== noted.seq)) await match(accountId, saving.id);
  }
  if (saving.replaces?.length) void forget(accountId, saving.replaces);
  if (!saved.already) announce({ kind: "outbox", account_id: accountId });
  if (saving.draft && !saved.differs) {
    announce({ kind: "saved", account_id: accountId, draft: saving.draft, id: String(saving.data.id) });
  }
  return saved;
}

/**
 * Appends an amendment. If another tab has saved the same form with another content, this one is a second amendment.
 * @param {string} accountId
 * @param {Saving} saving
 * @param {() => string} newId
 * @returns {Promise<Saved>}
 */
export async function amend(accountId, saving, newId) {
  const saved = await append(accountId, saving);
  return saved.differs ? append(accountId, { ...saving, id: newId(), before: undefined }) : saved;
}

/**
 * Whether the clock of the phone can have been right when it was saved: one that lost its battery writes 1970, and the
 * server takes no such date.
 * @param {{at: string}} operation
 */
export function isDated({ at }) {
  return at >= "2000" && at < "2200";
}

/**
 * The operations not sent, in the order in which they were saved.
 * @param {string} accountId
 * @returns {Promise<Operation[]>}
 */
export function pending(accountId) {
  return inAccount(accountId, ["outbox"], "readonly", (tx) => tx.objectStore("outbox").index("by_seq").getAll());
}

/**
 * All that the server has not taken, waiting or refused, as it was made and in the order in which it was saved.
 * @param {string} accountId
 * @returns {Promise<Operation[]>}
 */
export async function unsent(accountId) {
  const [queued, refused] = await Promise.all([pending(accountId), fixes(accountId)]);
  return [...queued, ...refused.map(asMade)].sort((one, other) => one.seq - other.seq);
}

/**
 * How many operations wait, how many need a fix, and since when the oldest waits.
 * @param {string} accountId
 * @returns {Promise<{queued: number, fixes: number, oldest_at: string | null}>}
 */
export function counts(accountId) {
  return inAccount(accountId, ["outbox", "fixes"], "readonly", async (tx) => {
    const outbox = tx.objectStore("outbox");
    const first = outbox.index("by_seq").getAll(null, 1);
    const [queued, fixes, [oldest]] = await Promise.all([outbox.count(), tx.objectStore("fixes").count(), first]);
    return { queued, fixes, oldest_at: oldest?.at ?? null };
  });
}

/**
 * The operations the server refused, oldest first.
 * @param {string} accountId
 * @returns {Promise<Refused[]>}
 */
export async function fixes(accountId) {
  /** @type {Refused[]} */
  const refused = await inAccount(accountId, ["fixes"], "readonly", (tx) => tx.objectStore("fixes").getAll());
  return refused.sort((one, other) => one.seq - other.seq);
}

/**
 * Gives a refused operation up. Its number is remembered, so that the server does not take it for lost.
 * @param {string} accountId
 * @param {string} opId
 */
export async function discard(accountId, opId) {
  await inAccount(accountId, ["fixes", "meta"], "readwrite", (tx) => giveUp(tx, opId, new Date().toISOString()));
  void forget(accountId, [opId]);
  announce({ kind: "outbox", account_id: accountId });
}

/**
 * What the next operation will be numbered, unless another tab is faster. Null if it needs no file: it is known
 * already, or the browser has no place for one.
 * @param {string} accountId
 * @param {string} opId
 * @returns {Promise<Next | null>}
 */
async function upcoming(accountId, opId) {
  if (!journal.isAble()) return null;
  return inAccount(accountId, [...PLACES, "meta"], "readonly", async (tx) => {
    const [known, next] = await Promise.all([lookUp(tx, opId), nextOf(tx)]);
    return known ? null : next;
  });
}

/**
 * Writes the operation's file, before its transaction. Null if there is none.
 * @param {Account} account
 * @param {Saving} saving
 * @param {Next} next
 * @returns {Promise<Operation | null>}
 */
async function note({ account_id, commune_id }, saving, next) {
  const op = made(saving, commune_id, next);
  const { replaces, draft } = saving;
  return (await journal.write(account_id, { op, replaces, draft })) ? op : null;
}

/**
 * @param {Transaction} tx
 * @param {Saving} saving
 * @param {string} communeId
 * @returns {Promise<Saved>}
 */
async function add(tx, saving, communeId) {
  const op = made(saving, communeId, await nextOf(tx));
  for (const opId of saving.replaces ?? []) await giveUp(tx, opId, saving.at);
  await Promise.all([tx.objectStore("outbox").add(op), tx.objectStore("meta").put(op.seq + 1, "next_seq")]);
  await rememberAct(tx, saving);
  return { already: false, differs: false, seq: op.seq };
}

/**
 * @param {Transaction} tx
 * @returns {Promise<Next>}
 */
async function nextOf(tx) {
  const meta = tx.objectStore("meta");
  const [next, replica] = await Promise.all([meta.get("next_seq"), meta.get("replica")]);
  return { seq: next ?? 1, epoch: replica?.epoch };
}

/**
 * @param {Saving} saving
 * @param {string} commune_id
 * @param {Next} next
 * @returns {Operation}
 */
function made({ id: op_id, type, at, data }, commune_id, { seq, epoch }) {
  const op = { op_id, seq, type, v: WRITES[type], commune_id, at, data };
  return epoch ? { ...op, epoch } : op;
}
