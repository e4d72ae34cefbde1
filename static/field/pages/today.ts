// V3 Hôm nay: first what the volunteer must act on, then the queue, then counts.

import { _ } from "../core/strings.ts";
import { queuedOperations, refusedOperations } from "../store/outbox.ts";
import { transferOffers } from "../store/transfer.ts";
import { loadView, replicaStatus } from "../store/view/replica.ts";
import { transferText } from "./account/transfer.ts";
import { listDrafts } from "./draftList.ts";
import { dateText, dayAfter, localDay, numberText, timeText } from "./formats.ts";
import {
  coverage,
  dueText,
  followUpDays,
  hamletCoverage,
  hasFollowUp,
  isActive,
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
import { refusalText } from "./log/refusals.ts";
import { page, redirect } from "./responses.ts";

/** @typedef {import("./responses.ts").PageResponse} PageResponse */
/** @typedef {import("./responses.ts").SignedInRequest} SignedInRequest */
/** @typedef {import("../store/view/overlay.ts").View} View */
/** @typedef {import("../core/protocol.ts").Operation} Operation */

/** Rows of each kind before *Xem thêm*. */
const MAX_ROWS = 5;
/** With more hamlets than these, their coverage is shown as one. */
const MAX_HAMLETS = 3;
/** Steps of visits that the commune has not received or has refused. */
const NOT_RECEIVED = new Set(["queued", "fix", "dropped"]);
/** Follow-ups due within so many days are listed, so that a route can be planned. */
const FOLLOW_UP_DAYS_AHEAD = 7;

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function showToday(request) {
  const { account, url, env } = request;
  const id = account.account_id;
  const now = env.now();
  const [view, queued, refused, status, earlierRecords, others] = await Promise.all([
    loadView(id),
    queuedOperations(id),
    refusedOperations(id),
    replicaStatus(id),
    transferOffers(account, now),
    othersText(id),
  ]);
  const { erased, last_sent_at, reassigned_at, other_phone, clock_offset } = status;
  return page("today", {
    name: account.name,
    commune: account.commune_name ?? "",
    message: messageOf(url.searchParams.get("done"), [...queued, ...refused]),
    erased: erasedText(request, erased),
    reassigned: !erased && reassigned_at && isToday(reassigned_at, now) ? reassignedText(account.hamlets) : "",
    other_phone: Boolean(other_phone),
    clock: clockText(clock_offset),
    fixes: attention(view, refused, id),
    drafts: await listDrafts(id, view),
    sign_in: mustSignIn(request) ? signInText(queued) : "",
    transfer: transferText(earlierRecords),
    others,
    standing: standing(queued, todayCounts(view, id, now), last_sent_at, now),
    late: lateText(queued[0]?.at ?? null, now),
    has_households: coverage(view).total > 0,
    hamlets: hamletBars(view),
    follow_ups: followUps(view, now),
    update: env.isUpdateReady() || env.sync().outcome === "update",
  });
}

/**
 * [Cập nhật]: offered on this page only, so that no recording is interrupted. The new version confirms the update.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function update({ env }) {
  env.update();
  return redirect("/field/");
}

/**
 * The message after an update: how many unsent records the phone still has.
 * @param {string | null} done
 * @param {Operation[]} unsent
 */
function messageOf(done, unsent) {
  if (done !== "updated") return "";
  if (!unsent.length) return _("Đã cập nhật.");
  return _("Đã cập nhật. %(what)s vẫn còn trên máy.", { what: amountText(unsent) });
}

/**
 * That the clock is more than ten minutes off: each visit would have a wrong time.
 * @param {number} offset milliseconds
 */
function clockText(offset) {
  const n = Math.abs(Math.round(offset / 60_000));
  return n > 10 ? _('Giờ trên máy lệch %(n)s phút. Hãy bật "Tự động đặt giờ".', { n: numberText(n) }) : "";
}

/**
 * What is said for a day after the commune gave the account other hamlets.
 * @param {{name: string}[]} hamlets
 */
function reassignedText(hamlets) {
  if (!hamlets.length) return _("Chưa được giao thôn nào. Hỏi cán bộ.");
  const names = hamlets.map(({ name }) => name).join(", ");
  return _("Nay phụ trách %(hamlets)s. Danh sách hộ đã đổi theo.", { hamlets: names });
}

/**
 * Returned visits, those that the commune has from an unsigned file, then refused operations.
 * @param {View} view
 * @param {import("../store/schema.ts").RefusedOperation[]} refused
 * @param {string} author
 */
function attention(view, refused, author) {
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

/**
 * @param {View} view
 * @param {string} author
 * @param {Date} now
 */
function todayCounts(view, author, now) {
  const today = localDay(now);
  const mine = [...view.visits.values()].filter(
    (visit) => visit.recorded_by === author && localDay(visit.occurred_at) === today,
  );
  return { recorded: mine.length, received: mine.filter(({ step }) => !NOT_RECEIVED.has(step)).length };
}

/**
 * Where the records stand, as one sentence in one place, and a line below: of the same height in every case.
 * @param {Operation[]} queued
 * @param {ReturnType<typeof todayCounts>} today
 * @param {string | null} lastSentAt
 * @param {Date} now
 */
function standing(queued, today, lastSentAt, now) {
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

/**
 * @param {string} instant
 * @param {Date} now
 */
function isToday(instant, now) {
  return localDay(instant) === localDay(now);
}

/** @param {ReturnType<typeof todayCounts>} today */
function todayText({ recorded, received }) {
  if (!recorded) return _("Hôm nay chưa ghi");
  const n = numberText(recorded);
  if (received === recorded) return _("Hôm nay ghi %(n)s, đã gửi đủ", { n });
  return _("Hôm nay ghi %(n)s, đã gửi %(received)s", { n, received: numberText(received) });
}

/**
 * The coverage of each hamlet, or of all together.
 * @param {View} view
 */
function hamletBars(view) {
  const rows = hamletCoverage(view);
  return (rows.length > MAX_HAMLETS ? [coverage(view)] : rows).map(({ name, met, total }) => ({
    name,
    line: _("%(met)s/%(total)s hộ đã gặp", { met: numberText(met), total: numberText(total) }),
    percent: Math.floor((100 * met) / total),
  }));
}

/**
 * The follow-ups that are due, and how many others there are: the list *Hẹn lại* has all.
 * @param {View} view
 * @param {Date} now
 */
function followUps(view, now) {
  const today = localDay(now);
  const all = [...view.households.values()].filter((one) => isActive(one) && hasFollowUp(view, one.id));
  const ids = new Set(all.map(({ id }) => id));
  const due = [...followUpDays(view)].filter(
    ([id, day]) => ids.has(id) && day <= dayAfter(today, FOLLOW_UP_DAYS_AHEAD),
  );
  due.sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)));
  const rows = due.slice(0, MAX_ROWS).map(([id, day]) => ({
    href: `/field/households/${id}/visit`,
    label: labelOfHousehold(view, id),
    due: dueText(day, today),
  }));
  return { count: all.length, rows, more: all.length - rows.length };
}

/**
 * @param {View} view
 * @param {string} id
 */
function labelOfHousehold(view, id) {
  const household = view.households.get(id);
  return household ? householdLabel(household) : _("Hộ không còn trong danh sách");
}
