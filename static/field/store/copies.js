// Keeps the journal what the databases say. The databases come first: a file too many is found at the next start.

import { inAccount, inIndex } from "./db.js";
import * as journal from "./journal.js";

/** @typedef {import("../sync/protocol.js").Operation} Operation */
/** @typedef {import("./journal.js").Standing} Standing */

/**
 * Makes an operation's file what the database says of it now.
 * @param {string} accountId
 * @param {string} opId
 */
export async function match(accountId, opId) {
  const op = await inAccount(accountId, ["outbox", "fixes"], "readonly", async (tx) => {
    const [queued, refused] = await Promise.all(["outbox", "fixes"].map((store) => tx.objectStore(store).get(opId)));
    return queued ?? refused;
  });
  await (op ? journal.write(accountId, { op }) : journal.remove(accountId, [opId]));
}

/**
 * Does so for operations that have come back into the queue, one after the other: there may be many.
 * @param {string} accountId
 * @param {string[]} opIds
 */
export async function matchAll(accountId, opIds) {
  if (journal.isAble()) for (const opId of opIds) await match(accountId, opId);
}

/**
 * Forgets the files of operations that were acknowledged or given up. What the numbering must remember of them is
 * written down first.
 * @param {string} accountId
 * @param {string[]} opIds
 */
export async function forget(accountId, opIds) {
  if (!opIds.length || !journal.isAble()) return;
  try {
    const standing = await standingOf(accountId);
    if (standing) await journal.writeStanding(standing);
    await journal.remove(accountId, opIds);
  } catch (fault) {
    console.error(fault);
  }
}

/**
 * Writes the account's own file anew.
 * @param {string} accountId
 */
export async function keepStanding(accountId) {
  const standing = journal.isAble() ? await standingOf(accountId) : null;
  if (standing) await journal.writeStanding(standing);
}

/**
 * What the account's own file should say; null if the phone does not know the account.
 * @param {string} accountId
 * @returns {Promise<Standing | null>}
 */
export async function standingOf(accountId) {
  const account = await inIndex("readonly", (tx) => tx.objectStore("accounts").get(accountId));
  if (!account) return null;
  return inAccount(accountId, ["meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [next, discarded] = await Promise.all([meta.get("next_seq"), meta.get("discarded")]);
    return { account, next_seq: next ?? 1, discarded: discarded ?? [] };
  });
}
