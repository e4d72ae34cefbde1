// Mending what the server refused of one record: one operation takes the place of all that was refused of it.

import { fixes } from "../store/outbox.js";
import { book } from "../store/replica.js";

/** @typedef {import("../store/db.js").Refused} Refused */
/** @typedef {{first: Refused, all: Refused[]}} Mending `first`: what has to be taken before the rest can be. */

/** Nothing else of a record is taken before what made it. */
const MAKES = new Set(["visit.record", "household.add"]);

/**
 * What was refused of a record, or of one merged into it, if anything.
 * @param {string} accountId
 * @param {"visit." | "household."} kind
 * @param {{id: string, step: string}} record
 * @returns {Promise<Mending | undefined>}
 */
export async function refusedOf(accountId, kind, { id, step }) {
  if (step !== "fix") return undefined;
  const [refused, { aliases }] = await Promise.all([fixes(accountId), book(accountId)]);
  const all = refused.filter(({ type, data }) => type.startsWith(kind) && (aliases.get(data.id) ?? data.id) === id);
  const first = all.find(({ type }) => MAKES.has(type)) ?? all.at(-1);
  return first && { first, all };
}

/**
 * Whether the record has to be made anew: the server has none.
 * @param {Mending | undefined} refused
 */
export function isAnew(refused) {
  return refused !== undefined && MAKES.has(refused.first.type) && refused.first.code !== "already_exists";
}
