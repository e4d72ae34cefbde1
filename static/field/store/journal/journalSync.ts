// Updates the journal after the databases have changed. If that is interrupted, the next start finds the difference.

import { inAccount, inRegistry } from "../db.ts";
import { unsentOperation } from "../operationStores.ts";
import { queuedKeys } from "../outboxStore.ts";
import { UNSENT_STORES } from "../schema.ts";
import * as journal from "./journal.ts";

/** @typedef {import("../../core/protocol.ts").Operation} Operation */
/** @typedef {import("./journal.ts").Manifest} Manifest */

/** @type {Promise<unknown>} The last work of `inOrder`. */
let last = Promise.resolve();

/**
 * Writes or removes an operation's file, so that it agrees with the database.
 * @param {string} accountId
 * @param {string} opId
 */
export async function updateEntry(accountId, opId) {
  const op = await inAccount(accountId, UNSENT_STORES, "readonly", (tx) => unsentOperation(tx, opId));
  await (op ? journal.writeEntry(accountId, { op }) : journal.removeEntries(accountId, [opId]));
}

/**
 * Updates the files of operations that were queued again, one after the other: there may be many.
 * @param {string} accountId
 * @param {string[]} opIds
 */
export async function updateEntries(accountId, opIds) {
  if (!opIds.length || !journal.isSupported()) return;
  await inOrder(async () => {
    for (const opId of opIds) await updateEntry(accountId, opId);
  });
}

/**
 * Removes the files of operations that were acknowledged or discarded, unless they were queued again since. The manifest,
 * with the numbers that must not be used again, is written first.
 * @param {string} accountId
 * @param {string[]} opIds
 */
export async function removeFromJournal(accountId, opIds) {
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

/**
 * Rewrites the account's manifest.
 * @param {string} accountId
 */
export async function updateManifest(accountId) {
  const manifest = journal.isSupported() ? await buildManifest(accountId) : null;
  if (manifest) await journal.writeManifest(manifest);
}

/**
 * The manifest as the databases have it; null if the phone does not know the account.
 * @param {string} accountId
 * @returns {Promise<Manifest | null>}
 */
export async function buildManifest(accountId) {
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

/**
 * The ids of the queued and refused operations.
 * @param {import("../db.ts").Transaction} tx
 */
export async function unsentIds(tx) {
  const [queued, refused] = await Promise.all([queuedKeys(tx), tx.objectStore("fixes").getAllKeys()]);
  return new Set([...queued.map(([, opId]) => opId), .../** @type {string[]} */ (refused)]);
}

/**
 * Runs work after the work before it has ended: what is queued again while files are removed gets its file afterwards.
 * @param {() => Promise<void>} work
 */
function inOrder(work) {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}
