// The page that asks before a visit is withdrawn.

import { _ } from "../../core/strings.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList } from "../fields.ts";
import { momentText } from "../formats.ts";
import { householdLabel, visitSummary } from "../labels.ts";
import { NotFound, page, redirect } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";
import { ownVisit } from "./visitSave.ts";
import { withdraw } from "./visitWithdraw.ts";

/** @typedef {import("../responses.ts").PageResponse} PageResponse */
/** @typedef {import("../responses.ts").SignedInRequest} SignedInRequest */

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
 * @param {SignedInRequest} request
 * @param {Record<string, string>} [sentences]
 */
async function show(request, sentences = {}) {
  const view = await loadView(request.account.account_id);
  const visit = ownVisit(request, view);
  const household = view.households.get(visit.household_id);
  const errors = errorList(sentences);
  const address = `/field/visits/${visit.id}`;
  const disowned = request.url.searchParams.has("disown");
  const context = {
    id: request.env.newId(),
    errors,
    title: disowned ? _("Không phải bạn ghi lượt này?") : _("Rút lượt này?"),
    subject: household ? householdLabel(household) : "",
    sentence: sentenceFor(disowned, { summary: visitSummary(visit, view), when: momentText(visit.occurred_at) }),
    action: disowned ? `${address}/withdraw?disown=yes` : `${address}/withdraw`,
    button: disowned ? _("Không phải tôi ghi") : _("Rút"),
    is_final: true,
    cancel: address,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}

/**
 * @param {boolean} disowned
 * @param {{summary: string, when: string}} what
 */
function sentenceFor(disowned, what) {
  return disowned
    ? _("%(summary)s, %(when)s. Lượt này thôi tính, và cán bộ thấy rằng không phải bạn ghi. Không lấy lại được.", what)
    : _("%(summary)s, %(when)s. Lượt đã rút không tính nữa và không lấy lại được.", what);
}
