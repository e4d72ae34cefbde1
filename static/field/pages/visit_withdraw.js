// Taking a visit back.

import { append } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { NotHere, page, see } from "./answers.js";
import { boxOf } from "./fields.js";
import { momentText } from "./formats.js";
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
 * [Rút lại], and [Hoàn tác] straight after saving.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function withdrawVisit(ask) {
  const undo = ask.form.get("undo");
  try {
    await withdraw(ask);
  } catch (fault) {
    if (fault instanceof NotHere) throw fault;
    return show(ask, unsaved(fault));
  }
  return see(undo ? `/field/households/${undo}?done=undone` : "/field/log?done=withdrawn");
}

/**
 * Withdraws the visit in the address; one that is not here any more has been withdrawn before.
 * @param {SignedIn} ask
 */
export async function withdraw(ask) {
  const { account, params, form, world } = ask;
  const known = await book(account.account_id);
  if (!known.visits.has(params.id)) return;
  const { id } = ownVisit(ask, known);
  await append(account.account_id, {
    id: form.get("id") || world.newId(),
    type: "visit.withdraw",
    data: { id },
    at: world.now().toISOString(),
    draft: `visit:edit:${id}`,
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
