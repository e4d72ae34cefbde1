// Records and amends visits.

import { _ } from "../../core/strings.js";
import { loadDraft } from "../../store/drafts.js";
import { amend, append, hasPlausibleDate } from "../../store/outbox.js";
import { visitContent } from "../../store/undoLog.js";
import { loadView } from "../../store/view/replica.js";
import { errorList, fieldsOfDraft } from "../fields.js";
import { localDay } from "../formats.js";
import { markedField, returnReason } from "../labels.js";
import { refusalText, refusedField } from "../log/refusals.js";
import { loadRefused, mustRecreate } from "../log/refusedOperations.js";
import { findRow, isSavedElsewhere, NotFound, redirect, survivorOf, undoneText } from "../responses.js";
import { formNotSaved } from "../saveFailed.js";
import { checkEntry, entryFromVisit, operationData, parseEntry } from "./visitEntry.js";
import { showForm } from "./visitForm.js";

/** @typedef {import("../responses.js").PageResponse} PageResponse */
/** @typedef {import("../responses.js").SignedInRequest} SignedInRequest */
/** @typedef {import("../../store/view/overlay.js").View} View */
/** @typedef {import("../../store/view/overlay.js").Visit} Visit */
/** @typedef {import("../log/refusedOperations.js").RefusedOperations} RefusedOperations */
/** @typedef {import("./visitEntry.js").Entry} Entry */
/** @typedef {import("./visitForm.js").Form} Form */

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function showNew(request) {
  const { account, params } = request;
  const view = await loadView(account.account_id);
  const household_id = survivorOf(view, params.id);
  const { at, draft } = await findDraft(account.account_id, view, household_id);
  if (!draft) findRow(view.households, household_id);
  const fields = fieldsOfDraft(draft ?? {});
  const form = { ...newForm(request, at, fields), resumed: draft !== null };
  return showForm(form, { ...parseEntry(fields), household_id }, formContext(request, view, household_id, fields));
}

/**
 * Saves a new visit, also of a household that has left the list while the form was open: the server decides.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function recordVisit(request) {
  const { account, params, form: fields, env } = request;
  const view = await loadView(account.account_id);
  const household_id = survivorOf(view, params.id);
  const form = newForm(request, params.id, fields);
  const entry = { ...parseEntry(fields), household_id };
  const shown = formContext(request, view, household_id, fields);
  const errors = checkEntry(entry, localDay(env.now()), view);
  if (errorList(errors).length) return showForm(form, entry, shown, errors);
  try {
    return redirect(`/field/visits/${await record(request, form, entry)}/saved`);
  } catch (error) {
    return showForm(form, entry, shown, formNotSaved(error));
  }
}

/**
 * The form's id is the id of the visit and of the operation, so a second tap saves nothing new. If the same form was
 * saved with other content before (in another tab, or after Back), this is an amendment of that visit: the server keeps
 * both versions and counts one visit. If that visit was withdrawn meanwhile, a new visit is recorded.
 * @param {SignedInRequest} request
 * @param {Form} form
 * @param {Entry} entry
 * @returns {Promise<string>} the visit's id
 */
async function record({ account: { account_id }, env }, { id, draft }, entry) {
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

/**
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function showEdit(request) {
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

/**
 * Saves what was changed in a visit, also in one that has left the phone while the form was open.
 * @param {SignedInRequest} request
 * @returns {Promise<PageResponse>}
 */
export async function amendVisit(request) {
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
 * @param {Visit} visit
 * @param {RefusedOperations | undefined} refused
 * @param {{data: Record<string, unknown>, read: {seen_return?: string | null}}} typed `read`: the return that the form showed
 * @param {string} now
 */
function amendment(visit, refused, { data, read }, now) {
  const replaces = refused?.all.map(({ op_id }) => op_id);
  if (refused && mustRecreate(refused)) {
    const at = hasPlausibleDate(refused.first) ? refused.first.at : now;
    const { quick = false } = refused.first.data;
    return { type: /** @type {const} */ ("visit.record"), data: { ...data, quick }, at, replaces };
  }
  const amended = { ...data, base_version: visit.version, ...read };
  const before = refused || visit.step === "returned" || !("recorded_by" in visit) ? undefined : visitContent(visit);
  return { type: /** @type {const} */ ("visit.amend"), data: amended, at: now, replaces, before };
}

/**
 * The visit in the address. Throws `NotFound` unless it is the reader's own: only its author may change it.
 * @param {SignedInRequest} request
 * @param {View} view
 * @returns {Visit}
 */
export function ownVisit({ account, params }, view) {
  const visit = findRow(view.visits, params.id);
  if (visit.recorded_by !== account.account_id) throw new NotFound(visit.id);
  return visit;
}

/**
 * What a form knows of its visit when the phone does not have it any more.
 * @param {string} id
 * @param {URLSearchParams} fields
 */
function lostVisit(id, fields) {
  const known = { id, version: Number(fields.get("version")) || 1, household_id: fields.get("household_id") ?? "" };
  return /** @type {Visit} */ ({ ...known, step: "sent", follow_up_on: /** @type {string | null} */ (null) });
}

/**
 * @param {SignedInRequest} request
 * @param {string} householdId
 * @param {URLSearchParams} fields
 * @returns {Form}
 */
function newForm({ env, url }, householdId, fields) {
  return {
    id: fields.get("id") || env.newId(),
    draft: draftKey(householdId),
    title: _("Ghi lượt thăm"),
    action: `/field/households/${householdId}/visit`,
    message: undoneText(url),
    refusal: "",
    marked_field: "",
    change: "",
    withdraw: "",
    resumed: false,
  };
}

/**
 * @param {SignedInRequest} request
 * @param {Visit} visit
 * @param {RefusedOperations | undefined} refused
 * @param {URLSearchParams} fields
 * @returns {Form}
 */
function editForm({ url, env }, visit, refused, fields) {
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

/**
 * The draft of a visit to this household, or to one merged into it, and the household id it is stored under.
 * @param {string} accountId
 * @param {View} view
 * @param {string} householdId
 */
async function findDraft(accountId, { aliases }, householdId) {
  const merged = [...aliases].flatMap(([id, to]) => (to === householdId ? [id] : []));
  for (const at of [householdId, ...merged]) {
    const draft = await loadDraft(accountId, draftKey(at));
    if (draft) return { at, draft };
  }
  return { at: householdId, draft: null };
}

/** @param {string} householdId */
export function draftKey(householdId) {
  return `visit:new:${householdId}`;
}

/**
 * @param {SignedInRequest} request
 * @param {View} view
 * @param {string} householdId
 * @param {URLSearchParams} fields
 */
function formContext({ account, env }, view, householdId, fields) {
  const household = view.households.get(survivorOf(view, householdId));
  const number = household?.house_no ?? fields.get("number") ?? "";
  return { view, household, number, reader: account.account_id, now: env.now() };
}
