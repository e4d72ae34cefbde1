// Taking a visit back.

import { clear } from "../store/drafts.js";
import { append, discard } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { NotHere, page, see } from "./answers.js";
import { boxOf } from "./fields.js";
import { momentText } from "./formats.js";
import { isAnew, refusedOf } from "./mending.js";
import { unsaved } from "./unsaved.js";
import { ownVisit } from "./visit_save.js";
import { labelOf, summaryOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export function confirmWithdrawal(ask) {
  return show(ask);
}

/**
 * [Rút lại], once it is confirmed.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function withdrawVisit(ask) {
  try {
    await withdraw(ask);
  } catch (fault) {
    if (fault instanceof NotHere) throw fault;
    return show(ask, unsaved(fault));
  }
  return see("/field/log?done=withdrawn");
}

/**
 * Withdraws the visit in the address; one that is not here any more has been withdrawn before. One that the server has
 * refused is given up: a withdrawal would wait there for the visit, and take it back once it is mended.
 * @param {SignedIn} ask
 */
export async function withdraw(ask) {
  const { account, params, form, world } = ask;
  const known = await book(account.account_id);
  if (!known.visits.has(params.id)) return;
  const visit = ownVisit(ask, known);
  const draft = `visit:edit:${visit.id}`;
  const refused = await refusedOf(account.account_id, "visit.", visit);
  const replaces = refused?.all.map(({ op_id }) => op_id) ?? [];
  if (isAnew(refused) && visit.version === 0) {
    for (const opId of replaces) await discard(account.account_id, opId);
    return clear(account.account_id, draft);
  }
  await append(account.account_id, {
    id: form.get("id") || world.newId(),
    type: "visit.withdraw",
    data: { id: visit.id },
    at: world.now().toISOString(),
    draft,
    replaces,
  });
}

/**
 * @param {SignedIn} ask
 * @param {Record<string, string>} [sentences]
 */
async function show(ask, sentences = {}) {
  const known = await book(ask.account.account_id);
  const visit = ownVisit(ask, known);
  const household = known.households.get(visit.household_id);
  const errors = boxOf(sentences);
  const context = {
    id: ask.world.newId(),
    errors,
    title: _("Rút lại lượt này?"),
    subject: household ? labelOf(household) : "",
    sentence: _("%(summary)s, %(when)s. Lượt đã rút không tính nữa và không lấy lại được.", {
      summary: summaryOf(visit, known),
      when: momentText(visit.occurred_at),
    }),
    action: `/field/visits/${visit.id}/withdraw`,
    button: _("Rút lại"),
    cancel: `/field/visits/${visit.id}/edit`,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}
