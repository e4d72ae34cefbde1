// Moves operations from an earlier account of the same phone number to the open account. After a restore of the server
// a person may have a new account, and the earlier one can send nothing any more. The person is asked first whether the
// operations are theirs. See docs/decisions/0025-ids-outlive-a-restore.md.

import type { Operation } from "../core/protocol.ts";
import { earlierOf, listAccounts } from "./accounts.ts";
import { announce } from "./changes.ts";
import { deleteAll, inAccount, putAll } from "./db.ts";
import { removeFromJournal, updateEntries } from "./journal/journalSync.ts";
import { withoutAcknowledgement, withoutRefusal } from "./operationStores.ts";
import { queuedKeys, removeQueued } from "./outboxStore.ts";
import {
  type Account,
  NEW_REPLICA,
  OPERATION_STORES,
  RETENTION_MS,
  type RefusedOperation,
  type SentOperation,
  UNSENT_STORES,
} from "./schema.ts";
import { allSent, removeSent } from "./sentStore.ts";

/** An earlier account, and its operations that the server may not have. */
export type EarlierAccount = { account: Account; ops: Operation[] };

/**
 * The earlier accounts of this number and commune with operations that the server may not have. A number has one
 * account in a commune, so an account with another id cannot send any more. Completes a transfer that was interrupted.
 * @param account the open one
 */
export async function earlierAccounts(account: Account, now: Date): Promise<EarlierAccount[]> {
  const accounts = earlierOf(account, await listAccounts());
  const found = await Promise.all(accounts.map((other) => withUndelivered(other, account, now)));
  return found.filter(({ ops }) => ops.length > 0);
}

/** The earlier accounts, without those that the person has declined as somebody else's. */
export async function transferOffers(account: Account, now: Date) {
  const found = await earlierAccounts(account, now);
  if (found.length === 0) return found;
  const declined = await inAccount(account.account_id, ["meta"], "readonly", (tx) =>
    tx.objectStore("meta").get("declined_transfers"),
  );
  return found.filter((one) => !declined?.includes(one.account.account_id));
}

/**
 * Records that these accounts are somebody else's: they stay as they are, and are not offered again before the next
 * sign-in.
 */
export function declineTransfer({ account_id }: Account, found: EarlierAccount[]) {
  return inAccount(account_id, ["meta"], "readwrite", (tx) =>
    tx.objectStore("meta").put(
      found.map((one) => one.account.account_id),
      "declined_transfers",
    ),
  );
}

/**
 * Moves the operations into the open account's outbox with their ids and numbers. If the server has one of them
 * already, it answers from its ledger. At any moment an operation is in at least one of the two accounts. Throws
 * `StorageFull`.
 */
export async function transferOperations({ account_id }: Account, found: EarlierAccount[]) {
  for (const { account, ops } of found) {
    await enqueue(account_id, ops);
    await removeTransferred(account.account_id, account_id, ops);
  }
  announce({ kind: "outbox", account_id });
}

/** The account with its queued and refused operations, and those acknowledged in an epoch that is over. */
async function withUndelivered(other: Account, account: Account, now: Date): Promise<EarlierAccount> {
  const [theirs, own] = await Promise.all([other, account].map(({ account_id }) => readOperations(account_id)));
  const since = new Date(now.getTime() - RETENTION_MS).toISOString();
  const forgotten = theirs.sent.filter((op) => op.acked_epoch !== own.epoch && op.acked_at > since);
  const ops = [...theirs.outbox, ...theirs.fixes.map(withoutRefusal), ...forgotten.map(withoutAcknowledgement)];
  ops.sort((one, next) => one.seq - next.seq);
  const ownIds = new Set([...own.outbox, ...own.fixes, ...own.sent].map(({ op_id }) => op_id));
  const transferred = ops.filter(({ op_id }) => ownIds.has(op_id));
  if (transferred.length) await removeTransferred(other.account_id, account.account_id, transferred);
  return { account: other, ops: ops.filter(({ op_id }) => !ownIds.has(op_id)) };
}

/** All operations of an account, and the epoch it knows. */
function readOperations(
  accountId: string,
): Promise<{ outbox: Operation[]; fixes: RefusedOperation[]; sent: SentOperation[]; epoch: string | undefined }> {
  return inAccount(accountId, [...OPERATION_STORES, "meta"], "readonly", async (tx) => {
    const unsent = UNSENT_STORES.map((store) => tx.objectStore(store).getAll());
    const [sent, outbox, fixes] = await Promise.all([allSent(tx), ...unsent]);
    return { outbox, sent, fixes, epoch: (await tx.objectStore("meta").get("replica"))?.epoch };
  });
}

function enqueue(accountId: string, ops: Operation[]) {
  return inAccount(accountId, ["outbox", "meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [next, replica] = await Promise.all([meta.get("next_seq"), meta.get("replica")]);
    const state = replica ?? NEW_REPLICA;
    putAll(tx, "outbox", ops);
    await Promise.all([
      meta.put(Math.max(next ?? 1, ...ops.map(({ seq }) => seq + 1)), "next_seq"),
      meta.put({ ...state, view_version: state.view_version + 1 }, "replica"),
    ]);
  });
}

/** Deletes the operations from the earlier account, after the other has their journal files as well. */
async function removeTransferred(accountId: string, to: string, ops: Operation[]) {
  const opIds = ops.map(({ op_id }) => op_id);
  await updateEntries(to, opIds);
  await inAccount(accountId, OPERATION_STORES, "readwrite", async (tx) => {
    deleteAll(tx, "fixes", opIds);
    removeQueued(tx, await queuedKeys(tx), opIds);
    await removeSent(tx, opIds);
  });
  await removeFromJournal(accountId, opIds);
}
