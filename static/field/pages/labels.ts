// Labels of the domain's codes and records, as screens show them. A code without a label, and a label without a code, are
// type errors.

import type { HouseholdState, Outcome, Pillar, Result, ReturnReason } from "../core/protocol.ts";
import { _, language } from "../core/strings.ts";
import type { Household, Step, View, Visit } from "../store/view/overlay.ts";
import { dateText, dayText, localDay, timeText } from "./formats.ts";

export const RESULTS: Record<string, string> = {
  helped: _("Đã hỗ trợ"),
  come_back: _("Hẹn quay lại"),
  not_home: _("Vắng nhà"),
  not_needed: _("Chưa cần hỗ trợ"),
  refused: _("Không tiếp"),
} satisfies Record<Result, string>;

export const OUTCOMES: Record<string, string> = {
  did_it: _("Tự làm được"),
  done_for_them: _("Làm hộ"),
  explained: _("Chỉ cách, chưa làm"),
  already_had: _("Đã có từ trước"),
  referred: _("Chỉ sang nơi khác làm"),
  come_back: _("Hẹn quay lại"),
  declined: _("Không muốn"),
  not_possible: _("Chưa đủ điều kiện"),
} satisfies Record<Outcome, string>;

export const PILLARS: Record<string, string> = {
  eid: _("Định danh điện tử"),
  cashless: _("Thanh toán không tiền mặt"),
  services: _("Dịch vụ công trực tuyến"),
  more: _("Việc khác"),
} satisfies Record<Pillar, string>;

export const HOUSEHOLD_STATES: Record<string, string> = {
  moved: _("Hộ đã chuyển đi"),
  empty: _("Nhà trống"),
  mistake: _("Thêm nhầm"),
} satisfies Record<Exclude<HouseholdState, "active">, string>;

const REASONS: Record<string, string> = {
  duplicate_visit: _("Trùng lượt"),
  wrong_household: _("Sai hộ"),
  missing_information: _("Thiếu thông tin"),
  not_true: _("Không đúng thực tế"),
  other: _("Khác"),
} satisfies Record<ReturnReason, string>;

const STEPS: Record<Step, { icon: string; text: string }> = {
  queued: { icon: "phone", text: _("Chưa gửi") },
  sent: { icon: "done", text: _("Đã gửi") },
  accepted: { icon: "done", text: _("Đã duyệt") },
  returned: { icon: "alert", text: _("Cần sửa") },
  duplicate: { icon: "copy", text: _("Trùng lượt") },
  waiting: { icon: "clock", text: _("Chờ xã xử lý") },
  dropped: { icon: "alert", text: _("Không được nhận") },
  fix: { icon: "alert", text: _("Cần sửa") },
};

/**
 * The badge of a record's step, with the reason `why`. A record sent today shows the time, one sent earlier the date.
 */
export function stepBadge(kind: Step, sentAt: string | null, now: Date, why: string = "") {
  const { icon, text } = STEPS[kind];
  if (kind !== "sent" || !sentAt) return { kind, icon, text, why };
  const when = localDay(sentAt) === localDay(now) ? timeText(sentAt) : dateText(sentAt);
  return { kind, icon, text: `${text} ${when}`, why };
}

/** *12 · Nguyễn Văn Đức*. */
export function householdLabel({ house_no, head_name }: { house_no?: string | null; head_name: string }) {
  return house_no ? `${house_no} · ${head_name}` : head_name;
}

/** *Hộ Nguyễn Văn Đức*. */
export function householdTitle({ head_name }: { head_name: string }) {
  return _("Hộ %(name)s", { name: head_name });
}

/** *Số 12*, *Lô A*; empty without a number. */
export function houseNumber({ house_no }: Household) {
  return house_no && /^\d/.test(house_no) ? _("Số %(number)s", { number: house_no }) : house_no;
}

/** *Số 12, Ngõ 3, Thôn Đông*. */
export function householdAddress(household: Household, view: View) {
  const { alley, hamlet_id } = household;
  return [houseNumber(household), alley, hamletName(view, hamlet_id)].filter(Boolean).join(", ");
}

export function hamletName(view: View, id: string) {
  return view.hamlets.find((hamlet) => hamlet.id === id)?.name ?? "";
}

/** One line for each service of a visit: label, outcome and count. */
export function serviceLines(visit: Visit, view: View) {
  return visit.services.map(({ code, outcome, people }) => {
    const unit = view.services.find((known) => known.code === code)?.unit;
    const count = unit === "applications" ? _("%(n)s hồ sơ", { n: people }) : _("%(n)s người", { n: people });
    return `${serviceLabel(view, code)}: ${OUTCOMES[outcome] ?? outcome}, ${count}`;
  });
}

export function serviceLabel({ services }: View, code: string) {
  return services.find((known) => known.code === code)?.label[language] ?? code;
}

/** The services of a visit: *Cài VNeID, Quét VietQR*. */
export function helpText({ services }: Visit, view: View) {
  return services.map(({ code }) => serviceLabel(view, code)).join(", ");
}

/** A visit in one line: *Đã hỗ trợ: Cài VNeID, Quét VietQR*. */
export function visitSummary(visit: Visit, view: View) {
  const help = helpText(visit, view);
  const appointment = appointmentText(visit);
  const isAppointment = visit.result === "come_back";
  const result = isAppointment ? appointment : (RESULTS[visit.result] ?? visit.result);
  return (help ? `${result}: ${help}` : result) + (appointment && !isAppointment ? `. ${appointment}` : "");
}

/** *Hẹn quay lại 25/11/2026*, which a visit has agreed on; empty if nothing was agreed. */
export function appointmentText({ result, follow_up_on }: Visit) {
  if (follow_up_on) return _("Hẹn quay lại %(date)s", { date: dayText(follow_up_on) });
  return result === "come_back" ? _("Hẹn quay lại, chưa rõ ngày") : "";
}

/** Why the supervisor returned a visit: the reason and the note. */
export function returnReason({ review: { reason, note } }: Visit) {
  const words = [REASONS[reason] ?? reason, maskDigits(note ?? "")];
  return words.filter(Boolean).join(": ") || _("Cán bộ nhắc xem lại lượt này.");
}

/** The form field that the supervisor marked, or an empty text. */
export function markedField({ review: { reason, field } }: Visit) {
  return field === "household" || (!field && reason === "wrong_household") ? "household_id" : field;
}

/**
 * A date (first group, left readable), or a run of nine digits or more. Between two digits there may be up to three
 * blanks or signs, and any number of brackets and zero-width characters.
 */
const DIGITS =
  /(\p{Nd}{1,2}[/.-]\p{Nd}{1,2}[/.-]\p{Nd}{4}(?!\p{Nd}))|\p{Nd}(?:[()[\]{}\p{M}\p{Cf}\u115f\u1160\u3164]*(?:[\s.,/_+\u00b7\u2010-\u2015\u2022\u2212-][()[\]{}\p{M}\p{Cf}\u115f\u1160\u3164]*){0,3}\p{Nd}){8,}/gu;

/** Whether a note has a number that is masked on screens: an identity card's has twelve digits. */
export function hasLongNumber(note: string) {
  return maskDigits(note) !== note;
}

/**
 * Masks every run of nine digits or more except its last two digits (product.md §6.3). app/core/text.py does the same;
 * tests/contract/vectors/text.json tests both.
 */
export function maskDigits(note: string) {
  return note.replace(
    DIGITS,
    (run, date) =>
      date ?? [...run].map((character, index, { length }) => (index < length - 2 ? "•" : character)).join(""),
  );
}
