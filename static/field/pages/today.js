// V3 Hôm nay: what needs a person first, then the queue, then counts.

import { counts, fixes } from "../store/outbox.js";
import { book, status } from "../store/replica.js";
import { offered } from "../store/transfer.js";
import { _ } from "../strings.js";
import { page, see } from "./answers.js";
import { dayAfter, localDay, numberText } from "./formats.js";
import { erasedText, lateText, mustSignIn, signInText, subjectOf } from "./queue.js";
import { coverage, dueText, promises } from "./reach.js";
import { sentenceOf } from "./refusals.js";
import { transferText } from "./transfer.js";
import { labelOf, reasonOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Book} Book */

/** Rows of each kind before *Xem thêm*. */
const SHOWN = 5;
/** The steps of visits that the commune does not have, or does not want. */
const UNTAKEN = new Set(["queued", "fix", "dropped"]);
/** Promises of the next days are shown already, so that a way can be planned. */
const AHEAD_DAYS = 7;

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showToday(ask) {
  const { account, url, world } = ask;
  const id = account.account_id;
  const now = world.now();
  const [known, waiting, refused, { erased }, before] = await Promise.all([
    book(id),
    counts(id),
    fixes(id),
    status(id),
    offered(account, now),
  ]);
  return page("today", {
    name: account.name,
    message: messageOf(url.searchParams.get("done"), waiting),
    erased: erasedText(ask, erased),
    fixes: attention(known, refused, id),
    sign_in: mustSignIn(ask) ? signInText(waiting.queued) : "",
    transfer: transferText(before),
    queue: waiting.queued ? _("%(n)s lượt trên máy, chưa gửi", { n: numberText(waiting.queued) }) : "",
    late: lateText(waiting.oldest_at, now),
    counts: { ...todayCounts(known, id, now), ...coverageText(known) },
    promises: promisesDue(known, now),
    update: world.updateWaits() || world.sync().outcome === "update",
  });
}

/**
 * [Cập nhật]: only here, never while somebody records. The new version itself says when it is there.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function update({ world }) {
  world.update();
  return see("/field/");
}

/**
 * After an update: what was recorded under the version before is still there, be it waiting or in need of a fix.
 * @param {string | null} done
 * @param {{queued: number, fixes: number}} unsent
 */
function messageOf(done, { queued, fixes }) {
  if (done !== "updated") return "";
  if (queued + fixes === 0) return _("Đã cập nhật.");
  return _("Đã cập nhật. %(n)s lượt vẫn còn trên máy.", { n: numberText(queued + fixes) });
}

/**
 * What the commune sent back, then what the server did not take.
 * @param {Book} known
 * @param {import("../store/db.js").Refused[]} refused
 * @param {string} author
 */
function attention(known, refused, author) {
  const returned = [...known.visits.values()].filter(
    (visit) => visit.step === "returned" && visit.recorded_by === author,
  );
  const rows = [
    ...returned.map((visit) => ({
      href: `/field/visits/${visit.id}/edit`,
      label: householdLabel(known, visit.household_id),
      reason: reasonOf(visit),
    })),
    ...refused.map((op) => ({ href: "/field/log", label: subjectOf(op, known), reason: sentenceOf(op) })),
  ];
  return { count: rows.length, rows: rows.slice(0, SHOWN), more: rows.length > SHOWN };
}

/**
 * @param {Book} known
 * @param {string} author
 * @param {Date} now
 */
function todayCounts(known, author, now) {
  const today = localDay(now);
  const mine = [...known.visits.values()].filter(
    (visit) => visit.recorded_by === author && localDay(visit.occurred_at) === today,
  );
  const received = mine.filter(({ step }) => !UNTAKEN.has(step)).length;
  return { today: numberText(mine.length), received: numberText(received) };
}

/** @param {Book} known */
function coverageText(known) {
  const { reached, total } = coverage(known);
  return { reached: numberText(reached), households: numberText(total) };
}

/**
 * @param {Book} known
 * @param {Date} now
 */
function promisesDue(known, now) {
  const today = localDay(now);
  const due = [...promises(known)].filter(
    ([id, day]) => known.households.has(id) && day <= dayAfter(today, AHEAD_DAYS),
  );
  due.sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)));
  const rows = due.slice(0, SHOWN).map(([id, day]) => ({
    href: `/field/households/${id}/visit`,
    label: householdLabel(known, id),
    due: dueText(day, today),
  }));
  return { count: due.length, rows, more: due.length > SHOWN };
}

/**
 * @param {Book} known
 * @param {string} id
 */
function householdLabel(known, id) {
  const household = known.households.get(id);
  return household ? labelOf(household) : _("Hộ không còn trong danh sách");
}
