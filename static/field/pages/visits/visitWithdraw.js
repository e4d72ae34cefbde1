// Withdrawing a visit.

import { _ } from "../../core/strings.js";
import { clearDraft } from "../../store/drafts.js";
import { append, discardRefused } from "../../store/outbox.js";
import { loadView } from "../../store/view/replica.js";
import { errorList } from "../fields.js";
import { momentText } from "../formats.js";
import { householdLabel, visitSummary } from "../labels.js";
import { loadRefused, mustRecreate } from "../log/refusedOperations.js";
import { NotFound, page, redirect } from "../responses.js";
import { saveFailed } from "../saveFailed.js";
import { ownVisit } from "./visitSave.js";

/** @typedef {import("../responses.js").PageResponse} PageResponse */
/** @typedef {import("../responses.js").SignedInRequest} SignedInRequest */

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export function confirmWithdrawal(request) {
  return show(request);
}

/**
 * [Rút], once it is confirmed.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function withdrawVisit(request) {
  try {
    await withdraw(request);
  } catch (error) {
    if (error instanceof NotFound) throw error;
    return show(request, saveFailed(error));
  }
  return redirect("/field/log?done=withdrawn");
}

/**
 * Withdraws the visit in the address; does nothing if it was withdrawn before. A visit that the server never accepted
 * is discarded instead: a withdrawal would wait in quarantine for it, and apply to its correction.
 * @param {SignedInRequest} request
 */
export async function withdraw(request) {
  const { account, params, form, env } = request;
  const view = await loadView(account.account_id);
  if (!view.visits.has(params.id)) return;
  const visit = ownVisit(request, view);
  const draft = `visit:edit:${visit.id}`;
  const refused = await loadRefused(account.account_id, "visit.", visit);
  const replaces = refused?.all.map(({ op_id }) => op_id) ?? [];
  if (mustRecreate(refused) && visit.version === 0) {
    for (const opId of replaces) await discardRefused(account.account_id, opId);
    return clearDraft(account.account_id, draft);
  }
  await append(account.account_id, {
    id: form.get("id") || env.newId(),
    type: "visit.withdraw",
    data: { id: visit.id },
    at: env.now().toISOString(),
    draft,
    replaces,
  });
}

/**
 * @param {SignedInRequest} request
 * @param {Record<string, string>} [sentences]
 */
async function show(request, sentences = {}) {
  const view = await loadView(request.account.account_id);
  const visit = ownVisit(request, view);
  const household = view.households.get(visit.household_id);
  const errors = errorList(sentences);
  const context = {
    id: request.env.newId(),
    errors,
    title: _("Rút lượt này?"),
    subject: household ? householdLabel(household) : "",
    sentence: _("%(summary)s, %(when)s. Lượt đã rút không tính nữa và không lấy lại được.", {
      summary: visitSummary(visit, view),
      when: momentText(visit.occurred_at),
    }),
    action: `/field/visits/${visit.id}/withdraw`,
    button: _("Rút"),
    cancel: `/field/visits/${visit.id}/edit`,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}
