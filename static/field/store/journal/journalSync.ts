// Updates the journal after the databases have changed. If that is interrupted, the next start finds the difference.

import { pageState } from "../../core/pageState.ts";
import { inAccount, inRegistry, type Transaction } from "../db.ts";
import { unsentOperation } from "../operationStores.ts";
import { queuedKeys } from "../outboxStore.ts";
import { UNSENT_STORES } from "../schema.ts";
import type { Manifest } from "./journal.ts";
import * as journal from "./journal.ts";

/** The last work of `inOrder`. */
const order: { of: Promise<unknown> } = pageState("journal", { of: Promise.resolve() });

/** Writes or removes an operation's file, so that it agrees with the database. */
export async function updateEntry(accountId: string, opId: string) {
  const op = await inAccount(accountId, UNSENT_STORES, "readonly", (tx) => unsentOperation(tx, opId));
  await (op ? journal.writeEntry(accountId, { op }) : journal.removeEntries(accountId, [opId]));
}

/** Updates the files of operations that were queued again, one after the other: there may be many. */
export async function updateEntries(accountId: string, opIds: string[]) {
  if (!opIds.length || !journal.isSupported()) return;
  await inOrder(async () => {
    for (const opId of opIds) await updateEntry(accountId, opId);
  });
}

/**
 * Removes the files of operations that were acknowledged or discarded, unless they were queued again since. The
 * manifest, with the numbers that must not be used again, is written first.
 */
export async function removeFromJournal(accountId: string, opIds: string[]) {
  if (!opIds.length || !journal.isSupported()) return;
  try {
    await inOrder(async () => {
      const unsent = await inAccount(accountId, UNSENT_STORES, "readonly", unsentIds);
      const manifest = await buildManifest(accountId);
      if (manifest) await journal.writeManifest(manifest);
      await journal.removeEntries(
        accountId,
        opIds.filter((opId) => !unsent.has(opId)),
      );
    });
  } catch (error) {
    console.error(error);
  }
}

/** Rewrites the account's manifest. */
export async function updateManifest(accountId: string) {
  const manifest = journal.isSupported() ? await buildManifest(accountId) : null;
  if (manifest) await journal.writeManifest(manifest);
}

/** The manifest as the databases have it; null if the phone does not know the account. */
export async function buildManifest(accountId: string): Promise<Manifest | null> {
  const account = await inRegistry("readonly", (tx) => tx.objectStore("accounts").get(accountId));
  if (!account) return null;
  return inAccount(accountId, ["meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [next, discarded, replica] = await Promise.all(
      ["next_seq", "discarded", "replica"].map((key) => meta.get(key)),
    );
    return { account, next_seq: next ?? 1, discarded: discarded ?? [], export_key: replica?.export_key };
  });
}

/** The ids of the queued and refused operations. */
export async function unsentIds(tx: Transaction) {
  const [queued, refused] = await Promise.all([queuedKeys(tx), tx.objectStore("fixes").getAllKeys()]);
  return new Set([...queued.map(([, opId]) => opId), ...(refused as string[])]);
}

/**
 * Runs work after the work before it has ended: what is queued again while files are removed gets its file afterwards.
 */
function inOrder(work: () => Promise<void>) {
  const done = order.of.then(work);
  order.of = done.catch(() => {});
  return done;
}
