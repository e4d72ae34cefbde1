// V7 Đã ghi: the queue, what needs a fix, and everything recorded, by day, with its status.

import { isPractising } from "../../core/pageState.ts";
import type { ClosedPeriods, Operation, OwnDays } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import type { RefusedOperation } from "../../store/schema.ts";
import { closedPeriodOf } from "../../store/view/closedPeriods.ts";
import type { OverlayOperation, View } from "../../store/view/overlay.ts";
import { loadLog, replicaStatus } from "../../store/view/replica.ts";
import { rowsOf } from "../../store/view/sessionsAndRemarks.ts";
import { dateText, dayText, localDay, momentText, timeText } from "../formats.ts";
import { REQUEST_KINDS } from "../households/requestKinds.ts";
import { returnReason, stepBadge, visitSummary } from "../labels.ts";
import { type LaterRequest, type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import {
  amountText,
  erasedText,
  lateText,
  mustSignIn,
  operationHouseholdId,
  operationLabel,
  remarkLabel,
  signInText,
} from "./queueTexts.ts";
import { isEditable, isOwn, recordStatus, statusReason } from "./recordStatus.ts";
import { isCorrectable, leftOutText, refusalText } from "./refusals.ts";

/** `href`: where it leads, or an empty text; `time`: empty if only the day is known. */
type Row = {
  at: string;
  time?: string;
  href: string;
  label: string;
  summary: string;
  step: ReturnType<typeof stepBadge>;
};

type Log = Awaited<ReturnType<typeof loadLog>>;

const PAGE_ROWS = 30;
/** For these steps *Cần sửa*, above, gives the reason. */
const EXPLAINED_ABOVE = new Set(["fix", "returned"]);

const MESSAGES: Record<string, string> = {
  withdrawn: _("Đã bỏ. Lượt này sẽ không được tính."),
  saved: _("Đã lưu trên máy. Sẽ tự gửi khi có mạng."),
  session_withdrawn: _("Đã bỏ. Buổi này sẽ không được tính."),
  discarded: _("Đã bỏ việc đã ghi."),
  exported: _("Đã chép ra tệp trong mục Tải xuống. Đưa cho người có mạng hoặc cán bộ: chỉ nơi nhận đọc được."),
  shared: _("Đã chuyển tệp. Ai có mạng nhận tệp này thì mở Đã ghi, bấm Gửi giúp tệp của người khác."),
  export_failed: _("Chưa chép được ra tệp. Các lượt vẫn còn trên máy."),
};

/** Summaries of operations that have no visit in the list. */
const OTHER_SUMMARIES: Record<string, string> = {
  "household.add": _("Thêm hộ mới"),
  "household.amend": _("Sửa thông tin hộ"),
  "visit.withdraw": _("Bỏ lượt thăm"),
  "outreach.withdraw": _("Bỏ buổi tuyên truyền"),
  "remark.withdraw": _("Bỏ ý kiến"),
};

export async function showLog(request: LaterRequest): Promise<PageResponse> {
  const { account, url, env } = request;
  const id = account.account_id;
  const [log, status] = await Promise.all([loadLog(id), replicaStatus(id)]);
  const { view, queued, refused } = log;
  const { last_sent_at, erased, closed_periods, own_days, silence, encrypted } = status;
  const now = env.now();
  const all = allRows(log, id, now, own_days);
  const queue = isPractising() ? { queue: "", sign_in: "" } : queueOf(request, queued);
  const rows = erased ? all.map((row) => ({ ...row, href: "" })) : all;
  rows.sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const number = Math.max(1, Math.trunc(Number(url.searchParams.get("page"))) || 1);
  return page("log", {
    message: MESSAGES[url.searchParams.get("done") ?? ""] ?? "",
    erased: erasedText(request, erased),
    silence: silence ?? "",
    ...queue,
    practised: isPractising() && queued.length > 0,
    late: lateText(queued, now),
    can_export: Boolean(
      !isPractising() &&
        (lateText(queued, now) || lateText(refused, now) || (queued.length && (queue.sign_in || erased))),
    ),
    can_share: env.canShare(),
    last_sent: last_sent_at ? momentText(last_sent_at) : "",
    fixes: [
      ...returnedFixes(view, id, env.newId),
      ...refused.map((op) => refusedFix(op, view, erased, closed_periods)),
    ],
    days: byDay(rows.slice(0, number * PAGE_ROWS), now, number > 1 ? (number - 1) * PAGE_ROWS : -1),
    encrypted: encrypted !== undefined,
    more: rows.length > number * PAGE_ROWS ? `/field/log?page=${number + 1}` : "",
  });
}

function allRows({ view, queued, acknowledged }: Log, author: string, now: Date, ownDays: OwnDays | undefined): Row[] {
  const overlays = queued.map((op) => ({ op, mark: "queued" as const, at: null }));
  return [
    ...visitRows(view, author, now, ownDays),
    ...sessionRows(view, author, now, ownDays),
    ...remarkRows(view, now),
    ...otherRows(view, [...acknowledged, ...overlays], now, ownDays),
    ...ownRows(view, ownDays, now),
  ];
}

/** [Gửi ngay]. The header shows the progress. */
export async function sendNow({ account, env }: SignedInRequest): Promise<PageResponse> {
  env.send(account.account_id);
  return redirect("/field/log");
}

/** The texts about the queue: it is sent automatically, also what is sent again, or somebody has to sign in. */
function queueOf(request: SignedInRequest, queued: Operation[]) {
  if (queued.length === 0) return { queue: "", sign_in: "" };
  if (mustSignIn(request)) return { queue: "", sign_in: signInText(queued) };
  const again = queued.filter(({ acked_version }) => acked_version);
  const what = amountText(queued.filter((op) => !again.includes(op)));
  const sentences = [
    again.length < queued.length && _("%(what)s đang lưu trên máy, chưa gửi. Máy sẽ tự gửi khi có mạng.", { what }),
    again.length &&
      _("%(what)s đã gửi trước đây được gửi lại trong ít phút: nơi nhận vừa lấy lại dữ liệu cũ.", {
        what: amountText(again),
      }),
  ];
  return { queue: sentences.filter(Boolean).join(" "), sign_in: "" };
}

function visitRows(view: View, author: string, now: Date, ownDays: OwnDays | undefined): Row[] {
  const own = [...view.visits.values()].filter((visit) => visit.recorded_by === author);
  return own.map((visit) => ({
    at: visit.occurred_at,
    href: `/field/visits/${visit.id}`,
    label: operationLabel({ type: "visit.record", data: visit }, view),
    summary: visitSummary(visit, view),
    step: stepOf(visit, now, ownDays),
  }));
}

function sessionRows(view: View, author: string, now: Date, ownDays: OwnDays | undefined): Row[] {
  const own = [...view.sessions.values()].filter(({ recorded_by }) => recorded_by === author);
  return own.map((session) => ({
    at: session.occurred_at,
    href: isEditable(session) ? `/field/sessions/${session.id}/edit` : "",
    label: session.place,
    summary: _("Buổi tuyên truyền, %(day)s", { day: dayText(session.held_on) }),
    step: stepOf(session, now, ownDays),
  }));
}

function remarkRows(view: View, now: Date): Row[] {
  return [...view.remarks.values()].map((remark) => ({
    at: remark.occurred_at,
    href: isEditable(remark) ? `/field/remarks/${remark.id}/edit` : "",
    label: remarkLabel(remark.text),
    summary: _("Ý kiến cho báo cáo"),
    step: stepOf(remark, now),
  }));
}

/** What the server has of the reader and this phone no rows of: its day and kind, and no household. */
function ownRows({ visits, sessions, withdrawn }: View, ownDays: OwnDays | undefined, now: Date): Row[] {
  const isShown = ({ id }: { id: string }) => !visits.has(id) && !sessions.has(id) && !withdrawn.has(id);
  return (ownDays?.records ?? []).filter(isShown).map(({ kind, day, state }) => ({
    at: `${day}T00:00:00+07:00`,
    time: "",
    href: "",
    label: kind === "visit" ? _("Hộ không còn trong danh sách") : _("Thôn không còn được giao"),
    summary: kind === "visit" ? _("Lượt thăm hộ") : _("Buổi tuyên truyền"),
    step:
      state === "withdrawn"
        ? { ...stepBadge("dropped", null, now), text: _("Đã bỏ") }
        : stepBadge(state === "received" ? "sent" : state, null, now),
  }));
}

function stepOf(record: Parameters<typeof recordStatus>[0], now: Date, ownDays?: OwnDays) {
  return { ...recordStatus(record, now, ownDays), ...(EXPLAINED_ABOVE.has(record.step) ? { why: "" } : {}) };
}

function otherRows(view: View, operations: OverlayOperation[], now: Date, ownDays: OwnDays | undefined): Row[] {
  const others = operations.filter(({ op }) => otherSummary(op));
  return others.map(({ op, mark, at, code = "" }) => ({
    at: op.at,
    href: householdHref(view, operationHouseholdId(op, view)),
    label: operationLabel(op, view),
    summary: [otherSummary(op), mark === "sent" ? leftOutText(code) : ""].filter(Boolean).join(". "),
    step: stepBadge(mark, at, now, statusReason(mark, { type: op.type, code }, isOwn(op.data.id, ownDays))),
  }));
}

/** What an operation without a visit in the list says; empty for those that are in the list. */
function otherSummary({ type, data }: Operation) {
  if (type !== "request.record") return OTHER_SUMMARIES[type] ?? "";
  return _("Bà con yêu cầu: %(what)s", { what: REQUEST_KINDS[data.kind]?.label ?? data.kind });
}

function returnedFixes(view: View, author: string, newId: () => string) {
  const returned = [...view.visits.values()].filter(
    (visit) => visit.step === "returned" && visit.recorded_by === author,
  );
  return returned.map((visit) => ({
    label: operationLabel({ type: "visit.record", data: visit }, view),
    when: momentText(visit.occurred_at),
    sentence: returnReason(visit),
    edit: `/field/visits/${visit.id}/edit`,
    closed: "",
    confirm: { action: `/field/visits/${visit.id}/confirm`, id: newId(), seen_return: visit.review.at ?? "" },
    discard: "",
  }));
}

/** The address of a household, or an empty text if it is not in the list. */
function householdHref({ households, aliases }: View, id: string) {
  return households.has(aliases.get(id) ?? id) ? `/field/households/${id}` : "";
}

/** @param erased there is no list to correct it with */
function refusedFix(op: RefusedOperation, view: View, erased: boolean, periods: ClosedPeriods | undefined) {
  const [kind] = op.type.split(".");
  const collection = kind === "outreach" ? "sessions" : `${kind}s`;
  const record = kind === "household" ? undefined : rowsOf(view, op.type).get(op.data.id);
  const closed = record && closedPeriodOf(record, periods) ? `/field/${collection}/${op.data.id}/closed` : "";
  return {
    label: operationLabel(op, view),
    when: momentText(op.at),
    sentence: refusalText(op),
    closed,
    edit: isCorrectable(op) && !erased && !closed ? `/field/${collection}/${op.data.id}/edit` : "",
    confirm: null,
    discard: `/field/fixes/${op.op_id}/discard`,
  };
}

/**
 * @param rows newest first
 * @param focus index of the first row that *Xem thêm* added, or -1
 */
function byDay(rows: Row[], now: Date, focus: number) {
  const today = localDay(now);
  const days = new Map<string, object[]>();
  for (const [index, { at, ...row }] of rows.entries()) {
    const day = localDay(at);
    const label = day === today ? _("Hôm nay, %(date)s", { date: dateText(at) }) : dateText(at);
    if (!days.has(label)) days.set(label, []);
    days.get(label)?.push({ ...row, time: row.time ?? timeText(at), focus: index === focus });
  }
  return [...days].map(([label, entries]) => ({ label, rows: entries }));
}
