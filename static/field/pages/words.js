// The words of the domain, as screens show them.

import { _ } from "../strings.js";
import { dateText, localDay, timeText } from "./formats.js";

/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {import("../store/overlay.js").Step} Step */
/** @typedef {import("../store/overlay.js").Visit} Visit */

/** @type {Record<string, string>} */
export const RESULTS = {
  helped: _("Đã hỗ trợ"),
  come_back: _("Hẹn quay lại"),
  not_home: _("Vắng nhà"),
  not_needed: _("Chưa cần hỗ trợ"),
};

/** @type {Record<string, string>} */
export const OUTCOMES = {
  did_it: _("Tự làm được"),
  done_for_them: _("Làm hộ"),
  explained: _("Mới hướng dẫn"),
  already_had: _("Đã có sẵn"),
  referred: _("Chuyển nơi giải quyết"),
  come_back: _("Hẹn lại"),
  declined: _("Không muốn"),
  not_possible: _("Chưa đủ điều kiện"),
};

/** @type {Record<string, string>} */
export const PILLARS = {
  eid: _("Định danh điện tử"),
  cashless: _("Thanh toán không tiền mặt"),
  services: _("Dịch vụ công trực tuyến"),
  more: _("Việc khác"),
};

/** @type {Record<string, string>} */
export const HOUSEHOLD_STATES = {
  moved: _("Hộ đã chuyển đi"),
  empty: _("Nhà trống"),
  mistake: _("Thêm nhầm"),
};

/** @type {Record<string, string>} */
const REASONS = {
  duplicate_visit: _("Trùng lượt"),
  wrong_household: _("Sai hộ"),
  missing_information: _("Thiếu thông tin"),
  other: _("Khác"),
};

/** @type {Record<Step, {icon: string, text: string}>} */
const STEPS = {
  queued: { icon: "phone", text: _("Trên máy") },
  sent: { icon: "done", text: _("Đã gửi") },
  accepted: { icon: "done", text: _("Được duyệt") },
  returned: { icon: "alert", text: _("Cần sửa") },
  duplicate: { icon: "copy", text: _("Trùng lượt") },
  waiting: { icon: "clock", text: _("Chờ xã xử lý") },
  dropped: { icon: "alert", text: _("Xã không nhận") },
  fix: { icon: "alert", text: _("Cần sửa") },
};

/**
 * The one step a record is at, and `why`. What was sent today says when, what was sent earlier says on which day.
 * @param {Step} kind
 * @param {string | null} sentAt
 * @param {Date} now
 * @param {string} [why]
 */
export function stepOf(kind, sentAt, now, why = "") {
  const { icon, text } = STEPS[kind];
  if (kind !== "sent" || !sentAt) return { kind, icon, text, why };
  const when = localDay(sentAt) === localDay(now) ? timeText(sentAt) : dateText(sentAt);
  return { kind, icon, text: `${text} ${when}`, why };
}

/**
 * *12 · Nguyễn Văn Đức*.
 * @param {{house_no?: string | null, head_name: string}} household
 */
export function labelOf({ house_no, head_name }) {
  return house_no ? `${house_no} · ${head_name}` : head_name;
}

/**
 * *Hộ Nguyễn Văn Đức*.
 * @param {{head_name: string}} household
 */
export function titleOf({ head_name }) {
  return _("Hộ %(name)s", { name: head_name });
}

/**
 * *Số 12, Ngõ 3, Thôn Đông*.
 * @param {Household} household
 * @param {Book} book
 */
export function addressOf({ house_no, alley, hamlet_id }, book) {
  const number = house_no && /^\d/.test(house_no) ? _("Số %(number)s", { number: house_no }) : house_no;
  return [number, alley, hamletName(book, hamlet_id)].filter(Boolean).join(", ");
}

/**
 * @param {Book} book
 * @param {string} id
 */
export function hamletName(book, id) {
  return book.hamlets.find((hamlet) => hamlet.id === id)?.name ?? "";
}

/**
 * A visit's services, each with what came of it and for how many.
 * @param {Visit} visit
 * @param {Book} book
 */
export function servicesOf(visit, book) {
  return visit.services.map(({ code, outcome, people }) => {
    const service = book.services.find((known) => known.code === code);
    const count = service?.unit === "applications" ? _("%(n)s hồ sơ", { n: people }) : _("%(n)s người", { n: people });
    return `${service?.label.vi ?? code}: ${OUTCOMES[outcome] ?? outcome}, ${count}`;
  });
}

/**
 * A visit in one line: *Đã hỗ trợ: Cài VNeID, Quét VietQR*.
 * @param {Visit} visit
 * @param {Book} book
 */
export function summaryOf(visit, book) {
  const labels = visit.services.map(({ code }) => book.services.find((known) => known.code === code)?.label.vi ?? code);
  const result = RESULTS[visit.result] ?? visit.result;
  return labels.length ? `${result}: ${labels.join(", ")}` : result;
}

/**
 * Why the commune sent a visit back, in the supervisor's words.
 * @param {Visit} visit
 */
export function reasonOf({ review: { reason, note } }) {
  const words = [REASONS[reason] ?? reason, maskDigits(note ?? "")];
  return words.filter(Boolean).join(": ") || _("Xã nhắc xem lại lượt này.");
}

/**
 * The field of the form that the commune means, or an empty text.
 * @param {Visit} visit
 */
export function markedField({ review: { reason, field } }) {
  return field === "household" || (!field && reason === "wrong_household") ? "household_id" : field;
}

/**
 * A date stays readable; any other run of nine digits or more, however it is spaced out, does not: up to three blanks
 * and signs between two digits, any number of brackets and of characters that take no room.
 */
const DIGITS =
  /(\p{Nd}{1,2}[/.-]\p{Nd}{1,2}[/.-]\p{Nd}{4}(?!\p{Nd}))|\p{Nd}(?:[()[\]{}\p{M}\p{Cf}\u115f\u1160\u3164]*(?:[\s.,/_+\u00b7\u2010-\u2015\u2022\u2212-][()[\]{}\p{M}\p{Cf}\u115f\u1160\u3164]*){0,3}\p{Nd}){8,}/gu;

/**
 * A note with every run of nine digits or more hidden but its last two (product.md §6.3). app/core/text.py has the
 * same; both are held to tests/contract/vectors/text.json.
 * @param {string} note
 */
export function maskDigits(note) {
  return note.replace(
    DIGITS,
    (run, date) => date ?? [...run].map((sign, place, { length }) => (place < length - 2 ? "•" : sign)).join(""),
  );
}
