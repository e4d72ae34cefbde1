// The operations recorded on this phone that the server does not have: queued ones, and ones it refused.

import { type Operation, type OperationType, VERSIONS } from "../core/protocol.ts";
import { findAccount } from "./accounts.ts";
import { announce } from "./changes.ts";
import { inAccount, type Transaction } from "./db.ts";
import * as journal from "./journal/journal.ts";
import { removeFromJournal, updateEntry } from "./journal/journalSync.ts";
import { discardOperation, findOperation, withoutRefusal } from "./operationStores.ts";
import { countSendable } from "./outboxStore.ts";
import { type Account, OPERATION_STORES, type RefusedOperation, UNSENT_STORES } from "./schema.ts";
import { addUndoEntry, type VisitContent } from "./undoLog.ts";

export { StorageFull } from "./db.ts";

/** The next number, and the epoch that the operation names. */
type Numbering = { seq: number; epoch?: string };

/** An operation as a form saves it. */
export type NewOperation = {
  /** of the operation: the form's hidden id, a lower-case UUID */
  id: string;
  type: OperationType;
  data: Record<string, unknown>;
  /** when it was saved on the phone, ISO 8601 in UTC */
  at: string;
  /** key of the form's draft, deleted in the same transaction (unless the result `differs`) */
  draft?: string;
  /** op_ids of refused operations that this one corrects; they are discarded in the same transaction */
  replaces?: string[];
  /**
   * the visit's content before this operation, null if there was no visit; without it the operation cannot be undone
   */
  before?: VisitContent | null;
};

/**
 * `already`: an operation with this id was saved before, so nothing was done; `differs`: and its content is another, so
 * that the new content still has to be saved, under another id.
 */
type AppendResult = { already: boolean; differs: boolean; seq: number };

/**
 * Appends one operation with the next number and resolves when it is durable. Saving the same id again does nothing,
 * even if the first has left the outbox. Throws `StorageFull`, and an Error if the phone does not know the account.
 */
export async function append(accountId: string, saving: NewOperation): Promise<AppendResult> {
  const [account, next] = await Promise.all([findAccount(accountId), peekNumbering(accountId, saving.id)]);
  if (!account) throw new Error("unknown account");
  const journaled = next && (await writeJournalEntry(account, saving, next));
  let saved: AppendResult | undefined;
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

/** Appends an amendment. If another tab has saved the same form with other content, this becomes a second amendment. */
export async function amend(accountId: string, saving: NewOperation, newId: () => string): Promise<AppendResult> {
  const saved = await append(accountId, saving);
  return saved.differs ? append(accountId, { ...saving, id: newId(), before: undefined }) : saved;
}

/**
 * Whether the phone's clock can have been right when the operation was saved. After an empty battery some clocks start
 * at 1970, and the server refuses such a date.
 */
export function hasPlausibleDate({ at }: { at: string }) {
  return at >= "2000" && at < "2200";
}

/** The queued operations, in the order of saving. */
export function queuedOperations(accountId: string): Promise<Operation[]> {
  return inAccount(accountId, ["outbox"], "readonly", (tx) => tx.objectStore("outbox").getAll());
}

/**
 * All operations that the server has not accepted, queued or refused, as they were made and in the order of saving.
 * Both stores are read in one transaction: an answer that refuses an operation meanwhile moves it between them.
 */
export async function unsentOperations(accountId: string): Promise<Operation[]> {
  const [queued, refused] = await inAccount(accountId, ["outbox", "fixes"], "readonly", (tx) =>
    Promise.all([tx.objectStore("outbox").getAll(), tx.objectStore("fixes").getAll()]),
  );
  return [...queued, ...refused.map(withoutRefusal)].sort((one, other) => one.seq - other.seq);
}

/** How many queued operations may be sent now. */
export function countQueued(accountId: string): Promise<number> {
  return inAccount(accountId, ["outbox", "meta"], "readonly", countSendable);
}

/** The same, and how many are refused. */
export function counts(accountId: string): Promise<{ queued: number; fixes: number }> {
  return inAccount(accountId, [...UNSENT_STORES, "meta"], "readonly", async (tx) => ({
    queued: await countSendable(tx),
    fixes: await tx.objectStore("fixes").count(),
  }));
}

/** The refused operations, oldest first. */
export async function refusedOperations(accountId: string): Promise<RefusedOperation[]> {
  const refused: RefusedOperation[] = await inAccount(accountId, ["fixes"], "readonly", (tx) =>
    tx.objectStore("fixes").getAll(),
  );
  return refused.sort((one, other) => one.seq - other.seq);
}

/** Discards a refused operation. Its number is recorded, so that the server does not count it as lost. */
export async function discardRefused(accountId: string, opId: string) {
  await inAccount(accountId, ["fixes", "meta"], "readwrite", (tx) =>
    discardOperation(tx, opId, new Date().toISOString()),
  );
  void removeFromJournal(accountId, [opId]);
  announce({ kind: "outbox", account_id: accountId });
}

/**
 * The next operation's numbering, unless another tab saves first. Null if the operation needs no journal file: it is
 * saved already, or the browser has no private folder.
 */
async function peekNumbering(accountId: string, opId: string): Promise<Numbering | null> {
  if (!journal.isSupported()) return null;
  return inAccount(accountId, [...OPERATION_STORES, "meta"], "readonly", async (tx) => {
    const [known, next] = await Promise.all([findOperation(tx, opId), readNumbering(tx)]);
    return known ? null : next;
  });
}

/** Writes the operation's journal file, before its transaction. Null if there is none. */
async function writeJournalEntry(
  { account_id, commune_id }: Account,
  saving: NewOperation,
  next: Numbering,
): Promise<Operation | null> {
  const op = buildOperation(saving, commune_id, next);
  const { replaces, draft } = saving;
  return (await journal.writeEntry(account_id, { op, replaces, draft })) ? op : null;
}

async function insert(tx: Transaction, saving: NewOperation, communeId: string): Promise<AppendResult> {
  const op = buildOperation(saving, communeId, await readNumbering(tx));
  for (const opId of saving.replaces ?? []) await discardOperation(tx, opId, saving.at);
  await Promise.all([tx.objectStore("outbox").add(op), tx.objectStore("meta").put(op.seq + 1, "next_seq")]);
  await addUndoEntry(tx, saving);
  return { already: false, differs: false, seq: op.seq };
}

async function readNumbering(tx: Transaction): Promise<Numbering> {
  const meta = tx.objectStore("meta");
  const [next, replica] = await Promise.all([meta.get("next_seq"), meta.get("replica")]);
  return { seq: next ?? 1, epoch: replica?.epoch };
}

function buildOperation(
  { id: op_id, type, at, data }: NewOperation,
  commune_id: string,
  { seq, epoch }: Numbering,
): Operation {
  const op = { op_id, seq, type, v: VERSIONS[type], commune_id, at, data };
  return epoch ? { ...op, epoch } : op;
}
