// Sentences about what is queued on the phone.

import type { Operation } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { unsentByPerson } from "../../store/accounts.ts";
import type { View } from "../../store/view/overlay.ts";
import { momentText, numberText } from "../formats.ts";
import { householdLabel } from "../labels.ts";
import type { SignedInRequest } from "../responses.ts";

const HOUR_MS = 3600_000;

/**
 * The warning when the oldest queued operation has waited for one day, or for three; else an empty text. What is sent
 * again after a restore of the server has not waited.
 */
export function lateText(queued: Operation[], now: Date) {
  const at = queued.find(({ acked_version }) => !acked_version)?.at;
  const waited = at ? now.getTime() - Date.parse(at) : 0;
  if (waited >= 72 * HOUR_MS) return _("Hãy đến nơi có mạng, hoặc báo cán bộ.");
  if (waited >= 24 * HOUR_MS && at) return _("Lượt cũ nhất lưu trên máy từ %(when)s.", { when: momentText(at) });
  return "";
}

/** The notice on a revoked phone; else an empty text. Without a session nothing is sent, and `signInText` says so. */
export function erasedText(request: SignedInRequest, erased: boolean) {
  if (!erased) return "";
  const what = mustSignIn(request)
    ? _("Máy này đã bị thu hồi. Danh sách hộ đã xóa khỏi máy.")
    : _("Máy này đã bị thu hồi. Danh sách hộ đã xóa khỏi máy, lượt chưa gửi vẫn được gửi về.");
  return [what, _("Cần dùng lại máy này thì hỏi cán bộ.")].join(" ");
}

/** Whether the session has ended: nothing is sent until somebody signs in again. Recording still works. */
export function mustSignIn({ account, env }: SignedInRequest) {
  return !account.signed_in || env.sync().outcome === "sign_in";
}

/**
 * How many rows *Đã ghi* has for these operations: *3 lượt*, or *3 thay đổi* if one of them withdraws a record. A record
 * and its corrections are one row, each change of a household is its own.
 */
export function amountText(ops: Operation[]) {
  const n = numberText(
    new Set(ops.map(({ type, op_id, data }) => (type.startsWith("household.") ? op_id : data.id))).size,
  );
  return ops.some(({ type }) => type.endsWith(".withdraw")) ? _("%(n)s thay đổi", { n }) : _("%(n)s lượt", { n });
}

/** How many operations are not sent; an empty text if there are none. */
export function unsentText(unsent: Operation[]) {
  return unsent.length ? _("Còn %(what)s chưa gửi.", { what: amountText(unsent) }) : "";
}

/**
 * What others have recorded on this phone and not sent; an empty text if there is nothing.
 * @param exceptId the account of the reader
 */
export async function othersText(exceptId?: string) {
  const people = await unsentByPerson(exceptId);
  const sentences = people.map(({ name, ops }) =>
    _("Máy này còn %(what)s của %(name)s chưa gửi.", { what: amountText(ops), name }),
  );
  return sentences.join(" ");
}

/** The request to sign in again. */
export function signInText(queued: Operation[]) {
  if (queued.length === 0) return _("Đăng nhập lại bằng mã mời mới để nhận danh sách mới.");
  return _("Đăng nhập lại bằng mã mời mới để gửi %(what)s đang lưu trên máy.", { what: amountText(queued) });
}

/** An operation, or a record as one. */
type Labelled = Pick<Operation, "type" | "data"> & { household_id?: string };

/**
 * The label of the household that an operation is about, the place of an outreach session, or the beginning of a
 * remark.
 */
export function operationLabel(op: Labelled, view: View) {
  const { type, data } = op;
  if (type.startsWith("outreach.")) return data.place ?? view.sessions.get(data.id)?.place ?? _("Buổi tuyên truyền");
  if (type.startsWith("remark.")) return remarkLabel(data.text ?? view.remarks.get(data.id)?.text);
  const at = operationHouseholdId(op, view);
  const household = view.households.get(view.aliases.get(at) ?? at);
  if (household) return householdLabel(household);
  if (data.head_name) return householdLabel({ head_name: data.head_name, house_no: data.house_no });
  return type === "visit.withdraw" && !at ? _("Lượt đã bỏ") : _("Hộ không còn trong danh sách");
}

/** @param text of a remark */
export function remarkLabel(text: string = _("Ý kiến cho báo cáo")) {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The id of the household that an operation is about; empty if it is not known any more. */
export function operationHouseholdId({ type, data, household_id }: Labelled, { visits, withdrawn }: View): string {
  if (!type.startsWith("visit.")) return data.household_id ?? data.id;
  return data.household_id || visits.get(data.id)?.household_id || withdrawn.get(data.id) || household_id || "";
}
