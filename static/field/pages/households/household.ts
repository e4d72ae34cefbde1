// The page of one household: address, visits, follow-up and state.

import { _ } from "../../core/strings.ts";
import { openNeeds } from "../../store/view/needs.ts";
import type { Household, View, Visit } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { askedQuestions } from "../askedQuestions.ts";
import { listDrafts } from "../draftList.ts";
import { knownFacts } from "../facts/answerQuestion.ts";
import { askedFacts, openQuestions } from "../facts/questions.ts";
import { dateText, localNumber, timeText } from "../formats.ts";
import { HOUSEHOLD_STATES, householdAddress, householdTitle, maskDigits, RESULTS, serviceLines } from "../labels.ts";
import { mustSignIn } from "../log/queueTexts.ts";
import { recordStatus } from "../log/recordStatus.ts";
import {
  findHousehold,
  isSavedElsewhere,
  type PageResponse,
  page,
  type SignedInRequest,
  undoneText,
} from "../responses.ts";
import { needsText } from "../visits/visitNeeds.ts";
import { withShownPhone } from "./householdEntry.ts";
import { followUpText, isActive, isMet, lastVisitText } from "./householdStatus.ts";

const HISTORY_ROWS = 10;

export async function showHousehold(request: SignedInRequest): Promise<PageResponse> {
  const { account, params, url, env } = request;
  const [view, asked] = await Promise.all([loadView(account.account_id), askedQuestions(account.account_id)]);
  const facts = askedFacts(asked);
  const household = findHousehold(view, params.id);
  const visits = view.visitsByHousehold.get(household.id) ?? [];
  const shown = HISTORY_ROWS * Math.max(1, Math.trunc(Number(url.searchParams.get("page"))) || 1);
  const now = env.now();
  const { phone } = withShownPhone(view, household);
  const followUp = followUpText(view, household.id, now);
  return page("household", {
    href: `/field/households/${household.id}`,
    title: householdTitle(household),
    address: householdAddress(household, view),
    phone: phone ?? "",
    number: localNumber(phone ?? ""),
    withdraw: household.phone ? `/field/households/${household.id}/number/withdraw` : "",
    form_id: env.newId(),
    message: messageOf(request, household),
    step: household.step === "sent" ? null : recordStatus(household, now),
    state: stateText(household),
    active: isActive(household),
    questions: openQuestions(household, facts, env.newId),
    facts: knownFacts(household, facts, env.newId),
    follow_ups: followUp ? [followUp] : [],
    drafts: (await listDrafts(account.account_id, view)).filter((draft) => draft.household === household.id),
    open_needs: needsText(view, openNeeds(view, household.id)),
    visits: visits.slice(0, shown).map((visit) => visitRow(visit, view, account.account_id, now)),
    earlier: earlierText(view, household.id, now),
    more: visits.length > shown ? `/field/households/${household.id}?page=${shown / HISTORY_ROWS + 1}` : "",
    changes: stateLinks(household),
  });
}

/** When somebody was met there last, or nobody, if no visit of this phone says so. */
function earlierText(view: View, id: string, now: Date) {
  const visits = view.visitsByHousehold.get(id) ?? [];
  const isKnown = visits.length > 0 && (!isMet(view, id) || visits.some(({ result }) => result !== "not_home"));
  return isKnown ? "" : lastVisitText(view, id, now);
}

/** The message after a save or an undo. Steps that need attention have a badge below. */
function messageOf(request: SignedInRequest, { step }: Household) {
  const done = request.url.searchParams.get("done");
  if (isSavedElsewhere(request.url)) return _("Hộ này đã được lưu ở cửa sổ khác.");
  if (done === "undone") return undoneText(request.url);
  if (done === "number_withdrawn") return _("Đã xóa số điện thoại trên máy này. Nơi khác xóa ở lần liên lạc sau.");
  if (done === "requested") return _("Đã ghi yêu cầu. Cán bộ trả lời trong 2 ngày làm việc.");
  if (done === "restored") return _("Đã hoàn tác. Lượt này trở lại như trước khi sửa.");
  if (done !== "saved") return "";
  if (step === "sent" || step === "waiting") return _("Đã gửi.");
  const goes = step === "queued" && !mustSignIn(request);
  return goes ? _("Đã lưu trên máy. Sẽ tự gửi khi có mạng.") : _("Đã lưu trên máy.");
}

/** What the household still wanted after a visit, and what it did not want any more. */
function needLines({ needs = [], dropped_needs = [] }: Visit, view: View) {
  const wanted = needs.length ? [_("Còn cần: %(needs)s", { needs: needsText(view, needs) })] : [];
  const dropped = _("Không cần nữa: %(needs)s", { needs: needsText(view, dropped_needs) });
  return dropped_needs.length ? [...wanted, dropped] : wanted;
}

function stateText({ state }: Household) {
  const stateLabel = HOUSEHOLD_STATES[state];
  return stateLabel ? _("%(state)s: không còn trong danh sách phải đến.", { state: stateLabel }) : "";
}

function stateLinks({ id, state }: Household) {
  const states = state === "active" ? Object.keys(HOUSEHOLD_STATES) : ["active"];
  return states.map((to) => ({
    href: `/field/households/${id}/state/${to}`,
    label: HOUSEHOLD_STATES[to] ?? _("Đưa lại vào danh sách"),
  }));
}

function visitRow(visit: Visit, view: View, readerId: string, now: Date) {
  const own = visit.recorded_by === readerId;
  return {
    result: RESULTS[visit.result] ?? visit.result,
    when: `${dateText(visit.occurred_at)} ${timeText(visit.occurred_at)}`,
    services: [...serviceLines(visit, view), ...needLines(visit, view)],
    note: maskDigits(visit.note ?? ""),
    who: own ? _("Mình ghi") : (view.members.get(visit.recorded_by)?.name ?? _("Thành viên tổ")),
    step: recordStatus(visit, now),
    href: `/field/visits/${visit.id}`,
  };
}
