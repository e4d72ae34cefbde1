// Tháng này: a volunteer's own days, what is not finished, and the team. No ranks: members stand by given name.

import { isPractising } from "../../core/pageState.ts";
import type { Operation } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { givenNameKey, sortByKey } from "../../core/text.ts";
import { GUIDED } from "../../store/view/counted.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import { askForOwnDays, loadLog, replicaStatus } from "../../store/view/replica.ts";
import { rowsOf } from "../../store/view/sessionsAndRemarks.ts";
import { oldestDay } from "../../store/view/visitPeriod.ts";
import { listDrafts } from "../draftList.ts";
import { dayAfter, dayText, localDay, numberText } from "../formats.ts";
import { followUpsUntil, hasFollowUp, isActive, isMet } from "../households/householdStatus.ts";
import { amountText } from "../log/queueTexts.ts";
import { isEditable, recordStatus } from "../log/recordStatus.ts";
import { type PageResponse, page, type SignedInRequest } from "../responses.ts";
import { daysText, type Month, monthOf } from "./months.ts";
import { needNews } from "./needNews.ts";
import { dayOf, ownMonth } from "./ownMonth.ts";
import { KIND_LABELS } from "./remarkKinds.ts";

/** What the desk counts: it has the record, and has neither returned it nor called it a duplicate. */
const COUNTED = new Set(["sent", "accepted"]);
/** How far back the phone has sessions and remarks (app/sync/pull.py). */
const MONTHS = 12;

const MESSAGES: Record<string, string> = {
  saved: _("Đã lưu trên máy. Sẽ tự gửi khi có mạng."),
  withdrawn: _("Đã bỏ. Ý kiến này không vào báo cáo."),
};

/**
 * The month that is asked for, or that of a remark which was just saved: then remarks stand first, with this one on
 * top.
 */
export async function showMonth({ account, url, env }: SignedInRequest): Promise<PageResponse> {
  const today = localDay(env.now());
  const id = account.account_id;
  await askForOwnDays(id).catch(console.error); // without room for it, the page is shown all the same
  const [{ view, rows, queued }, { month_start_day: start = 1, is_leader = false, own_days: ownDays }] =
    await Promise.all([loadLog(id), replicaStatus(id)]);
  const saved = view.remarks.get(url.searchParams.get("remark") ?? "");
  const asked = saved ? monthsBetween(dayOf(saved), today, start) : Number(url.searchParams.get("back"));
  const back = Math.min(MONTHS, Math.max(0, Math.trunc(asked) || 0));
  const month = monthOf(today, back, start);
  const isWhole = month.first >= oldestDay(env.now());
  const isKnown = isWhole || Boolean(ownDays?.months.some(({ first }) => first === month.first));
  return page("month", {
    title: _("Tháng %(month)s", { month: month.name }),
    // A month that is not the calendar's says which days it has.
    period: start > 1 ? daysText(month) : "",
    message: MESSAGES[url.searchParams.get("done") ?? ""] ?? "",
    earlier: back < MONTHS ? `/field/month?back=${back + 1}` : "",
    later: back > 0 ? `/field/month?back=${back - 1}` : "",
    incomplete: isKnown
      ? ""
      : _("Máy chỉ giữ lượt thăm của 60 ngày gần đây. Số của tháng này xem ở báo cáo, hỏi cán bộ."),
    without_own:
      ownDays || isPractising() ? "" : _("Chưa nhận được số đã tính ở nơi nhận. Chỉ tính các lượt máy này có."),
    waiting: waitingText(queued, view, rows, month),
    ...(isKnown ? ownMonth(rows, ownDays, id, month) : { totals: null, days: [] }),
    drafts: await listDrafts(id, view),
    news: await needNews(view, id),
    members: members(view, account.account_id, today),
    hamlets: is_leader && isWhole ? hamlets(view, month, back ? "" : today) : [],
    may_write: is_leader,
    remarks: remarks(view, month, env.now(), saved?.id),
    remarks_first: saved !== undefined,
  });
}

/**
 * How many months before the current one a day is.
 * @param start the day on which months begin
 */
function monthsBetween(day: string, today: string, start: number) {
  let back = 0;
  while (back < MONTHS && monthOf(today, back, start).first > day) back += 1;
  return back;
}

function within<Row extends { counted_on: string | null; occurred_at: string }>(
  rows: Map<string, Row>,
  { first, last }: Month,
) {
  return [...rows.values()].filter((row) => dayOf(row) >= first && dayOf(row) <= last);
}

/**
 * What waits on this phone of the month's records, also corrections: the server has not counted it.
 * @param rows the server's
 */
function waitingText(queued: Operation[], view: View, rows: View, { first, last }: Month) {
  const waiting = queued.filter(({ type, data, at }) => {
    if (!/^(visit|outreach)[.]/.test(type)) return false;
    const record = rowsOf(rows, type).get(data.id) ?? rowsOf(view, type).get(data.id);
    const day = dayOf(record ?? { counted_on: null, occurred_at: at });
    return day >= first && day <= last;
  });
  return waiting.length ? _("Máy này còn %(what)s chưa gửi, chưa tính ở đây.", { what: amountText(waiting) }) : "";
}

/** How many households were met and guided, each once, by visits that count: as app/fieldwork/visits/reach/days.py. */
function householdCounts(visits: Visit[]) {
  const count = (some: Visit[]) => numberText(new Set(some.map(({ household_id }) => household_id)).size);
  return {
    met: count(visits.filter(({ result }) => result !== "not_home")),
    guided: count(visits.filter(({ services }) => services.some(({ outcome }) => GUIDED.has(outcome)))),
  };
}

/** When each teammate recorded something last. */
function members(view: View, self: string, today: string) {
  const latest = new Map<string, string>();
  for (const row of [...view.visits.values(), ...view.sessions.values()]) {
    const day = dayOf(row);
    if (day > (latest.get(row.recorded_by) ?? "")) latest.set(row.recorded_by, day);
  }
  const others = [...view.members.values()].filter(({ id, phone }) => id !== self && phone === undefined);
  return sortByKey(others, ({ name }) => givenNameKey(name)).map(({ id, name }) => ({
    name,
    when: lastText(latest.get(id), today),
  }));
}

function lastText(day: string | undefined, today: string) {
  if (!day) return _("60 ngày qua chưa ghi lượt nào");
  return day === today ? _("Có ghi hôm nay") : _("Ghi gần nhất %(day)s", { day: dayText(day) });
}

/**
 * A leader's figures, one row a hamlet: as the desk's report of the same days has them.
 * @param today yyyy-MM-dd if the month is the current one: what is as it is now belongs to no other
 */
function hamlets(view: View, month: Month, today: string) {
  const visits = within(view.visits, month).filter(({ step }) => COUNTED.has(step));
  const sessions = within(view.sessions, month).filter(({ step }) => COUNTED.has(step));
  return view.hamlets.map(({ id, name }) => {
    const here = visits.filter(({ hamlet_id }) => hamlet_id === id);
    return {
      name,
      visits: numberText(here.length),
      ...householdCounts(here),
      sessions: numberText(sessions.filter(({ hamlet_id }) => hamlet_id === id).length),
      so_far: today && soFar(view, id, today),
    };
  });
}

/**
 * How many households of a hamlet's list were met so far, and how many expect somebody. The desk's share is of the
 * commune's own books where those have more households: a phone does not have them.
 */
function soFar(view: View, hamlet: string, today: string) {
  const living = [...view.households.values()].filter((one) => one.hamlet_id === hamlet && isActive(one));
  const overdue = new Set(followUpsUntil(view, dayAfter(today, -1)).map(([id]) => id));
  return _("Đến nay: đã gặp %(met)s/%(total)s hộ trong danh sách · %(open)s hẹn chưa đến · %(overdue)s quá hẹn", {
    met: numberText(living.filter(({ id }) => isMet(view, id)).length),
    total: numberText(living.length),
    open: numberText(living.filter(({ id }) => hasFollowUp(view, id) && !overdue.has(id)).length),
    overdue: numberText(living.filter(({ id }) => overdue.has(id)).length),
  });
}

/**
 * What the reader wrote for the report, and its state.
 * @param first the id of the remark that comes first
 */
function remarks(view: View, month: Month, now: Date, first?: string) {
  const rows = within(view.remarks, month).sort((one, other) => Number(other.id === first) - Number(one.id === first));
  return rows.map((remark) => ({
    kind: KIND_LABELS[remark.kind] ?? "",
    text: remark.text,
    href: isEditable(remark) ? `/field/remarks/${remark.id}/edit` : "",
    step: recordStatus(remark, now),
  }));
}
