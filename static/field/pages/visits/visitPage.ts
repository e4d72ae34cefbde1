// The page of one visit: what, when, by whom and its status, to be read. Its author opens the form from here, or
// withdraws it.

import { _ } from "../../core/strings.ts";
import { closedPeriodOf } from "../../store/view/closedPeriods.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { dateText, momentText } from "../formats.ts";
import { appointmentText, householdAddress, householdTitle, maskDigits, RESULTS, serviceLines } from "../labels.ts";
import { isEditable, recordStatus } from "../log/recordStatus.ts";
import { findRow, type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { needsText } from "./visitNeeds.ts";

/** With these steps the author has to correct the visit: the reason stands out, and *Sửa* is what to do next. */
const TO_CORRECT = new Set(["returned", "fix"]);

export async function showVisit({ account, params, env }: SignedInRequest): Promise<PageResponse> {
  const [view, { closed_periods, own_days }] = await Promise.all([
    loadView(account.account_id),
    replicaStatus(account.account_id),
  ]);
  // Withdrawn in another tab, or reached by Back.
  if (view.withdrawn.has(params.id)) return redirect("/field/log?done=withdrawn");
  const visit = findRow(view.visits, params.id);
  const own = visit.recorded_by === account.account_id;
  const correct = own && TO_CORRECT.has(visit.step);
  const step = recordStatus(visit, env.now(), own_days);
  const address = own && isEditable(visit) ? `/field/visits/${visit.id}` : "";
  const closed = closedPeriodOf(visit, closed_periods) !== undefined;
  return page("visit_page", {
    ...householdOf(view, visit),
    title: _("Lượt thăm %(date)s", { date: dateText(visit.occurred_at) }),
    who: own ? _("Mình ghi") : (view.members.get(visit.recorded_by)?.name ?? _("Thành viên tổ")),
    when: momentText(visit.occurred_at),
    step: correct ? { ...step, why: "" } : step,
    reason: correct ? step.why : "",
    result: visit.result in RESULTS ? { code: visit.result, label: RESULTS[visit.result] } : null,
    services: serviceLines(visit, view),
    follow_up: appointmentText(visit),
    needs: needsText(view, visit.needs ?? []),
    dropped_needs: needsText(view, visit.dropped_needs ?? []),
    note: maskDigits(visit.note ?? ""),
    answers: (visit.answers ?? []).map(({ at, text }) => ({ when: momentText(at), text: maskDigits(text) })),
    correct,
    closed: closed ? address && `${address}/closed` : "",
    edit: closed ? "" : address && `${address}/edit`,
    withdraw: address && `${address}/withdraw`,
    ...originOf(view, visit, own),
    id: env.newId(),
  });
}

/**
 * Of a visit that the commune has accepted from a file without its author's signature: who did, and what its author may
 * say.
 */
function originOf({ members }: View, { id, vouched_by, disowned }: Visit, own: boolean) {
  if (!own || !vouched_by) return { unsigned: "", disown: "", confirm: "" };
  if (disowned) return { unsigned: _("Bạn đã báo cán bộ: lượt này không phải bạn ghi."), disown: "", confirm: "" };
  const person = members.get(vouched_by)?.name ?? _("cán bộ");
  return {
    unsigned: _("Lượt này đến bằng một tệp không có chữ ký của máy bạn. Người nhận vào sổ: %(person)s.", { person }),
    disown: `/field/visits/${id}/withdraw?disown=yes`,
    confirm: `/field/visits/${id}/confirm`,
  };
}

function householdOf({ households, ...view }: View, { household_id }: Visit) {
  const household = households.get(household_id);
  if (!household) return { parent: "/field/log", household: _("Hộ không còn trong danh sách"), place: "" };
  return {
    parent: `/field/households/${household.id}`,
    household: householdTitle(household),
    place: householdAddress(household, { households, ...view }),
  };
}
