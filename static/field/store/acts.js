// The newest act of this phone on each visit, and what stood before it: what *Hoàn tác* can take back. Written in the
// transaction that saves the act; a visit that is not here, or only without `before`, has nothing to take back.

import { inAccount } from "./db.js";

/** @typedef {import("../sync/protocol.js").VisitRow} VisitRow */
/** @typedef {import("./db.js").Transaction} Transaction */
/** @typedef {import("./outbox.js").Saving} Saving */

/** @typedef {Pick<VisitRow, "household_id" | "result" | "services" | "note" | "follow_up_on">} Content What a person wrote. */

/**
 * `quick`: recorded by one tap; `after`: what the act wrote; `before`: what stood before it, null if there was no visit,
 * absent if nothing brings it back.
 * @typedef {{visit_id: string, op_id: string, quick: boolean, after: Content, before?: Content | null}} Act
 */

/** Of so many visits the newest act is remembered: a list of a street's quick marks. */
const MOST = 30;

/**
 * @param {string} accountId
 * @returns {Promise<Act[]>} oldest first
 */
export function newestActs(accountId) {
  return inAccount(accountId, ["meta"], "readonly", readActs);
}

/**
 * What a person wrote of a visit.
 * @param {Content} visit the visit, or the data of an operation on it
 * @returns {Content}
 */
export function contentOf({ household_id, result, services, note, follow_up_on }) {
  return {
    household_id,
    result,
    services: services ?? [],
    note: note ?? "",
    follow_up_on: follow_up_on ?? null,
  };
}

/**
 * Remembers an act on a visit in place of the one before; a withdrawal is final and leaves none.
 * @param {Transaction} tx
 * @param {Saving} saving
 */
export async function rememberAct(tx, { id, type, data, before }) {
  if (!type.startsWith("visit.")) return;
  const visit_id = String(data.id);
  const acts = (await readActs(tx)).filter((act) => act.visit_id !== visit_id);
  if (type !== "visit.withdraw") {
    const after = contentOf(/** @type {any} */ (data));
    acts.push({
      visit_id,
      op_id: id,
      quick: data.quick === true,
      after,
      before,
    });
  }
  await tx.objectStore("meta").put(acts.slice(-MOST), "acts");
}

/**
 * @param {Transaction} tx
 * @returns {Promise<Act[]>}
 */
async function readActs(tx) {
  return (await tx.objectStore("meta").get("acts")) ?? [];
}
