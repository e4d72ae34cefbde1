// What stays of an account that somebody has signed out of here: its number, and what is not sent. The list, what was sent
// and the drafts go as soon as nothing waits.

import { list } from "./accounts.js";
import { inAccount, inIndex } from "./db.js";
import { KINDS, NEW_REPLICA } from "./schema.js";

/** What the person made that the server does not have. */
const UNSENT = ["outbox", "fixes"];
const CLEARED = ["sent", "drafts", ...KINDS.map((kind) => `replica_${kind}`)];

/** Clears away what signed-out accounts have here, but for those of which something still waits or needs a fix. */
export async function clearSignedOut() {
  for (const { account_id, signed_out } of await list()) if (signed_out) await clear(account_id);
}

/**
 * Whether the server has still to hear that somebody signed out.
 * @returns {Promise<boolean>}
 */
export function isSessionLeft() {
  return inIndex("readonly", async (tx) => Boolean(await tx.objectStore("settings").get("session_left")));
}

/** The server has ended the session. */
export function forgetSession() {
  return inIndex("readwrite", (tx) => tx.objectStore("settings").delete("session_left"));
}

/** @param {string} accountId */
function clear(accountId) {
  return inAccount(accountId, [...UNSENT, ...CLEARED, "meta"], "readwrite", async (tx) => {
    const unsent = await Promise.all(UNSENT.map((store) => tx.objectStore(store).count()));
    if (unsent.some(Boolean)) return;
    for (const store of CLEARED) void tx.objectStore(store).clear();
    const meta = tx.objectStore("meta");
    const { epoch, turn, edition } = (await meta.get("replica")) ?? NEW_REPLICA;
    await Promise.all([
      // An answer that is on its way belongs to an older turn, and is not written any more.
      meta.put({ ...NEW_REPLICA, epoch, turn: turn + 1, edition: edition + 1 }, "replica"),
      meta.delete("aliases"),
      meta.delete("acts"),
    ]);
  });
}
