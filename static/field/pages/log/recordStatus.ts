// The status of a record: its step and, if there is one, the reason: why it was refused or returned, why it is in
// quarantine, what the commune has decided.

import type { OwnDays } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import type { Cause, Household, OutreachSession, Remark, Step, Visit } from "../../store/view/overlay.ts";
import { returnReason, stepBadge } from "../labels.ts";
import { refusalText } from "./refusals.ts";

/** Why an operation is in quarantine, by its code. */
const QUARANTINE_REASONS: Record<string, string> = {
  conflict: _("Người khác cũng vừa sửa chỗ này. Cán bộ sẽ chọn."),
  revoked: _("Máy này đã bị thu hồi."),
  moved: _("Đã gửi đến địa chỉ cũ. Bản ghi này sẽ được chuyển sang địa chỉ mới."),
  foreign_epoch: _("Nơi nhận vừa lấy lại dữ liệu cũ. Cán bộ sẽ xem lại."),
  op_reused: _("Trùng mã với việc đã ghi khác. Cán bộ sẽ xem lại."),
  too_many: _("Máy này ghi quá nhiều trong một ngày. Cán bộ sẽ xem lại."),
  erased_label: _("Hộ này đã được xóa theo yêu cầu. Cán bộ sẽ xem lại."),
  newer: _("Nơi nhận chưa được nâng cấp. Việc đã ghi này tự vào sổ sau."),
  unappliable: _("Đã gửi nhưng nơi nhận chưa ghi vào sổ được. Cán bộ sẽ xem lại."),
};

/** What an operation in quarantine waits for, by its type. */
const MISSING_REASONS: Record<string, string> = {
  "visit.amend": _("Lượt này chưa có ở nơi nhận."),
  "visit.withdraw": _("Lượt này chưa có ở nơi nhận."),
  "outreach.amend": _("Buổi này chưa có ở nơi nhận."),
  "outreach.withdraw": _("Buổi này chưa có ở nơi nhận."),
  "remark.amend": _("Ý kiến này chưa có ở nơi nhận."),
  "remark.withdraw": _("Ý kiến này chưa có ở nơi nhận."),
};

/** What the commune has dropped, by the operation's type. */
const DROPPED_REASONS: Record<string, string> = {
  "household.add": _("Cán bộ không nhận hộ này."),
  "household.amend": _("Cán bộ không nhận lần sửa này."),
  "visit.record": _("Cán bộ không nhận lượt này."),
  "visit.amend": _("Cán bộ không nhận lần sửa này. Lượt vẫn như trước."),
  "visit.withdraw": _("Cán bộ không nhận việc bỏ. Lượt này vẫn được tính."),
  "outreach.record": _("Cán bộ không nhận buổi này."),
  "outreach.amend": _("Cán bộ không nhận lần sửa này."),
  "outreach.withdraw": _("Cán bộ không nhận việc bỏ. Buổi này vẫn được tính."),
  "request.record": _("Cán bộ không nhận yêu cầu này."),
  "remark.record": _("Cán bộ không nhận ý kiến này."),
  "remark.amend": _("Cán bộ không nhận lần sửa này."),
  "remark.withdraw": _("Cán bộ không nhận việc bỏ. Ý kiến vẫn trong báo cáo."),
};

/** The badge of a record's step, with its reason. */
export function recordStatus(
  record: Household | Visit | OutreachSession | Remark,
  now: Date,
  ownDays: OwnDays | undefined = undefined,
) {
  const sentAt = "sent_at" in record ? record.sent_at : null;
  const reason = statusReason(record.step, record.cause, isOwn(record.id, ownDays)) || returnedReason(record);
  return stepBadge(record.step, sentAt, now, reason);
}

/** Whether the server has the record although the phone has no row of it. */
export function isOwn(id: string, ownDays: OwnDays | undefined) {
  return Boolean(ownDays?.records.some((one) => one.id === id));
}

/**
 * The reason for a step, or an empty text.
 * @param received the server has the record: its author's own days name it
 */
export function statusReason(step: Step, cause: Cause | null, received: boolean = false) {
  if (step === "duplicate") return _("Đã tính lượt khác.");
  if (!cause) return "";
  const { type, code } = cause;
  if (step === "fix") return refusalText(cause);
  if (step === "dropped") return DROPPED_REASONS[type] ?? "";
  if (step !== "waiting") return "";
  if (received && !(code in QUARANTINE_REASONS)) return _("Nơi này không còn được giao cho bạn. Cán bộ sẽ xem lại.");
  return QUARANTINE_REASONS[code] ?? MISSING_REASONS[type] ?? _("Hộ này chưa có ở nơi nhận, hoặc không còn được giao.");
}

/** Whether its author can still change it: the commune has not dropped the whole record. */
export function isEditable({ step, cause }: Visit | OutreachSession | Remark) {
  return step !== "dropped" || !cause?.type.endsWith(".record");
}

function returnedReason(record: Household | Visit | OutreachSession | Remark) {
  return record.step === "returned" ? returnReason(record as Visit) : "";
}
