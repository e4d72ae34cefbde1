// A phone stores only the rows of its account's hamlets. When an assignment ends, those rows are deleted; when the
// phone is revoked, all are.

import type { Answer } from "../core/protocol.ts";
import { keepContacts } from "../store/accounts.ts";
import { deleteAll, inAccount, putAll, type Transaction } from "../store/db.ts";
import { type Kind, NEW_REPLICA, REPLICA_STORES, type ReplicaState } from "../store/schema.ts";

/** Deletes the rows of hamlets that the account is no longer assigned to. False if its hamlets have not changed. */
export async function removeOutOfScope(tx: Transaction, state: ReplicaState, answer: Answer) {
  if (!answer.hamlets) return false;
  const ids = new Set(answer.hamlets.map(({ id }) => id));
  if (state.hamlets?.length === ids.size && state.hamlets.every((id) => ids.has(id))) return false;
  const range = IDBKeyRange.bound([state.generation], [state.generation, []]);
  const all = (kind: Kind) => tx.objectStore(`replica_${kind}`).getAll(range);
  const [households, visits, followUps, sessions, hamlets] = await Promise.all([
    all("household"),
    all("visit"),
    all("follow_up"),
    all("outreach_session"),
    all("hamlet"),
  ]);
  const outOfScope = new Set(households.filter((row) => !ids.has(row.hamlet_id)).map((row) => row.id));
  const expired: [Kind, { id: string }[]][] = [
    ["household", households.filter((row) => outOfScope.has(row.id))],
    ["visit", visits.filter((row) => !ids.has(row.hamlet_id))],
    ["follow_up", followUps.filter((row) => outOfScope.has(row.household_id))],
    ["outreach_session", sessions.filter((row) => !ids.has(row.hamlet_id))],
    ["hamlet", hamlets.filter((row) => !ids.has(row.id))],
  ];
  for (const [kind, rows] of expired) {
    const keys = rows.map(({ id }) => [state.generation, id]);
    deleteAll(tx, `replica_${kind}`, keys);
  }
  return true;
}

/** The generation of what an erased replica still has. */
export const ERASED_GENERATION = 0;
/** Kinds of rows with data of citizens or colleagues. */
const PERSONAL_STORES = REPLICA_STORES.filter((store) => store !== "replica_service");

/**
 * Deletes all rows of the replica but the catalog, with which a form that is open can still be saved; operations stay
 * until they are sent, and the account keeps whom to call. False if there were none.
 */
export async function eraseReplica(accountId: string): Promise<boolean> {
  await keepContacts(accountId).catch(console.error); // whatever happens, the rows are deleted
  return inAccount(accountId, ["meta", "pages", ...REPLICA_STORES], "readwrite", async (tx) => {
    void tx.objectStore("pages").clear();
    const counts = await Promise.all(PERSONAL_STORES.map((store) => tx.objectStore(store).count()));
    if (counts.every((count) => count === 0)) return false;
    const meta = tx.objectStore("meta");
    const state = (await meta.get("replica")) ?? NEW_REPLICA;
    /** By rising generation. */
    const services: { id: string }[] = await tx.objectStore("replica_service").getAll();
    const catalog = new Map(services.map((row) => [row.id, { ...row, g: ERASED_GENERATION }]));
    for (const store of REPLICA_STORES) void tx.objectStore(store).clear();
    putAll(tx, "replica_service", [...catalog.values()]);
    // With the new view_version a page that is being rendered from these rows is not stored.
    await Promise.all([
      meta.delete("aliases"),
      meta.put({ ...state, view_version: state.view_version + 1 }, "replica"),
    ]);
    return true;
  });
}
