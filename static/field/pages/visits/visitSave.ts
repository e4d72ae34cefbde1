// The form of a new visit. visitEdit.ts has that of one that is recorded.

import { _ } from "../../core/strings.ts";
import { loadDraft } from "../../store/drafts.ts";
import { append } from "../../store/outbox.ts";
import { visitContent } from "../../store/undoLog.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList, fieldsOfDraft } from "../fields.ts";
import { localDay } from "../formats.ts";
import {
  findRow,
  NotFound,
  type PageResponse,
  redirect,
  type SignedInRequest,
  survivorOf,
  undoneText,
} from "../responses.ts";
import { formNotSaved } from "../saveFailed.ts";
import { mustAsk } from "./secondVisit.ts";
import { checkEntry, type Entry, operationData, parseEntry } from "./visitEntry.ts";
import { type Form, showForm } from "./visitForm.ts";

export async function showNew(request: SignedInRequest): Promise<PageResponse> {
  const { account, params } = request;
  const view = await loadView(account.account_id);
  const household_id = survivorOf(view, params.id);
  const { at, draft } = await findDraft(account.account_id, view, household_id);
  if (!draft) findRow(view.households, household_id);
  const fields = fieldsOfDraft(draft ?? {});
  const form = { ...newForm(request, at, fields), resumed: draft !== null };
  return showForm(form, { ...parseEntry(fields), household_id }, formContext(request, view, household_id, fields));
}

/** Saves a new visit, also of a household that has left the list while the form was open: the server decides. */
export async function recordVisit(request: SignedInRequest): Promise<PageResponse> {
  const { account, params, form: fields, env } = request;
  const view = await loadView(account.account_id);
  const household_id = survivorOf(view, params.id);
  const form = newForm(request, params.id, fields);
  const entry = { ...parseEntry(fields), household_id };
  const shown = formContext(request, view, household_id, fields);
  const errors = checkEntry(entry, localDay(env.now()), view);
  if (errorList(errors).length) return showForm(form, entry, shown, errors);
  try {
    if (await mustAsk(request, view, form, household_id)) return redirect(`${form.action}/again`);
    return redirect(`/field/visits/${await record(request, form, entry)}/saved`);
  } catch (error) {
    return showForm(form, entry, shown, formNotSaved(error));
  }
}

/**
 * The form's id is the id of the visit and of the operation, so a second tap saves nothing new. If the same form was
 * saved with other content before (in another tab, or after Back), this is an amendment of that visit: the server keeps
 * both versions and counts one visit. If that visit was withdrawn meanwhile, a new visit is recorded.
 * @returns the visit's id
 */
async function record(
  { account: { account_id }, env }: SignedInRequest,
  { id, draft }: Form,
  entry: Entry,
): Promise<string> {
  const saving = { draft, at: env.now().toISOString() };
  const data = operationData(entry);
  const { differs } = await append(account_id, {
    ...saving,
    id,
    type: "visit.record",
    data: { id, ...data, quick: false },
    before: null,
  });
  if (!differs) return id;
  const other = env.newId();
  const visit = (await loadView(account_id)).visits.get(id);
  if (!visit) {
    const recreated = { id: other, ...data, quick: false };
    await append(account_id, { ...saving, id: other, type: "visit.record", data: recreated, before: null });
    return other;
  }
  const amended = { id, ...data, base_version: visit.version, seen_return: null };
  await append(account_id, { ...saving, id: other, type: "visit.amend", data: amended, before: visitContent(visit) });
  return id;
}

/** The visit in the address. Throws `NotFound` unless it is the reader's own: only its author may change it. */
export function ownVisit({ account, params }: SignedInRequest, view: View): Visit {
  const visit = findRow(view.visits, params.id);
  if (visit.recorded_by !== account.account_id) throw new NotFound(visit.id);
  return visit;
}

function newForm({ env, url }: SignedInRequest, householdId: string, fields: URLSearchParams): Form {
  return {
    id: fields.get("id") || env.newId(),
    draft: draftKey(householdId),
    title: _("Ghi lượt thăm"),
    action: `/field/households/${householdId}/visit`,
    message: undoneText(url),
    marked_field: "",
    change: "",
    resumed: false,
    again: fields.get("again") ?? "",
  };
}

/** The draft of a visit to this household, or to one merged into it, and the household id it is stored under. */
async function findDraft(accountId: string, { aliases }: View, householdId: string) {
  const merged = [...aliases].flatMap(([id, to]) => (to === householdId ? [id] : []));
  for (const at of [householdId, ...merged]) {
    const draft = await loadDraft(accountId, draftKey(at));
    if (draft) return { at, draft };
  }
  return { at: householdId, draft: null };
}

export function draftKey(householdId: string) {
  return `visit:new:${householdId}`;
}

export function formContext(
  { account, env }: SignedInRequest,
  view: View,
  householdId: string,
  fields: URLSearchParams,
) {
  const household = view.households.get(survivorOf(view, householdId));
  const number = household?.house_no ?? fields.get("number") ?? "";
  return { view, household, number, reader: account.account_id, now: env.now() };
}
