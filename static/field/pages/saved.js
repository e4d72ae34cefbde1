// V6 Đã lưu: on this phone, then on the server; and the door to go to next.

import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { found, page, see } from "./answers.js";
import { nextDoor } from "./reach.js";
import { labelOf, stepOf, summaryOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Visit} Visit */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showSaved({ account, params, world }) {
  const known = await book(account.account_id);
  const visit = known.visits.get(params.id);
  // A visit taken back since has no such page any more: Back leads on.
  if (!visit) return see("/field/log");
  const household = found(known.households, visit.household_id);
  const neighbour = nextDoor(known, household);
  return page("saved", {
    id: world.newId(),
    title: _("Đã lưu trên máy"),
    line: lineOf(visit, world.now()),
    household: labelOf(household),
    summary: summaryOf(visit, known),
    next: neighbour ? { href: `/field/households/${neighbour.id}/visit`, label: labelOf(neighbour) } : null,
    edit: `/field/visits/${visit.id}/edit`,
    undo: { action: `/field/visits/${visit.id}/withdraw`, household: household.id },
  });
}

/**
 * @param {Visit} visit
 * @param {Date} now
 */
function lineOf({ step, sent_at }, now) {
  return step === "queued" ? _("Sẽ tự gửi khi có mạng.") : stepOf(step, sent_at, now).text;
}
