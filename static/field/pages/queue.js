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
 * What to say of a phone that the commune has taken out of service; else an empty text. Without a session it sends
 * nothing, and `signInText` says so.
 * @param {SignedIn} ask
 * @param {boolean} erased
 */
export function erasedText(ask, erased) {
  if (!erased) return "";
  if (mustSignIn(ask)) return _("Xã đã thu hồi máy này. Danh sách hộ đã xoá khỏi máy.");
  return _("Xã đã thu hồi máy này. Danh sách hộ đã xoá khỏi máy, lượt chưa gửi vẫn được gửi về xã.");
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
 * @param {Operation} op
 * @param {Book} book
 */
export function subjectOf({ type, data }, book) {
  const visit = type.startsWith("visit.") ? book.visits.get(data.id) : undefined;
  const at = data.household_id ?? visit?.household_id ?? book.withdrawn.get(data.id) ?? data.id;
  const household = book.households.get(book.aliases.get(at) ?? at);
  if (household) return labelOf(household);
  return data.head_name
    ? labelOf({ head_name: data.head_name, house_no: data.house_no })
    : _("Hộ không còn trong danh sách");
}
