// What became of a record, in a sentence beside its step: why it needs a fix, what the commune still has to see to, what it
// has decided.

import { _ } from "../strings.js";
import { sentenceOf } from "./refusals.js";
import { reasonOf, stepOf } from "./words.js";

/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {import("../store/overlay.js").Visit} Visit */
/** @typedef {import("../store/overlay.js").Cause} Cause */
/** @typedef {import("../store/overlay.js").Step} Step */

/** @type {Record<string, string>} Why the server keeps an operation apart, by its code. */
const APART = {
  conflict: _("Người khác cũng vừa sửa chỗ này. Xã sẽ chọn."),
  revoked: _("Máy này đã bị thu hồi."),
  foreign_epoch: _("Máy chủ vừa lấy lại dữ liệu cũ. Xã sẽ xem lại."),
  op_reused: _("Trùng mã với bản ghi khác. Xã sẽ xem lại."),
  unappliable: _("Máy chủ đã nhận nhưng chưa ghi vào sổ được. Xã sẽ xem lại."),
};

/** @type {Record<string, string>} What is missing on the server, by what was done. */
const MISSING = {
  "visit.amend": _("Lượt này chưa có trên máy chủ."),
  "visit.withdraw": _("Lượt này chưa có trên máy chủ."),
};

/** @type {Record<string, string>} What the commune has decided not to take. */
const DROPPED = {
  "household.add": _("Xã không nhận hộ này."),
  "household.amend": _("Xã không nhận lần sửa này."),
  "visit.record": _("Xã không nhận lượt này."),
  "visit.amend": _("Xã không nhận lần sửa này. Lượt vẫn như trước."),
  "visit.withdraw": _("Xã không nhận việc rút lại. Lượt này vẫn được tính."),
};

/**
 * A record's step with its sentence.
 * @param {Household | Visit} record
 * @param {Date} now
 */
export function fateOf(record, now) {
  const sentAt = "sent_at" in record ? record.sent_at : null;
  return stepOf(record.step, sentAt, now, whyOf(record.step, record.cause) || returnedWhy(record));
}

/**
 * The sentence for the step that an operation gives, or an empty text.
 * @param {Step} step
 * @param {Cause | null} cause
 */
export function whyOf(step, cause) {
  if (step === "duplicate") return _("Xã đã tính lượt khác.");
  if (!cause) return "";
  const { type, code } = cause;
  if (step === "fix") return sentenceOf(cause);
  if (step === "dropped") return DROPPED[type] ?? "";
  if (step !== "waiting") return "";
  return APART[code] ?? MISSING[type] ?? _("Hộ này chưa có trên máy chủ, hoặc không còn được giao.");
}

/**
 * Whether its author can still change it: the commune has not refused it as a whole.
 * @param {Visit} visit
 */
export function isOpen({ step, cause }) {
  return step !== "dropped" || cause?.type !== "visit.record";
}

/** @param {Household | Visit} record */
function returnedWhy(record) {
  return record.step === "returned" ? reasonOf(/** @type {Visit} */ (record)) : "";
}
