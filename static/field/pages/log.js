// V7 Đã ghi: what waits on the phone, what needs a fix, and by day what was recorded and where it is.

import { counts, discard, fixes, pending } from "../store/outbox.js";
import { acknowledged, book, status } from "../store/replica.js";
import { _ } from "../strings.js";
import { NotHere, page, see } from "./answers.js";
import { fateOf, isOpen, whyOf } from "./fates.js";
import { boxOf } from "./fields.js";
import { dateText, localDay, momentText, numberText, timeText } from "./formats.js";
import { erasedText, householdIdOf, lateText, mustSignIn, signInText, subjectOf } from "./queue.js";
import { canMend, sentenceOf } from "./refusals.js";
import { unsaved } from "./unsaved.js";
import { reasonOf, stepOf, summaryOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/db.js").Refused} Refused */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Laid} Laid */
/** @typedef {import("../store/overlay.js").Visit} Visit */
/**
 * `href`: where it leads, or an empty text.
 * @typedef {{at: string, href: string, label: string, summary: string, step: ReturnType<typeof stepOf>}} Row
 */

const PAGE_ROWS = 30;
/** Of these the page says why in *Cần sửa*, above. */
const ABOVE = new Set(["fix", "returned"]);

/** @type {Record<string, string>} */
const MESSAGES = {
  withdrawn: _("Đã rút lại. Lượt này sẽ không được tính."),
  discarded: _("Đã bỏ bản ghi."),
  copied: _("Đã chép ra tệp, nằm trong mục Tải xuống của máy. Gửi tệp này cho cán bộ xã: chỉ xã đọc được."),
  uncopied: _("Chưa chép được ra tệp. Các lượt vẫn còn trên máy."),
};

/** @type {Record<string, string>} Operations that are not visits of the list. */
const OTHERS = {
  "household.add": _("Thêm hộ mới"),
  "household.amend": _("Sửa thông tin hộ"),
  "visit.withdraw": _("Rút lại lượt thăm"),
};

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showLog(ask) {
  const { account, url, world } = ask;
  const id = account.account_id;
  const [known, waiting, queued, sent, refused, { last_sent_at, erased }] = await Promise.all([
    book(id),
    counts(id),
    pending(id),
    acknowledged(id),
    fixes(id),
    status(id),
  ]);
  const now = world.now();
  const waits = queued.map((op) => ({ op, mark: /** @type {const} */ ("queued"), at: null }));
  const all = [...visitRows(known, id, now), ...otherRows(known, [...sent, ...waits], now)];
  const rows = erased ? all.map((row) => ({ ...row, href: "" })) : all;
  rows.sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const number = Math.max(1, Math.trunc(Number(url.searchParams.get("page"))) || 1);
  return page("log", {
    message: MESSAGES[url.searchParams.get("done") ?? ""] ?? "",
    erased: erasedText(ask, erased),
    ...queueOf(ask, waiting.queued),
    late: lateText(waiting.oldest_at, now),
    copy: waiting.queued + waiting.fixes > 0,
    last_sent: last_sent_at ? momentText(last_sent_at) : "",
    fixes: [...returnedFixes(known, id), ...refused.map((op) => refusedFix(op, known, erased))],
    days: byDay(rows.slice(0, number * PAGE_ROWS), now, number > 1 ? (number - 1) * PAGE_ROWS : -1),
    more: rows.length > number * PAGE_ROWS ? `/field/log?page=${number + 1}` : "",
  });
}

/**
 * [Gửi ngay]. How far it is stands in the header.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function sendNow({ account, world }) {
  world.send(account.account_id);
  return see("/field/log");
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export function confirmDiscard(ask) {
  return askDiscard(ask, {});
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function discardFix(ask) {
  try {
    await discard(ask.account.account_id, ask.params.id);
  } catch (fault) {
    return askDiscard(ask, unsaved(fault));
  }
  return see("/field/log?done=discarded");
}

/**
 * @param {SignedIn} ask
 * @param {Record<string, string>} sentences why it could not be given up
 * @returns {Promise<Answer>}
 */
async function askDiscard({ account, params }, sentences) {
  const known = await book(account.account_id);
  const op = (await fixes(account.account_id)).find(({ op_id }) => op_id === params.id);
  if (!op) throw new NotHere(params.id);
  const errors = boxOf(sentences);
  const context = {
    id: op.op_id,
    errors,
    title: _("Bỏ bản ghi này?"),
    subject: subjectOf(op, known),
    sentence: _("Bản ghi lúc %(when)s chưa được xã nhận. Bỏ rồi không lấy lại được.", { when: momentText(op.at) }),
    action: `/field/fixes/${op.op_id}/discard`,
    button: _("Bỏ"),
    cancel: "/field/log",
  };
  return page("confirm", context, errors.length ? 422 : 200);
}

/**
 * What waits and what becomes of it: it goes by itself, or somebody has to sign in.
 * @param {SignedIn} ask
 * @param {number} queued
 */
function queueOf(ask, queued) {
  if (queued === 0) return { queue: "", sign_in: "" };
  if (mustSignIn(ask)) return { queue: "", sign_in: signInText(queued) };
  const n = numberText(queued);
  return { queue: _("%(n)s lượt đang lưu trên máy, chưa gửi. Máy sẽ tự gửi khi có mạng.", { n }), sign_in: "" };
}

/**
 * @param {Book} known
 * @param {string} author
 * @param {Date} now
 * @returns {Row[]}
 */
function visitRows(known, author, now) {
  const own = [...known.visits.values()].filter((visit) => visit.recorded_by === author);
  return own.map((visit) => ({
    at: visit.occurred_at,
    href: isOpen(visit) ? `/field/visits/${visit.id}/edit` : householdHref(known, visit.household_id),
    label: subjectOf(/** @type {any} */ ({ type: "visit.record", data: visit }), known),
    summary: summaryOf(visit, known),
    step: { ...fateOf(visit, now), ...(ABOVE.has(visit.step) ? { why: "" } : {}) },
  }));
}

/**
 * @param {Book} known
 * @param {Laid[]} operations
 * @param {Date} now
 * @returns {Row[]}
 */
function otherRows(known, operations, now) {
  const others = operations.filter(({ op }) => op.type in OTHERS);
  return others.map(({ op, mark, at, code = "" }) => ({
    at: op.at,
    href: householdHref(known, householdIdOf(op, known)),
    label: subjectOf(op, known),
    summary: OTHERS[op.type],
    step: stepOf(mark, at, now, whyOf(mark, { type: op.type, code })),
  }));
}

/**
 * @param {Book} known
 * @param {string} author
 */
function returnedFixes(known, author) {
  const returned = [...known.visits.values()].filter(
    (visit) => visit.step === "returned" && visit.recorded_by === author,
  );
  return returned.map((visit) => ({
    label: subjectOf(/** @type {any} */ ({ type: "visit.record", data: visit }), known),
    when: momentText(visit.occurred_at),
    sentence: reasonOf(visit),
    mend: `/field/visits/${visit.id}/edit`,
    discard: "",
  }));
}

/**
 * The address of a household, if it is in the list.
 * @param {Book} known
 * @param {string} id
 */
function householdHref({ households, aliases }, id) {
  return households.has(aliases.get(id) ?? id) ? `/field/households/${id}` : "";
}

/**
 * @param {Refused} op
 * @param {Book} known
 * @param {boolean} erased there is no list to mend it with
 */
function refusedFix(op, known, erased) {
  const place = op.type.startsWith("visit.") ? "visits" : "households";
  return {
    label: subjectOf(op, known),
    when: momentText(op.at),
    sentence: sentenceOf(op),
    mend: canMend(op) && !erased ? `/field/${place}/${op.data.id}/edit` : "",
    discard: `/field/fixes/${op.op_id}/discard`,
  };
}

/**
 * @param {Row[]} rows newest first
 * @param {Date} now
 * @param {number} focus the row that *Xem thêm* has just brought, or -1
 */
function byDay(rows, now, focus) {
  const today = localDay(now);
  /** @type {Map<string, object[]>} */
  const days = new Map();
  for (const [index, { at, ...row }] of rows.entries()) {
    const day = localDay(at);
    const label = day === today ? _("Hôm nay, %(date)s", { date: dateText(at) }) : dateText(at);
    if (!days.has(label)) days.set(label, []);
    days.get(label)?.push({ ...row, time: timeText(at), focus: index === focus });
  }
  return [...days].map(([label, entries]) => ({ label, rows: entries }));
}
