// V6 Đã lưu: on this phone, then on the server; and the door to go to next.

import { mayAsk } from "../store/asking.js";
import { counts } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { found, isSavedElsewhere, page, see } from "./answers.js";
import { mustSignIn, signInText } from "./queue.js";
import { nextDoor } from "./reach.js";
import { labelOf, stepOf, summaryOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Visit} Visit */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showSaved(ask) {
  const { account, params, world } = ask;
  const known = await book(account.account_id);
  const visit = known.visits.get(params.id);
  // A visit taken back since has no such page any more: Back leads on.
  if (!visit) return see("/field/log");
  const household = found(known.households, visit.household_id);
  const neighbour = nextDoor(known, household);
  return page("saved", {
    id: world.newId(),
    title: _("Đã lưu trên máy"),
    message: isSavedElsewhere(ask.url) ? _("Lượt này đã được lưu ở cửa sổ khác.") : "",
    ...(await nextStep(ask, visit)),
    household: labelOf(household),
    summary: summaryOf(visit, known),
    next: neighbour ? { href: `/field/households/${neighbour.id}/visit`, label: labelOf(neighbour) } : null,
    edit: `/field/visits/${visit.id}/edit`,
    install: world.canInstall() && (await mayAsk(visit.id, world.now())),
    undo: { action: `/field/visits/${visit.id}/withdraw`, household: household.id },
  });
}

/**
 * What becomes of the visit now: it goes by itself, or somebody has to sign in, or it has gone.
 * @param {SignedIn} ask
 * @param {Visit} visit
 */
async function nextStep(ask, { step, sent_at }) {
  if (step !== "queued") return { line: stepOf(step, sent_at, ask.world.now()).text, sign_in: "" };
  if (!mustSignIn(ask)) return { line: _("Sẽ tự gửi khi có mạng."), sign_in: "" };
  return { line: "", sign_in: signInText((await counts(ask.account.account_id)).queued) };
}
