// V6 Đã lưu: on this phone, then on the server; and the door to go to next.

import { newestActs } from "../store/acts.js";
import { mayAsk } from "../store/asking.js";
import { counts } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { isSavedElsewhere, page, see } from "./answers.js";
import { boxOf } from "./fields.js";
import { mustSignIn, signInText } from "./queue.js";
import { nextDoor } from "./reach.js";
import { unsaved } from "./unsaved.js";
import { takeBack, undoable } from "./visit_undo.js";
import { labelOf, stepOf, summaryOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Visit} Visit */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export function showSaved(ask) {
  return show(ask, {});
}

/**
 * [Hoàn tác]. The form names the act: if there was another one since, nothing is taken back.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function undoVisit(ask) {
  const { account, params, form } = ask;
  const [known, acts] = await Promise.all([book(account.account_id), newestActs(account.account_id)]);
  const visit = known.visits.get(params.id);
  if (!visit) return see(undone(form.get("household")));
  const act = undoable(known, acts, visit);
  if (act?.op_id !== form.get("act")) {
    const isDone = acts.some(({ op_id }) => op_id === form.get("id"));
    return see(isDone ? restored(visit) : `/field/visits/${visit.id}/saved`);
  }
  try {
    await takeBack(ask, visit, act);
  } catch (fault) {
    return show(ask, unsaved(fault));
  }
  return see(act.before ? restored(act.before) : undone(visit.household_id));
}

/** @param {string | null} householdId */
function undone(householdId) {
  return `/field/households/${householdId}?done=undone`;
}

/** @param {{household_id: string}} visit */
function restored({ household_id }) {
  return `/field/households/${household_id}?done=restored`;
}

/**
 * @param {SignedIn} ask
 * @param {Record<string, string>} sentences why it could not be taken back
 * @returns {Promise<Answer>}
 */
async function show(ask, sentences) {
  const { account, params, world } = ask;
  const known = await book(account.account_id);
  const visit = known.visits.get(params.id);
  const household = visit && known.households.get(visit.household_id);
  // A visit taken back since has no such page any more, nor one whose household has left the list: Back leads on.
  if (!household) return see("/field/log");
  const neighbour = nextDoor(known, household);
  const act = undoable(known, await newestActs(account.account_id), visit);
  const errors = boxOf(sentences);
  const context = {
    id: world.newId(),
    title: _("Đã lưu trên máy"),
    message: isSavedElsewhere(ask.url) ? _("Lượt này đã được lưu ở cửa sổ khác.") : "",
    ...(await nextStep(ask, visit)),
    household: labelOf(household),
    summary: summaryOf(visit, known),
    next: neighbour ? { href: `/field/households/${neighbour.id}/visit`, label: labelOf(neighbour) } : null,
    edit: `/field/visits/${visit.id}/edit`,
    install: world.canInstall() && (await mayAsk(visit.id, world.now())),
    undo: act && { action: `/field/visits/${visit.id}/undo`, act: act.op_id, household: household.id },
    errors,
  };
  return page("saved", context, errors.length ? 422 : 200);
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
