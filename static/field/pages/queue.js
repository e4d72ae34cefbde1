// What waits on the phone, in words.

import { _ } from "../strings.js";
import { momentText, numberText } from "./formats.js";
import { labelOf } from "./words.js";

/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../sync/protocol.js").Operation} Operation */

const HOUR = 3600_000;

/**
 * What to say when something has waited for a day, and for three; else an empty text.
 * @param {string | null} oldestAt
 * @param {Date} now
 */
export function lateText(oldestAt, now) {
  const waited = oldestAt ? now.getTime() - Date.parse(oldestAt) : 0;
  if (waited >= 72 * HOUR) return _("Hãy đến nơi có mạng, hoặc báo cán bộ xã.");
  if (waited >= 24 * HOUR && oldestAt)
    return _("Lượt cũ nhất lưu trên máy từ %(when)s.", { when: momentText(oldestAt) });
  return "";
}

/**
 * What happened to a phone that the commune has taken out of service, and whom to ask; else an empty text. Without a
 * session it sends nothing, and `signInText` says so.
 * @param {SignedIn} ask
 * @param {boolean} erased
 */
export function erasedText(ask, erased) {
  if (!erased) return "";
  const what = mustSignIn(ask)
    ? _("Xã đã thu hồi máy này. Danh sách hộ đã xoá khỏi máy.")
    : _("Xã đã thu hồi máy này. Danh sách hộ đã xoá khỏi máy, lượt chưa gửi vẫn được gửi về xã.");
  return [what, _("Cần dùng lại máy này thì hỏi cán bộ xã.")].join(" ");
}

/**
 * Whether the session has ended: nothing is sent, network or not, until somebody signs in again. Recording goes on.
 * @param {SignedIn} ask
 */
export function mustSignIn({ account, world }) {
  return !account.signed_in || world.sync().outcome === "sign_in";
}

/**
 * What to say then.
 * @param {number} queued
 */
export function signInText(queued) {
  if (queued === 0) return _("Đăng nhập lại để nhận danh sách mới.");
  return _("Đăng nhập lại để gửi %(n)s lượt đang lưu trên máy.", { n: numberText(queued) });
}

/**
 * What an operation is about: the household's label.
 * @param {Operation & {household_id?: string}} op
 * @param {Book} book
 */
export function subjectOf(op, book) {
  const { type, data } = op;
  const at = householdIdOf(op, book);
  const household = book.households.get(book.aliases.get(at) ?? at);
  if (household) return labelOf(household);
  if (data.head_name) return labelOf({ head_name: data.head_name, house_no: data.house_no });
  return type === "visit.withdraw" && !at ? _("Lượt đã rút lại") : _("Hộ không còn trong danh sách");
}

/**
 * The household that an operation is about; an empty text if nobody knows any more.
 * @param {Operation & {household_id?: string}} op
 * @param {Book} book
 * @returns {string}
 */
export function householdIdOf({ type, data, household_id }, { visits, withdrawn }) {
  if (!type.startsWith("visit.")) return data.id;
  return data.household_id || visits.get(data.id)?.household_id || withdrawn.get(data.id) || household_id || "";
}
