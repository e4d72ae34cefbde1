// Recording a visit, amending one.

import { contentOf } from "../store/acts.js";
import { load } from "../store/drafts.js";
import { amend, append, isDated } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { found, homeAt, isSavedElsewhere, NotHere, see } from "./answers.js";
import { boxOf, formOf } from "./fields.js";
import { localDay } from "./formats.js";
import { isAnew, refusedOf } from "./mending.js";
import { refusedField, sentenceOf } from "./refusals.js";
import { unsaved } from "./unsaved.js";
import { check, dataOf, entryOf, entryOfVisit } from "./visit_entry.js";
import { showForm } from "./visit_form.js";
import { markedField, reasonOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Visit} Visit */
/** @typedef {import("./mending.js").Mending} Mending */
/** @typedef {import("./visit_entry.js").Entry} Entry */
/** @typedef {import("./visit_form.js").Form} Form */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showNew(ask) {
  const { account, params } = ask;
  const known = await book(account.account_id);
  const household = homeAt(known, params.id);
  const { at, draft } = await draftAt(account.account_id, known, household.id);
  const fields = formOf(draft ?? {});
  const form = { ...newForm(ask, at, fields), resumed: draft !== null };
  return showForm(form, entryOf(fields), scene(ask, known, household.id));
}

/**
 * Saves a new visit.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function recordVisit(ask) {
  const { account, params, form: fields, world } = ask;
  const known = await book(account.account_id);
  const household = homeAt(known, params.id);
  const form = newForm(ask, params.id, fields);
  const entry = { ...entryOf(fields), household_id: household.id };
  const errors = check(entry, localDay(world.now()));
  if (boxOf(errors).length) return showForm(form, entry, scene(ask, known, household.id), errors);
  try {
    return see(`/field/visits/${await record(ask, form, entry)}/saved`);
  } catch (fault) {
    return showForm(form, entry, scene(ask, known, household.id), unsaved(fault));
  }
}

/**
 * The form's id is the visit's and the operation's, so a second tap saves nothing new. What was written differently,
 * in another tab or after going back, is the same visit told better: an amendment, of which the server keeps both
 * versions, and the visit counts once. If that visit has been taken back meanwhile, it is a visit of its own.
 * @param {SignedIn} ask
 * @param {Form} form
 * @param {Entry} entry
 * @returns {Promise<string>} the visit's id
 */
async function record({ account: { account_id }, world }, { id, draft }, entry) {
  const saving = { draft, at: world.now().toISOString() };
  const data = dataOf(entry);
  const { differs } = await append(account_id, {
    ...saving,
    id,
    type: "visit.record",
    data: { id, ...data, quick: false },
    before: null,
  });
  if (!differs) return id;
  const other = world.newId();
  const visit = (await book(account_id)).visits.get(id);
  if (!visit) {
    const anew = { id: other, ...data, quick: false };
    await append(account_id, { ...saving, id: other, type: "visit.record", data: anew, before: null });
    return other;
  }
  const amended = { id, ...data, base_version: visit.version };
  await append(account_id, { ...saving, id: other, type: "visit.amend", data: amended, before: contentOf(visit) });
  return id;
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showEdit(ask) {
  const { account, url } = ask;
  const known = await book(account.account_id);
  const visit = ownVisit(ask, known);
  const draft = await load(account.account_id, `visit:edit:${visit.id}`);
  const entry = draft ? entryOf(formOf(draft)) : entryOfVisit(visit);
  const household_id = url.searchParams.get("household_id") || entry.household_id || visit.household_id;
  const refused = await refusedOf(account.account_id, "visit.", visit);
  const form = editForm(ask, visit, refused, formOf(draft ?? {}));
  return showForm({ ...form, resumed: draft !== null }, { ...entry, household_id }, scene(ask, known, household_id));
}

/**
 * Saves what was changed in a visit.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function amendVisit(ask) {
  const { account, form: fields, world } = ask;
  const known = await book(account.account_id);
  const visit = ownVisit(ask, known);
  const refused = await refusedOf(account.account_id, "visit.", visit);
  const form = editForm(ask, visit, refused, fields);
  const entry = entryOf(fields);
  const chosen = known.aliases.get(entry.household_id) ?? entry.household_id;
  const household_id = known.households.has(chosen) ? chosen : visit.household_id;
  const errors = check(entry, localDay(world.now()), visit.follow_up_on);
  if (boxOf(errors).length) return showForm(form, { ...entry, household_id }, scene(ask, known, household_id), errors);
  const data = { id: visit.id, ...dataOf({ ...entry, household_id }) };
  try {
    const saving = amendment(visit, refused, data, world.now().toISOString());
    await amend(account.account_id, { ...saving, id: form.id, draft: form.draft }, world.newId);
  } catch (fault) {
    return showForm(form, { ...entry, household_id }, scene(ask, known, household_id), unsaved(fault));
  }
  return see(`/field/visits/${visit.id}/saved`);
}

/**
 * What is to be saved of a visit; one that the server had refused is offered again in place of what was refused of it.
 * It happened when it happened, not when it was mended, unless the phone had no clock then. Mending cannot be taken back:
 * nothing would bring the refusal back, nor the commune's word.
 * @param {Visit} visit
 * @param {Mending | undefined} refused
 * @param {Record<string, unknown>} data
 * @param {string} now
 */
function amendment(visit, refused, data, now) {
  const replaces = refused?.all.map(({ op_id }) => op_id);
  if (refused && isAnew(refused)) {
    const at = isDated(refused.first) ? refused.first.at : now;
    const { quick = false } = refused.first.data;
    return { type: /** @type {const} */ ("visit.record"), data: { ...data, quick }, at, replaces };
  }
  const amended = { ...data, base_version: visit.version };
  const before = refused || visit.step === "returned" ? undefined : contentOf(visit);
  return { type: /** @type {const} */ ("visit.amend"), data: amended, at: now, replaces, before };
}

/**
 * The visit in the address, if it is the reader's own: only its author changes it.
 * @param {SignedIn} ask
 * @param {Book} known
 * @returns {Visit}
 */
export function ownVisit({ account, params }, known) {
  const visit = found(known.visits, params.id);
  if (visit.recorded_by !== account.account_id) throw new NotHere(visit.id);
  return visit;
}

/**
 * @param {SignedIn} ask
 * @param {string} householdId
 * @param {URLSearchParams} fields
 * @returns {Form}
 */
function newForm({ world }, householdId, fields) {
  return {
    id: fields.get("id") || world.newId(),
    draft: draftOf(householdId),
    title: _("Ghi lượt thăm"),
    action: `/field/households/${householdId}/visit`,
    message: "",
    fix: "",
    marked: "",
    change: "",
    withdraw: "",
    resumed: false,
  };
}

/**
 * @param {SignedIn} ask
 * @param {Visit} visit
 * @param {Mending | undefined} refused
 * @param {URLSearchParams} fields
 * @returns {Form}
 */
function editForm({ url, world }, visit, refused, fields) {
  const returned = visit.step === "returned";
  return {
    id: fields.get("id") || world.newId(),
    visit: visit.id,
    draft: `visit:edit:${visit.id}`,
    title: _("Sửa lượt thăm"),
    action: `/field/visits/${visit.id}/edit`,
    message: isSavedElsewhere(url) ? _("Lượt này đã được lưu ở cửa sổ khác.") : "",
    fix: refused ? sentenceOf(refused.first) : returned ? reasonOf(visit) : "",
    marked: refused ? refusedField(refused.first) : returned ? markedField(visit) : "",
    change: `/field/visits/${visit.id}/household`,
    withdraw: `/field/visits/${visit.id}/withdraw`,
    resumed: false,
  };
}

/**
 * What is being written of a household, be it under the id of one that was merged into it: the form goes on under that.
 * @param {string} accountId
 * @param {Book} known
 * @param {string} householdId
 */
async function draftAt(accountId, { aliases }, householdId) {
  const merged = [...aliases].flatMap(([id, to]) => (to === householdId ? [id] : []));
  for (const at of [householdId, ...merged]) {
    const draft = await load(accountId, draftOf(at));
    if (draft) return { at, draft };
  }
  return { at: householdId, draft: null };
}

/** @param {string} householdId */
function draftOf(householdId) {
  return `visit:new:${householdId}`;
}

/**
 * @param {SignedIn} ask
 * @param {Book} known
 * @param {string} householdId
 */
function scene({ account, world }, known, householdId) {
  const id = known.aliases.get(householdId) ?? householdId;
  return { book: known, household: known.households.get(id), reader: account.account_id, now: world.now() };
}
