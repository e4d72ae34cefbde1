// The form of a visit that is recorded: corrects it, or what was refused of it, and answers the commune that returned it.

import { _ } from "../../core/strings.ts";
import { loadDraft } from "../../store/drafts.ts";
import { amend, hasPlausibleDate } from "../../store/outbox.ts";
import { visitContent } from "../../store/undoLog.ts";
import type { Visit } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList, fieldsOfDraft, readText } from "../fields.ts";
import { localDay } from "../formats.ts";
import { markedField, returnReason } from "../labels.ts";
import { refusalText, refusedField } from "../log/refusals.ts";
import { loadRefused, mustRecreate, type RefusedOperations } from "../log/refusedOperations.ts";
import { isSavedElsewhere, type PageResponse, page, redirect, type SignedInRequest, survivorOf } from "../responses.ts";
import { formNotSaved } from "../saveFailed.ts";
import { checkEntry, type Entry, entryFromVisit, operationData, parseEntry } from "./visitEntry.ts";
import { type Form, fieldsContext, type Shown, statusOf } from "./visitForm.ts";
import { formContext, ownVisit } from "./visitSave.ts";

/** What the page shows besides what the form of a new visit has. */
type EditForm = Form & {
  /** the visit's, as the form shows it */
  version: number;
  /** when the return was decided that the form shows, or an empty text */
  seen_return: string;
  /** why the visit was refused, and why it was returned, each with the field to correct */
  reasons: Reason[];
  withdraw: string;
  /** whether the commune can be answered: it returned the visit, or an answer was begun */
  reply: boolean;
  answer: string;
};
type Reason = { text: string; link: { id: string; label: string } | null };

/** The fields that a refusal or a returned visit may name. */
const FIELD_LINKS: Record<string, { id: string; label: string }> = {
  household_id: { id: "household", label: _("Hộ") },
  result: { id: "result", label: _("Kết quả") },
  services: { id: "services", label: _("Việc hướng dẫn") },
  note: { id: "note", label: _("Ghi chú") },
  follow_up_on: { id: "follow_up", label: _("Hẹn quay lại") },
  needs: { id: "needs", label: _("Còn cần gì?") },
  answer: { id: "answer", label: _("Trả lời cán bộ") },
};
const ANSWER = { most: 500, lines: true };

export async function showEdit(request: SignedInRequest): Promise<PageResponse> {
  const { account, params, url } = request;
  const view = await loadView(account.account_id);
  const draft = await loadDraft(account.account_id, `visit:edit:${params.id}`);
  const fields = fieldsOfDraft(draft ?? {});
  const visit = draft && !view.visits.has(params.id) ? lostVisit(params.id, fields) : ownVisit(request, view);
  const entry = draft ? parseEntry(fields) : entryFromVisit(visit);
  const household_id = url.searchParams.get("household_id") || entry.household_id || visit.household_id;
  const refused = await loadRefused(account.account_id, "visit.", visit);
  const form = editForm(request, visit, refused, fields);
  return showForm(
    { ...form, resumed: draft !== null },
    { ...entry, household_id },
    formContext(request, view, household_id, fields),
  );
}

/** @param sentences by field */
function showForm(form: EditForm, entry: Entry, shown: Shown, sentences: Record<string, string> = {}) {
  const context = { ...fieldsContext(form, entry, shown, sentences), answer_error: sentences.answer ?? "" };
  return page("visit_edit", context, statusOf(sentences));
}

/** Saves what was changed in a visit, also in one that has left the phone while the form was open. */
export async function amendVisit(request: SignedInRequest): Promise<PageResponse> {
  const { account, params, form: fields, env } = request;
  const view = await loadView(account.account_id);
  const visit = view.visits.has(params.id) ? ownVisit(request, view) : lostVisit(params.id, fields);
  const refused = await loadRefused(account.account_id, "visit.", visit);
  const form = editForm(request, visit, refused, fields);
  const entry = parseEntry(fields);
  const chosen = survivorOf(view, entry.household_id);
  const household_id = view.households.has(chosen) ? chosen : visit.household_id;
  const shown = formContext(request, view, household_id, fields);
  const known = { services: view.services, before: visit.follow_up_on };
  const answer = readText(fields.get("answer"), ANSWER);
  const errors = { ...checkEntry(entry, localDay(env.now()), known), answer: answer.error };
  if (errorList(errors).length) return showForm(form, { ...entry, household_id }, shown, errors);
  const data = { id: visit.id, ...operationData({ ...entry, household_id }) };
  // A page of an older build does not have the field.
  const seen = fields.has("seen_return") ? { seen_return: fields.get("seen_return") || null } : {};
  const read = answer.text ? { ...seen, answer: answer.text } : seen;
  try {
    const saving = amendment(visit, refused, { data, read }, env.now().toISOString());
    await amend(account.account_id, { ...saving, id: form.id, draft: form.draft }, env.newId);
  } catch (error) {
    return showForm(form, { ...entry, household_id }, shown, formNotSaved(error));
  }
  return redirect(`/field/visits/${visit.id}/saved`);
}

/**
 * The operation that amends a visit. If the server never accepted the visit, it is recorded again and replaces the
 * refused operations, with the time of the first recording unless the phone had no valid clock then. Correcting a
 * refused or returned visit cannot be undone (`before` is undefined): that would not restore the refusal or the return.
 * @param typed `read`: the return that the form showed, and the answer to it
 */
function amendment(
  visit: Visit,
  refused: RefusedOperations | undefined,
  { data, read }: { data: Record<string, unknown>; read: { seen_return?: string | null; answer?: string } },
  now: string,
) {
  const replaces = refused?.all.map(({ op_id }) => op_id);
  if (refused && mustRecreate(refused)) {
    const at = hasPlausibleDate(refused.first) ? refused.first.at : now;
    const { quick = false } = refused.first.data;
    return { type: "visit.record" as const, data: { ...data, quick }, at, replaces };
  }
  const amended = { ...data, base_version: visit.version, ...read };
  const before = refused || visit.step === "returned" || !("recorded_by" in visit) ? undefined : visitContent(visit);
  return { type: "visit.amend" as const, data: amended, at: now, replaces, before };
}

/** What a form knows of its visit when the phone does not have it any more. */
function lostVisit(id: string, fields: URLSearchParams) {
  const known = { id, version: Number(fields.get("version")) || 1, household_id: fields.get("household_id") ?? "" };
  return { ...known, step: "sent", follow_up_on: null as string | null } as Visit;
}

function editForm(
  { url, env }: SignedInRequest,
  visit: Visit,
  refused: RefusedOperations | undefined,
  fields: URLSearchParams,
): EditForm {
  // Also under an amendment that was refused: one save settles both.
  const returned = ["returned", "fix"].includes(visit.step) && visit.review?.state === "returned";
  const answer =
    fields.get("answer") ?? String(refused?.all.filter(({ data }) => data.answer).at(-1)?.data.answer ?? "");
  return {
    id: fields.get("id") || env.newId(),
    visit: visit.id,
    version: visit.version,
    seen_return: (returned && visit.review.at) || "",
    draft: `visit:edit:${visit.id}`,
    title: _("Sửa lượt thăm"),
    action: `/field/visits/${visit.id}/edit`,
    message: isSavedElsewhere(url) ? _("Lượt này đã được lưu ở cửa sổ khác.") : "",
    reasons: [
      ...(refused ? [reason(refusalText(refused.first), refusedField(refused.first))] : []),
      ...(returned ? [reason(returnReason(visit), markedField(visit))] : []),
    ],
    marked_field: refused ? refusedField(refused.first) : returned ? markedField(visit) : "",
    change: `/field/visits/${visit.id}/household`,
    withdraw: `/field/visits/${visit.id}/withdraw`,
    resumed: false,
    reply: returned || answer !== "",
    answer,
  };
}

function reason(text: string, field: string): Reason {
  return { text, link: FIELD_LINKS[field] ?? null };
}
