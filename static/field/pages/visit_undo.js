// Hoàn tác: takes back the last act on a visit and nothing else. A recording is withdrawn, an edit amended back.

import { contentOf } from "../store/acts.js";
import { append } from "../store/outbox.js";
import { withdraw } from "./visit_withdraw.js";

/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/acts.js").Act} Act */
/** @typedef {import("../store/acts.js").Content} Content */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Visit} Visit */

/** Once the commune has decided of a visit, or waits for a person's word, there is no simple way back. */
const OPEN = new Set(["queued", "sent"]);

/**
 * The last act on the visit, if it can be taken back: it changed something, the visit still stands as it left it, and
 * what stood before is known.
 * @param {Book} known
 * @param {Act[]} acts
 * @param {Visit} visit
 * @returns {Act | null}
 */
export function undoable(known, acts, visit) {
  const act = acts.find(({ visit_id }) => visit_id === visit.id);
  if (!act || act.before === undefined || !OPEN.has(visit.step) || !isSame(known, visit, act.after)) return null;
  if (act.before === null) return act;
  return standing(known, act.before.household_id) && !isSame(known, visit, act.before) ? act : null;
}

/**
 * Takes the act back. Throws what `append` throws.
 * @param {SignedIn} ask
 * @param {Visit} visit
 * @param {Act} act
 */
export async function takeBack(ask, visit, { before }) {
  if (!before) return withdraw(ask);
  const { account, form, world } = ask;
  await append(account.account_id, {
    id: form.get("id") || world.newId(),
    type: "visit.amend",
    data: { id: visit.id, ...before, base_version: visit.version },
    at: world.now().toISOString(),
  });
}

/**
 * @param {Book} known
 * @param {Visit} visit
 * @param {Content} content
 */
function isSame(known, visit, content) {
  return text(known, visit) === text(known, content);
}

/**
 * @param {Book} known
 * @param {Content} written
 */
function text(known, written) {
  const { household_id, result, services, note, follow_up_on } = contentOf(written);
  const given = services.map(({ code, outcome, people }) => `${code} ${outcome} ${people}`).sort();
  return JSON.stringify([standing(known, household_id)?.id ?? household_id, result, given, note, follow_up_on]);
}

/**
 * @param {Book} known
 * @param {string} id
 */
function standing({ households, aliases }, id) {
  return households.get(aliases.get(id) ?? id);
}
