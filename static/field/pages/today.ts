// V3 Hôm nay: first the way to a new visit, then what the volunteer must act on, the queue, and counts.

import type { Operation } from "../core/protocol.ts";
import { _ } from "../core/strings.ts";
import { earlierOf, listAccounts } from "../store/accounts.ts";
import { queuedOperations, refusedOperations } from "../store/outbox.ts";
import type { Account, RefusedOperation } from "../store/schema.ts";
import type { View } from "../store/view/overlay.ts";
import { loadView, replicaStatus } from "../store/view/replica.ts";
import { listDrafts } from "./draftList.ts";
import { dateText, dayAfter, localDay, numberText, timeText } from "./formats.ts";
import {
  coverage,
  dueText,
  followUpsUntil,
  hamletCoverage,
  hasFollowUp,
  isActive,
  nextHousehold,
} from "./households/householdStatus.ts";
import { householdLabel, returnReason } from "./labels.ts";
import {
  amountText,
  erasedText,
  lateText,
  mustSignIn,
  operationLabel,
  othersText,
  signInText,
} from "./log/queueTexts.ts";
import {
  type Environment,
  type LaterWords,
  type PageResponse,
  page,
  redirect,
  type SignedInRequest,
} from "./responses.ts";
import { newestVisit } from "./visits/visitBefore.ts";

/** Rows of each kind before *Xem thêm*. */
const MAX_ROWS = 5;
/** With more hamlets than these, their coverage is shown as one. */
const MAX_HAMLETS = 3;
/** Steps of visits that the commune has not received or has refused. */
const NOT_RECEIVED = new Set(["queued", "fix", "dropped"]);
/** Follow-ups due within so many days are listed, so that a route can be planned. */
const FOLLOW_UP_DAYS_AHEAD = 7;
/** So many days after a visit the way goes on from its household: visits of before may have left the phone. */
const NEXT_WITHIN_DAYS = 30;

export async function showToday(request: SignedInRequest): Promise<PageResponse> {
  const { account, url, env } = request;
  const id = account.account_id;
  const now = env.now();
  const loading = loadView(id);
  const [view, drafts, queued, refused, status, earlierRecords, others] = await Promise.all([
    loading,
    listDrafts(id, loading),
    queuedOperations(id),
    refusedOperations(id),
    replicaStatus(id),
    earlierText(account, env),
    othersText(id),
  ]);
  const { erased, last_sent_at, reassigned_at, other_phone, moved, clock_offset } = status;
  return page("today", {
    name: account.name,
    commune: account.commune_name ?? "",
    message: messageOf(url.searchParams.get("done"), [...queued, ...refused]),
    erased: erasedText(request, erased),
    reassigned: !erased && reassigned_at && isToday(reassigned_at, now) ? reassignedText(account.hamlets) : "",
    moved: moved ? _("Nay nơi này ở %(address)s. Đăng nhập ở đó.", moved) : "",
    other_phone: Boolean(other_phone),
    clock: clockText(clock_offset),
    fixes: attention(view, refused, id, refused.length ? refusalTexts(env) : generalText),
    drafts,
    sign_in: mustSignIn(request) ? signInText(queued) : "",
    transfer: earlierRecords,
    others,
    standing: standing(queued, todayCounts(view, id, now), last_sent_at, now),
    late: status.silence || lateText(queued, now),
    has_households: coverage(view).total > 0,
    next: afterNewestVisit(view, id, now),
    hamlets: hamletBars(view),
    ...followUps(view, now),
    update: env.isUpdateReady() || env.sync().outcome === "update",
  });
}

/** [Cập nhật]: offered on this page only, so that no recording is interrupted. The new version confirms the update. */
export async function update({ env }: SignedInRequest): Promise<PageResponse> {
  env.update();
  return redirect("/field/");
}

/** The message after an update: how many unsent records the phone still has. */
function messageOf(done: string | null, unsent: Operation[]) {
  if (done !== "updated") return "";
  if (!unsent.length) return _("Đã cập nhật.");
  return _("Đã cập nhật. %(what)s vẫn còn trên máy.", { what: amountText(unsent) });
}

/**
 * That the clock is more than ten minutes off: each visit would have a wrong time.
 * @param offset milliseconds
 */
function clockText(offset: number) {
  const minutes = Math.abs(Math.round(offset / 60_000));
  return minutes > 10 ? _('Giờ trên máy lệch %(what)s. Hãy bật "Tự động đặt giờ".', { what: spanText(minutes) }) : "";
}

/** *23 phút*, *5 giờ*, *33 ngày*. */
function spanText(minutes: number) {
  if (minutes < 120) return _("%(n)s phút", { n: minutes });
  if (minutes < 2880) return _("%(n)s giờ", { n: Math.round(minutes / 60) });
  return _("%(n)s ngày", { n: numberText(Math.round(minutes / 1440)) });
}

/** What is said for a day after the commune gave the account other hamlets. */
function reassignedText(hamlets: { name: string }[]) {
  if (!hamlets.length) return _("Chưa được giao thôn nào. Hỏi cán bộ.");
  const names = hamlets.map(({ name }) => name).join(", ");
  return _("Nay phụ trách %(hamlets)s. Danh sách hộ đã đổi theo.", { hamlets: names });
}

type RefusalText = LaterWords["refusalText"];

/**
 * Why the server refused an operation: few phones ever say so, and their sentences are loaded later. The page does not
 * wait for them: it is shown with general words, and anew when they are there.
 */
function refusalTexts(env: Environment): RefusalText {
  return laterWords(env)?.refusalText ?? generalText;
}

/** What is said of records made on this phone earlier under the same phone number; empty if there are none. */
async function earlierText(account: Account, env: Environment) {
  const found = earlierOf(account, await listAccounts()).length ? laterWords(env) : undefined;
  return found ? found.earlierText(account, env.now()) : "";
}

function laterWords({ loadedLater, loadLater, redraw }: Environment) {
  const words = loadedLater();
  if (!words) loadLater().then(redraw, console.error);
  return words;
}

function generalText() {
  return _("Nơi nhận chưa lưu được việc đã ghi này. Xem lại rồi lưu, hoặc báo cán bộ.");
}

/** Returned visits, those that the commune has from an unsigned file, then refused operations. */
function attention(view: View, refused: RefusedOperation[], author: string, refusalText: RefusalText) {
  const own = [...view.visits.values()].filter((visit) => visit.recorded_by === author);
  const returned = own.filter(({ step }) => step === "returned");
  const unsigned = own.filter(({ vouched_by, disowned, step }) => vouched_by && !disowned && step !== "returned");
  const rows = [
    ...returned.map((visit) => ({
      href: `/field/visits/${visit.id}/edit`,
      label: labelOfHousehold(view, visit.household_id),
      reason: returnReason(visit),
    })),
    ...unsigned.map(({ id, household_id }) => ({
      href: `/field/visits/${id}`,
      label: labelOfHousehold(view, household_id),
      reason: _("Cán bộ nhận từ một tệp. Có phải bạn ghi không?"),
    })),
    ...refused.map((op) => ({ href: "/field/log", label: operationLabel(op, view), reason: refusalText(op) })),
  ];
  return { count: rows.length, rows: rows.slice(0, MAX_ROWS), more: rows.length > MAX_ROWS };
}

function todayCounts(view: View, author: string, now: Date) {
  const today = localDay(now);
  const mine = [...view.visits.values()].filter(
    (visit) => visit.recorded_by === author && localDay(visit.occurred_at) === today,
  );
  return { recorded: mine.length, received: mine.filter(({ step }) => !NOT_RECEIVED.has(step)).length };
}

/** Where the records stand, as one sentence in one place, and a line below: of the same height in every case. */
function standing(
  queued: Operation[],
  today: ReturnType<typeof todayCounts>,
  lastSentAt: string | undefined,
  now: Date,
) {
  const sentence = todayText(today);
  if (queued.length)
    return {
      kind: "queue",
      icon: "phone",
      text: _("%(what)s trên máy, chưa gửi", { what: amountText(queued) }),
      detail: sentence,
    };
  const isAllSent = today.received > 0 && today.received === today.recorded;
  const detail = lastSentAt
    ? _("Gửi gần nhất: %(when)s", { when: isToday(lastSentAt, now) ? timeText(lastSentAt) : dateText(lastSentAt) })
    : _("Mất mạng vẫn ghi được.");
  return { kind: isAllSent ? "sent" : "calm", icon: isAllSent ? "done" : "today", text: sentence, detail };
}

function isToday(instant: string, now: Date) {
  return localDay(instant) === localDay(now);
}

function todayText({ recorded, received }: ReturnType<typeof todayCounts>) {
  if (!recorded) return _("Hôm nay chưa ghi");
  const n = numberText(recorded);
  if (received === recorded) return _("Hôm nay ghi %(n)s, đã gửi đủ", { n });
  return _("Hôm nay ghi %(n)s, đã gửi %(received)s", { n, received: numberText(received) });
}

/** The household after the one of the newest visit, as *Đã lưu* offers it; null if that was long ago, or all are met. */
function afterNewestVisit(view: View, author: string, now: Date) {
  const first = dayAfter(localDay(now), -NEXT_WITHIN_DAYS);
  const newest = newestVisit(view, author, ({ occurred_at }) => localDay(occurred_at) >= first);
  const here = view.households.get(newest?.household_id ?? "");
  const next = here && nextHousehold(view, here);
  return next ? { href: `/field/households/${next.id}/visit`, label: householdLabel(next) } : null;
}

/** The coverage of each hamlet, or of all together. */
function hamletBars(view: View) {
  const rows = hamletCoverage(view);
  return (rows.length > MAX_HAMLETS ? [coverage(view)] : rows).map(({ name, met, total }) => ({
    name,
    line: _("%(met)s/%(total)s hộ đã gặp", { met: numberText(met), total: numberText(total) }),
    percent: Math.floor((100 * met) / total),
  }));
}

/**
 * The follow-ups that are due today or overdue, which stand first, and those of the next days; each with the number of
 * others: the list *Hẹn quay lại* has all.
 */
function followUps(view: View, now: Date) {
  const today = localDay(now);
  const count = [...view.households.values()].filter((one) => isActive(one) && hasFollowUp(view, one.id)).length;
  const due = followUpsUntil(view, today).length;
  const rows = followUpsUntil(view, dayAfter(today, FOLLOW_UP_DAYS_AHEAD)).map(([id, day]) => ({
    href: `/field/households/${id}/visit`,
    label: labelOfHousehold(view, id),
    due: dueText(day, today),
  }));
  return { due: someOf(rows.slice(0, due), due), follow_ups: someOf(rows.slice(due), count - due) };
}

/** The first rows of a section, and how many others there are. */
function someOf<Row>(all: Row[], count: number) {
  const rows = all.slice(0, MAX_ROWS);
  return { count, rows, more: count - rows.length };
}

function labelOfHousehold(view: View, id: string) {
  const household = view.households.get(id);
  return household ? householdLabel(household) : _("Hộ không còn trong danh sách");
}
