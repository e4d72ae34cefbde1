// A phone holds its own hamlets only: when an assignment ends, the rows leave the phone; when it is taken out of service, all.

import { deleteAll, inAccount } from "../store/db.js";
import { KINDS } from "../store/schema.js";

/** @typedef {import("../store/schema.js").Kind} Kind */
/** @typedef {import("../store/schema.js").ReplicaState} ReplicaState */
/** @typedef {import("../store/db.js").Transaction} Transaction */
/** @typedef {import("./protocol.js").Answer} Answer */

/**
 * Removes the rows of hamlets that are the account's no longer; false if its hamlets are those of before.
 * @param {Transaction} tx
 * @param {ReplicaState} state
 * @param {Answer} answer
 */
export async function leave(tx, state, answer) {
  if (!answer.hamlets) return false;
  const ids = new Set(answer.hamlets.map(({ id }) => id));
  if (state.hamlets?.length === ids.size && state.hamlets.every((id) => ids.has(id))) return false;
  const range = IDBKeyRange.bound([state.generation], [state.generation, []]);
  /** @param {Kind} kind */
  const all = (kind) => tx.objectStore(`replica_${kind}`).getAll(range);
  const [households, visits, followUps, hamlets] = await Promise.all([
    all("household"),
    all("visit"),
    all("follow_up"),
    all("hamlet"),
  ]);
  const left = new Set(households.filter((row) => !ids.has(row.hamlet_id)).map((row) => row.id));
  /** @type {[Kind, {id: string}[]][]} */
  const outside = [
    ["household", households.filter((row) => left.has(row.id))],
    ["visit", visits.filter((row) => !ids.has(row.hamlet_id))],
    ["follow_up", followUps.filter((row) => left.has(row.household_id))],
    ["hamlet", hamlets.filter((row) => !ids.has(row.id))],
  ];
  for (const [kind, rows] of outside) {
    const keys = rows.map(({ id }) => [state.generation, id]);
    deleteAll(tx, `replica_${kind}`, keys);
  }
  return true;
}

/**
 * Clears away the whole list; what was recorded here stays until it is delivered. False if there was none.
 * @param {string} accountId
 * @returns {Promise<boolean>}
 */
export function erase(accountId) {
  const stores = KINDS.map((kind) => `replica_${kind}`);
  return inAccount(accountId, ["meta", ...stores], "readwrite", async (tx) => {
    const counts = await Promise.all(stores.map((store) => tx.objectStore(store).count()));
    if (counts.every((count) => count === 0)) return false;
    for (const store of stores) void tx.objectStore(store).clear();
    await tx.objectStore("meta").delete("aliases");
    return true;
  });
}
