// Asks before another visit to a household that was recorded today is saved: what was recorded, when and by whom.

import { _ } from "../../core/strings.ts";
import { loadDraft } from "../../store/drafts.ts";
import { loadView } from "../../store/view/replica.ts";
import { fieldsOfDraft } from "../fields.ts";
import { householdLabel, visitSummary } from "../labels.ts";
import { isEditable } from "../log/recordStatus.ts";
import { type PageResponse, page, redirect, type SignedInRequest, survivorOf } from "../responses.ts";
import { recordedText, visitsOfToday } from "./secondVisit.ts";
import { draftKey } from "./visitSave.ts";

/**
 * What was typed is in the draft, and in this page, whose form saves it. Without a draft, or a visit of today, there is
 * nothing to ask.
 */
export async function askAgain({ account: { account_id }, params, env }: SignedInRequest): Promise<PageResponse> {
  const view = await loadView(account_id);
  const id = survivorOf(view, params.id);
  const form = `/field/households/${params.id}/visit`;
  const draft = await loadDraft(account_id, draftKey(params.id));
  const household = view.households.get(id);
  const visits = visitsOfToday(view, id, env.now(), String(draft?.id));
  if (!draft || !household || !visits.length) return redirect(form);
  const fields = [...fieldsOfDraft({ ...draft, again: visits[0].id })];
  return page("ask_again", {
    title: _("Hộ này đã ghi hôm nay"),
    household: householdLabel(household),
    visits: visits.map((visit) => ({
      what: visitSummary(visit, view),
      when: recordedText(view, visit, account_id),
      edit: visit.recorded_by === account_id && isEditable(visit) ? `/field/visits/${visit.id}/edit` : "",
    })),
    action: form,
    fields: fields.map(([name, value]) => ({ name, value })),
  });
}
