// What a leader writes for the report: its form, saving and withdrawing it.

import { _ } from "../../core/strings.ts";
import { loadDraft } from "../../store/drafts.ts";
import type { Remark } from "../../store/view/overlay.ts";
import { loadView, replicaStatus } from "../../store/view/replica.ts";
import { saveChange, saveNew, saveWithdrawal } from "../authoredRecord.ts";
import { errorList, fieldsOfDraft, formErrors, readText } from "../fields.ts";
import { dayAfter, isDay, localDay } from "../formats.ts";
import { hasLongNumber } from "../labels.ts";
import { refusalText } from "../log/refusals.ts";
import { loadRefused, type RefusedOperations } from "../log/refusedOperations.ts";
import {
  findRow,
  isSavedElsewhere,
  NotFound,
  type PageResponse,
  page,
  redirect,
  type SignedInRequest,
} from "../responses.ts";
import { formNotSaved, saveFailed } from "../saveFailed.ts";
import { daysText, monthOf } from "./months.ts";
import { KIND_LABELS } from "./remarkKinds.ts";

/** What the form is about. */
type Subject = {
  /** undefined: a new one */
  remark: Remark | undefined;
  refused: RefusedOperations | undefined;
  draft: string;
  monthStart: number;
};

const MAX_TEXT = 1000;
/** An earlier day would count as this many days before the receipt. */
const MAX_DAYS_AGO = 60;

/** The form of a new remark, or of the one in the address. */
export async function showRemarkForm(request: SignedInRequest): Promise<PageResponse> {
  const { account, params } = request;
  const draft = await loadDraft(account.account_id, params.id ? `remark:edit:${params.id}` : "remark:new");
  const subject = await loadSubject(request, draft ? fieldsOfDraft(draft) : undefined);
  const fields = draft ? fieldsOfDraft(draft) : fieldsOf(subject.remark, localDay(request.env.now()));
  return show(request, subject, fields, {}, draft !== null);
}

/** Saves a new remark, or what was changed in one. */
export async function saveRemark(request: SignedInRequest): Promise<PageResponse> {
  const subject = await loadSubject(request, request.form);
  const { data, errors } = readEntry(request.form, subject.remark, localDay(request.env.now()));
  if (errorList(errors).length) return show(request, subject, request.form, errors);
  try {
    await (subject.remark
      ? saveChange(request, subject, "remark", subject.remark, data)
      : saveNew(request, subject, "remark", data, async (id) =>
          (await loadView(request.account.account_id)).remarks.get(id),
        ));
  } catch (error) {
    return show(request, subject, request.form, formNotSaved(error));
  }
  return redirect(`/field/month?done=saved&remark=${subject.remark?.id ?? request.form.get("id")}`);
}

export function confirmRemarkWithdrawal(request: SignedInRequest): Promise<PageResponse> {
  return showWithdrawal(request);
}

/** [Rút], once it is confirmed. A remark that the server never accepted is discarded instead. */
export async function withdrawRemark(request: SignedInRequest): Promise<PageResponse> {
  const { account_id } = request.account;
  const { id } = request.params;
  if ((await loadView(account_id)).remarks.has(id)) {
    const subject = await loadSubject(request);
    try {
      await saveWithdrawal(request, subject, "remark", subject.remark);
    } catch (error) {
      return showWithdrawal(request, saveFailed(error));
    }
  }
  return redirect("/field/month?done=withdrawn");
}

/**
 * The remark in the address. A new one is a leader's to begin; throws `NotFound` for others, and for a remark that the
 * phone does not have, unless something is typed already.
 */
async function loadSubject(
  { account: { account_id }, params: { id } }: SignedInRequest,
  typed?: URLSearchParams,
): Promise<Subject> {
  const [view, status] = await Promise.all([loadView(account_id), replicaStatus(account_id)]);
  const monthStart = status.month_start_day ?? 1;
  if (!id && !status.is_leader && !typed) throw new NotFound("remark");
  if (!id) return { remark: undefined, refused: undefined, draft: "remark:new", monthStart };
  const remark = typed && !view.remarks.has(id) ? lostRemark(id, typed) : findRow(view.remarks, id);
  const refused = await loadRefused(account_id, "remark.", remark);
  return { remark, refused, draft: `remark:edit:${id}`, monthStart };
}

/** What a form knows of its remark when the phone does not have it any more. */
function lostRemark(id: string, fields: URLSearchParams) {
  const known = { id, version: Number(fields.get("version")) || 1 };
  return known as unknown as Remark;
}

function fieldsOf(remark: Remark | undefined, today: string) {
  if (!remark) return new URLSearchParams({ about_on: today });
  const { kind, text, about_on } = remark;
  return new URLSearchParams({ kind, text, about_on });
}

/** The data of `remark.record` and `remark.amend`, and an error sentence for each invalid field. */
function readEntry(fields: URLSearchParams, remark: Remark | undefined, today: string) {
  const kind = fields.get("kind") ?? "";
  const { text, error } = readText(fields.get("text"), { most: MAX_TEXT, required: _("Ghi nội dung."), lines: true });
  const about_on = fields.get("about_on") ?? "";
  const isRecent = isDay(about_on) && about_on <= today && about_on >= dayAfter(today, -MAX_DAYS_AGO);
  const numbers = hasLongNumber(text) ? _("Có dãy số dài như số điện thoại, số tài khoản. Xóa dãy số đó rồi lưu.") : "";
  const errors: Record<string, string> = {
    kind: kind in KIND_LABELS ? "" : _("Chọn một loại."),
    text: error || numbers,
    about_on: isRecent || about_on === remark?.about_on ? "" : _("Chọn tháng."),
  };
  return { data: { kind, text, about_on }, errors };
}

/** This month and the one before; of a remark for an earlier month, that one too. The value is a day of the month. */
function monthChoices(chosen: string, today: string, start: number) {
  const months = [0, 1].map((back) => monthOf(today, back, start));
  const choices = months.map((month, back) => {
    const isChosen = chosen >= month.first && chosen <= month.last;
    const label = back ? _("Tháng trước") : _("Tháng này");
    const day = back ? month.last : today;
    return { value: isChosen ? chosen : day, label, days: daysText(month), chosen: isChosen };
  });
  if (!isDay(chosen) || choices.some((one) => one.chosen)) return choices;
  const month = monthOf(chosen, 0, start);
  const label = _("Tháng %(month)s", { month: month.name });
  return [...choices, { value: chosen, label, days: daysText(month), chosen: true }];
}

/**
 * @param sentences by field
 * @param resumed it goes on from a draft
 */
function show(
  { url, env }: SignedInRequest,
  { remark, refused, draft, monthStart }: Subject,
  fields: URLSearchParams,
  sentences: Record<string, string>,
  resumed: boolean = false,
) {
  const faults = formErrors(sentences);
  const context = {
    id: fields.get("id") || env.newId(),
    title: remark ? _("Sửa ý kiến") : _("Viết ý kiến cho báo cáo"),
    action: remark ? `/field/remarks/${remark.id}/edit` : "/field/remarks/new",
    withdraw: remark ? `/field/remarks/${remark.id}/withdraw` : "",
    message: isSavedElsewhere(url) ? _("Ý kiến này đã được lưu ở cửa sổ khác.") : "",
    refusal: refused ? refusalText(refused.first) : "",
    draft,
    resumed,
    ...faults,
    version: remark?.version ?? 0,
    kinds: Object.entries(KIND_LABELS).map(([value, label]) => ({
      value,
      label,
      chosen: fields.get("kind") === value,
    })),
    text: fields.get("text") ?? "",
    months: monthChoices(fields.get("about_on") ?? "", localDay(env.now()), monthStart),
    kind_error: sentences.kind ?? "",
    text_error: sentences.text ?? "",
    month_error: sentences.about_on ?? "",
  };
  return page("remark_form", context, faults.errors.length ? 422 : 200);
}

async function showWithdrawal(request: SignedInRequest, sentences: Record<string, string> = {}) {
  const { remark } = await loadSubject(request);
  const errors = errorList(sentences);
  const context = {
    id: request.env.newId(),
    errors,
    title: _("Bỏ ý kiến này?"),
    subject: remark?.text ?? "",
    sentence: _("Ý kiến đã bỏ không vào báo cáo nữa và không lấy lại được."),
    action: `/field/remarks/${remark?.id}/withdraw`,
    button: _("Bỏ ý kiến này"),
    cancel: `/field/remarks/${remark?.id}/edit`,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}
