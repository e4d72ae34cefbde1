// The page that asks before a visit is withdrawn.

import { _ } from "../../core/strings.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList } from "../fields.ts";
import { momentText } from "../formats.ts";
import { householdLabel, visitSummary } from "../labels.ts";
import { NotFound, type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";
import { ownVisit } from "./visitSave.ts";
import { withdraw } from "./visitWithdraw.ts";

export function confirmWithdrawal(request: SignedInRequest): Promise<PageResponse> {
  return show(request);
}

/** [Rút], once it is confirmed. */
export async function withdrawVisit(request: SignedInRequest): Promise<PageResponse> {
  try {
    await withdraw(request);
  } catch (error) {
    if (error instanceof NotFound) throw error;
    return show(request, saveFailed(error));
  }
  return redirect("/field/log?done=withdrawn");
}

async function show(request: SignedInRequest, sentences: Record<string, string> = {}) {
  const view = await loadView(request.account.account_id);
  const visit = ownVisit(request, view);
  const household = view.households.get(visit.household_id);
  const errors = errorList(sentences);
  const address = `/field/visits/${visit.id}`;
  const disowned = request.url.searchParams.has("disown");
  const context = {
    id: request.env.newId(),
    errors,
    title: disowned ? _("Không phải bạn ghi lượt này?") : _("Bỏ lượt ghi nhầm?"),
    subject: household ? householdLabel(household) : "",
    sentence: sentenceFor(disowned, { summary: visitSummary(visit, view), when: momentText(visit.occurred_at) }),
    action: disowned ? `${address}/withdraw?disown=yes` : `${address}/withdraw`,
    button: disowned ? _("Không phải tôi ghi") : _("Bỏ lượt này"),
    is_final: true,
    cancel: address,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}

function sentenceFor(disowned: boolean, what: { summary: string; when: string }) {
  return disowned
    ? _("%(summary)s, %(when)s. Lượt này thôi tính, và cán bộ thấy rằng không phải bạn ghi. Không lấy lại được.", what)
    : _("%(summary)s, %(when)s. Lượt đã bỏ không tính nữa và không lấy lại được.", what);
}
