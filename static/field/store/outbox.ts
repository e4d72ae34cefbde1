// The operations recorded on this phone that the server does not have: queued ones, and ones it refused.

import { VERSIONS } from "../core/protocol.ts";
import { findAccount } from "./accounts.ts";
import { announce } from "./changes.ts";
import { inAccount } from "./db.ts";
import * as journal from "./journal/journal.ts";
import { removeFromJournal, updateEntry } from "./journal/journalSync.ts";
import { discardOperation, findOperation, withoutRefusal } from "./operationStores.ts";
import { OPERATION_STORES } from "./schema.ts";
import { addUndoEntry } from "./undoLog.ts";

export { StorageFull } from "./db.ts";

/** @typedef {import("../core/protocol.ts").Operation} Operation */
/** @typedef {import("../core/protocol.ts").OperationType} OperationType */
/** @typedef {import("./schema.ts").Account} Account */
/** @typedef {import("./schema.ts").RefusedOperation} RefusedOperation */
/** @typedef {import("./db.ts").Transaction} Transaction */

/** @typedef {{seq: number, epoch?: string}} Numbering The next number, and the epoch that the operation names. */

/**
 * @typedef {object} NewOperation An operation as a form saves it.
 * @property {string} id of the operation: the form's hidden id, a lower-case UUID
 * @property {OperationType} type
 * @property {Record<string, unknown>} data
 * @property {string} at when it was saved on the phone, ISO 8601 in UTC
 * @property {string} [draft] key of the form's draft, deleted in the same transaction (unless the result `differs`)
 * @property {string[]} [replaces] op_ids of refused operations that this one corrects; they are discarded in the same
 *   transaction
 * @property {import("./undoLog.ts").VisitContent | null} [before] the visit's content before this operation, null if there
 *   was no visit; without it the operation cannot be undone
 */

/**
 * `already`: an operation with this id was saved before, so nothing was done; `differs`: and its content is another, so
 * that the new content still has to be saved, under another id.
 * @typedef {{already: boolean, differs: boolean, seq: number}} AppendResult
 */

/**
 * Appends one operation with the next number and resolves when it is durable. Saving the same id again does nothing,
 * even if the first has left the outbox. Throws `StorageFull`, and an Error if the phone does not know the account.
 * @param {string} accountId
 * @param {NewOperation} saving
 * @returns {Promise<AppendResult>}
 */
export async function append(accountId, saving) {
  const [account, next] = await Promise.all([findAccount(accountId), peekNumbering(accountId, saving.id)]);
  if (!account) throw new Error("unknown account");
  const journaled = next && (await writeJournalEntry(account, saving, next));
  /** @type {AppendResult | undefined} */
  let saved;
  try {
    saved = await inAccount(accountId, [...OPERATION_STORES, "drafts", "meta"], "readwrite", async (tx) => {
      const known = await findOperation(tx, saving.id);
      const differs = known !== undefined && !known.same(saving);
      if (saving.draft && !differs) await tx.objectStore("drafts").delete(saving.draft);
      return known ? { already: true, differs, seq: known.seq } : insert(tx, saving, account.commune_id);
    });
  } finally {
    // The file is wrong: another tab has saved this id or used the number, or there was no room.
    if (journaled && (saved?.already !== false || saved.seq !== journaled.seq)) await updateEntry(accountId, saving.id);
  }
  if (saving.replaces?.length) void removeFromJournal(accountId, saving.replaces);
  if (!saved.already) announce({ kind: "outbox", account_id: accountId });
  if (saving.draft && !saved.differs) {
    announce({ kind: "saved", account_id: accountId, draft: saving.draft, id: String(saving.data.id) });
  }
  return saved;
}

/**
 * Appends an amendment. If another tab has saved the same form with other content, this becomes a second amendment.
 * @param {string} accountId
 * @param {NewOperation} saving
 * @param {() => string} newId
 * @returns {Promise<AppendResult>}
 */
export async function amend(accountId, saving, newId) {
  const saved = await append(accountId, saving);
  return saved.differs ? append(accountId, { ...saving, id: newId(), before: undefined }) : saved;
}

/**
 * Whether the phone's clock can have been right when the operation was saved. After an empty battery some clocks start
 * at 1970, and the server refuses such a date.
 * @param {{at: string}} operation
 */
export function hasPlausibleDate({ at }) {
  return at >= "2000" && at < "2200";
}

/**
 * The queued operations, in the order of saving.
 * @param {string} accountId
 * @returns {Promise<Operation[]>}
 */
export function queuedOperations(accountId) {
  return inAccount(accountId, ["outbox"], "readonly", (tx) => tx.objectStore("outbox").getAll());
}

/**
 * All operations that the server has not accepted, queued or refused, as they were made and in the order of saving.
 * Both stores are read in one transaction: an answer that refuses an operation meanwhile moves it between them.
 * @param {string} accountId
 * @returns {Promise<Operation[]>}
 */
export async function unsentOperations(accountId) {
  const [queued, refused] = await inAccount(accountId, ["outbox", "fixes"], "readonly", (tx) =>
    Promise.all([tx.objectStore("outbox").getAll(), tx.objectStore("fixes").getAll()]),
  );
  return [...queued, ...refused.map(withoutRefusal)].sort((one, other) => one.seq - other.seq);
}

/**
 * How many operations are queued, how many are refused, and when the oldest queued one was saved.
 * @param {string} accountId
 * @returns {Promise<{queued: number, fixes: number, oldest_at: string | null}>}
 */
export function counts(accountId) {
  return inAccount(accountId, ["outbox", "fixes"], "readonly", async (tx) => {
    const outbox = tx.objectStore("outbox");
    const first = outbox.getAll(null, 1);
    const [queued, fixes, [oldest]] = await Promise.all([outbox.count(), tx.objectStore("fixes").count(), first]);
    return { queued, fixes, oldest_at: oldest?.at ?? null };
  });
}

/**
 * The refused operations, oldest first.
 * @param {string} accountId
 * @returns {Promise<RefusedOperation[]>}
 */
export async function refusedOperations(accountId) {
  /** @type {RefusedOperation[]} */
  const refused = await inAccount(accountId, ["fixes"], "readonly", (tx) => tx.objectStore("fixes").getAll());
  return refused.sort((one, other) => one.seq - other.seq);
}

/**
 * Discards a refused operation. Its number is recorded, so that the server does not count it as lost.
 * @param {string} accountId
 * @param {string} opId
 */
export async function discardRefused(accountId, opId) {
  await inAccount(accountId, ["fixes", "meta"], "readwrite", (tx) =>
    discardOperation(tx, opId, new Date().toISOString()),
  );
  void removeFromJournal(accountId, [opId]);
  announce({ kind: "outbox", account_id: accountId });
}

/**
 * The next operation's numbering, unless another tab saves first. Null if the operation needs no journal file: it is
 * saved already, or the browser has no private folder.
 * @param {string} accountId
 * @param {string} opId
 * @returns {Promise<Numbering | null>}
 */
async function peekNumbering(accountId, opId) {
  if (!journal.isSupported()) return null;
  return inAccount(accountId, [...OPERATION_STORES, "meta"], "readonly", async (tx) => {
    const [known, next] = await Promise.all([findOperation(tx, opId), readNumbering(tx)]);
    return known ? null : next;
  });
}

/**
 * Writes the operation's journal file, before its transaction. Null if there is none.
 * @param {Account} account
 * @param {NewOperation} saving
 * @param {Numbering} next
 * @returns {Promise<Operation | null>}
 */
async function writeJournalEntry({ account_id, commune_id }, saving, next) {
  const op = buildOperation(saving, commune_id, next);
  const { replaces, draft } = saving;
  return (await journal.writeEntry(account_id, { op, replaces, draft })) ? op : null;
}

/**
 * @param {Transaction} tx
 * @param {NewOperation} saving
 * @param {string} communeId
 * @returns {Promise<AppendResult>}
 */
async function insert(tx, saving, communeId) {
  const op = buildOperation(saving, communeId, await readNumbering(tx));
  for (const opId of saving.replaces ?? []) await discardOperation(tx, opId, saving.at);
  await Promise.all([tx.objectStore("outbox").add(op), tx.objectStore("meta").put(op.seq + 1, "next_seq")]);
  await addUndoEntry(tx, saving);
  return { already: false, differs: false, seq: op.seq };
}

/**
 * @param {Transaction} tx
 * @returns {Promise<Numbering>}
 */
async function readNumbering(tx) {
  const meta = tx.objectStore("meta");
  const [next, replica] = await Promise.all([meta.get("next_seq"), meta.get("replica")]);
  return { seq: next ?? 1, epoch: replica?.epoch };
}

/**
 * @param {NewOperation} saving
 * @param {string} commune_id
 * @param {Numbering} next
 * @returns {Operation}
 */
function buildOperation({ id: op_id, type, at, data }, commune_id, { seq, epoch }) {
  const op = { op_id, seq, type, v: VERSIONS[type], commune_id, at, data };
  return epoch ? { ...op, epoch } : op;
}
