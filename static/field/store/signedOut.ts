// Clears the storage of accounts that were signed out on this phone. The replica, sent operations and drafts are
// deleted as soon as nothing is unsent; the account's number stays, and what is typed later in a tab that was left open.

import { listAccounts } from "./accounts.ts";
import { inAccount, inRegistry } from "./db.ts";
import { NEW_REPLICA, REPLICA_STORES, UNSENT_STORES } from "./schema.ts";
import { GUIDES_KEY } from "./view/guides.ts";

const CLEARED_STORES = ["sent", "pages", "guides", ...REPLICA_STORES];

/** Clears the storage of signed-out accounts, except those with queued or refused operations. */
export async function clearSignedOut() {
  for (const { account_id, signed_out } of await listAccounts()) {
    if (signed_out) await clearAccount(account_id, signed_out);
  }
}

/** Whether the server has yet to end the session of a signed-out account. */
export function hasSessionToEnd(): Promise<boolean> {
  return inRegistry("readonly", async (tx) => Boolean(await tx.objectStore("settings").get("session_to_end")));
}

/** Records that the server has ended the session. */
export function markSessionEnded() {
  return inRegistry("readwrite", (tx) => tx.objectStore("settings").delete("session_to_end"));
}

/** @param at when it was signed out */
function clearAccount(accountId: string, at: string | boolean) {
  return inAccount(accountId, [...UNSENT_STORES, ...CLEARED_STORES, "drafts", "meta"], "readwrite", async (tx) => {
    const unsent = await Promise.all(UNSENT_STORES.map((store) => tx.objectStore(store).count()));
    if (unsent.some(Boolean)) return;
    for (const store of CLEARED_STORES) void tx.objectStore(store).clear();
    const drafts = tx.objectStore("drafts");
    for (const draft of await drafts.getAll()) if (!(draft.at >= at)) void drafts.delete(draft.key);
    const meta = tx.objectStore("meta");
    const { epoch, revision, view_version } = (await meta.get("replica")) ?? NEW_REPLICA;
    await Promise.all([
      // The new revision invalidates an answer that is on its way.
      meta.put({ ...NEW_REPLICA, epoch, revision: revision + 1, view_version: view_version + 1 }, "replica"),
      meta.delete("aliases"),
      meta.delete(GUIDES_KEY),
      meta.delete("undo_log"),
    ]);
  });
}
