// Why the server refused an operation and what to do: one sentence for each code of the protocol.

import { _ } from "../../core/strings.ts";

const SENTENCES: Record<string, string> = {
  household_unknown: _("Hộ này không còn trong danh sách được giao. Chọn lại hộ, hoặc báo cán bộ."),
  visit_unknown: _("Nơi nhận không tìm thấy lượt này. Ghi lại lượt mới nếu cần."),
  outreach_session_unknown: _("Nơi nhận không tìm thấy buổi này. Ghi lại buổi mới nếu cần."),
  remark_unknown: _("Nơi nhận không tìm thấy ý kiến này. Viết lại nếu cần."),
  leader_only: _("Chỉ tổ trưởng gửi được ý kiến cho báo cáo. Báo cán bộ."),
  too_many_remarks: _("Đã đủ số ý kiến của một tháng. Viết vào ý kiến đã có, hoặc bỏ bớt rồi lưu lại."),
  hamlet_unknown: _("Thôn này không còn được giao. Chọn lại thôn, hoặc báo cán bộ."),
  service_unknown: _("Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại."),
  outcome_not_allowed: _("Có kết quả không hợp với việc đã chọn. Chọn lại kết quả của việc đó."),
  service_required: _("Chọn ít nhất một việc đã hướng dẫn."),
  services_not_allowed: _("Vắng nhà hoặc chưa cần hỗ trợ thì không ghi việc đã hướng dẫn. Chọn lại kết quả."),
  duplicate_service: _("Có việc ghi hai lần. Chọn lại các việc đã hướng dẫn."),
  invalid: _("Có chỗ ghi chưa đúng. Xem lại rồi lưu."),
  too_large: _("Lượt này quá dài. Bớt ghi chú rồi lưu lại."),
  not_author: _("Lượt này do người khác ghi nên không sửa được."),
  withdrawn: _("Lượt này đã bỏ trước đó."),
  period_closed: _("Kỳ này đã chốt nên chưa sửa được. Nội dung vừa ghi vẫn còn trên máy. Báo cán bộ."),
  already_exists: _("Bản ghi này đã có từ trước. Xem lại rồi lưu."),
  changed_at_desk: _("Cán bộ vừa sửa buổi này. Xem lại chỗ vừa ghi rồi lưu."),
  conflict: _("Người khác vừa sửa thông tin này. Xem lại rồi lưu."),
  op_reused: _("Việc đã ghi này trùng mã với việc khác. Xem lại rồi lưu."),
  text_refused: _("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu."),
  version_unknown: _("Nơi nhận chưa biết việc ghi của phiên bản này. Báo cán bộ."),
  commune_unknown: _("Bản ghi này thuộc nơi khác. Báo cán bộ."),
  too_many_answers: _("Lượt này đã có 20 lần trả lời. Xóa lời trả lời rồi lưu, hoặc gọi cán bộ."),
  phone_without_consent: _("Số điện thoại không được lưu: gia đình chưa đồng ý trên máy hoặc trên giấy."),
  consent_withdrawn: _("Số điện thoại không được lưu: gia đình đã rút đồng ý."),
  phone_invalid: _("Số điện thoại chưa đúng. Xem lại các chữ số."),
  follow_up_invalid: _("Ngày hẹn chưa đúng. Chọn lại ngày hẹn."),
  unappliable: _("Nơi nhận chưa lưu được việc đã ghi này. Xem lại rồi lưu, hoặc báo cán bộ."),
};

/** These cannot be corrected in a form. */
const NOT_CORRECTABLE = new Set([
  "not_author",
  "withdrawn",
  "visit_unknown",
  "outreach_session_unknown",
  "remark_unknown",
  "version_unknown",
  "commune_unknown",
]);

const LEFT_OUT = new Set(["phone_without_consent", "consent_withdrawn"]);

const REFUSED_FIELDS: Record<string, string> = {
  household_unknown: "household_id",
  hamlet_unknown: "hamlet_id",
  services_not_allowed: "result",
  follow_up_invalid: "follow_up_on",
  service_unknown: "services",
  outcome_not_allowed: "services",
  service_required: "services",
  duplicate_service: "services",
};

/** The sentence for a refused operation. */
export function refusalText({ code }: { code: string }) {
  return SENTENCES[code] ?? _("Nơi nhận chưa lưu được việc đã ghi này. Xem lại rồi lưu, hoặc báo cán bộ.");
}

/** What the server left out of an operation that it applied; an empty text if that is nothing. */
export function leftOutText(code = "") {
  return LEFT_OUT.has(code) ? SENTENCES[code] : "";
}

/** Whether it can be corrected in a form. */
export function isCorrectable({ code, type }: { code: string; type: string }) {
  return !/\.withdraw$|^request/.test(type) && !NOT_CORRECTABLE.has(code);
}

/** The form field that the refusal is about, or an empty text. */
export function refusedField({ code, fields }: { code: string; fields: string[] }) {
  return REFUSED_FIELDS[code] ?? fields[0] ?? "";
}
