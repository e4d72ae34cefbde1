// The form of a visit that is recorded: corrects it, or what was refused of it.

import { _ } from "../../core/strings.ts";
import { loadDraft } from "../../store/drafts.ts";
import { amend, hasPlausibleDate } from "../../store/outbox.ts";
import { visitContent } from "../../store/undoLog.ts";
import type { Visit } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList, fieldsOfDraft } from "../fields.ts";
import { localDay } from "../formats.ts";
import { markedField, returnReason } from "../labels.ts";
import { refusalText, refusedField } from "../log/refusals.ts";
import { loadRefused, mustRecreate, type RefusedOperations } from "../log/refusedOperations.ts";
import { isSavedElsewhere, type PageResponse, redirect, type SignedInRequest, survivorOf } from "../responses.ts";
import { formNotSaved } from "../saveFailed.ts";
import { checkEntry, entryFromVisit, operationData, parseEntry } from "./visitEntry.ts";
import { type Form, showForm } from "./visitForm.ts";
import { formContext, ownVisit } from "./visitSave.ts";

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
  const errors = checkEntry(entry, localDay(env.now()), known);
  if (errorList(errors).length) return showForm(form, { ...entry, household_id }, shown, errors);
  const data = { id: visit.id, ...operationData({ ...entry, household_id }) };
  // A page of an older build does not have the field.
  const read = fields.has("seen_return") ? { seen_return: fields.get("seen_return") || null } : {};
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
 * @param typed `read`: the return that the form showed
 */
function amendment(
  visit: Visit,
  refused: RefusedOperations | undefined,
  { data, read }: { data: Record<string, unknown>; read: { seen_return?: string | null } },
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
): Form {
  const returned = visit.step === "returned";
  return {
    id: fields.get("id") || env.newId(),
    visit: visit.id,
    version: visit.version,
    seen_return: (returned && visit.review.at) || "",
    draft: `visit:edit:${visit.id}`,
    title: _("Sửa lượt thăm"),
    action: `/field/visits/${visit.id}/edit`,
    message: isSavedElsewhere(url) ? _("Lượt này đã được lưu ở cửa sổ khác.") : "",
    refusal: refused ? refusalText(refused.first) : returned ? returnReason(visit) : "",
    marked_field: refused ? refusedField(refused.first) : returned ? markedField(visit) : "",
    change: `/field/visits/${visit.id}/household`,
    withdraw: `/field/visits/${visit.id}/withdraw`,
    resumed: false,
  };
}
