// Recording a visit, amending one, withdrawing one.

import { load } from "../store/drafts.js";
import { append, fixes } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { found, NotHere, page, see } from "./answers.js";
import { boxOf, formOf } from "./fields.js";
import { localDay, momentText } from "./formats.js";
import { refusedField, sentenceOf } from "./refusals.js";
import { check, dataOf, entryOf, entryOfVisit } from "./visit_entry.js";
import { showForm } from "./visit_form.js";
import { labelOf, markedField, reasonOf, summaryOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/db.js").Refused} Refused */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Visit} Visit */
/** @typedef {import("./visit_form.js").Form} Form */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showNew(ask) {
  const { account, params } = ask;
  const known = await book(account.account_id);
  const household = found(known.households, params.id);
  const draft = await load(account.account_id, draftOf(household.id));
  const fields = formOf(draft ?? {});
  const form = { ...newForm(ask, household.id, fields), resumed: draft !== null };
  return showForm(form, entryOf(fields), scene(ask, known, household.id));
}

/**
 * Saves a new visit. The form's id is the visit's and the operation's, so a second tap saves nothing new; what was
 * written differently since then becomes an amendment.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function recordVisit(ask) {
  const { account, params, form: fields, world } = ask;
  const known = await book(account.account_id);
  const household = found(known.households, params.id);
  const form = newForm(ask, household.id, fields);
  const entry = { ...entryOf(fields), household_id: household.id };
  const errors = check(entry, localDay(world.now()));
  if (boxOf(errors).length) return showForm(form, entry, scene(ask, known, household.id), errors);
  const data = { id: form.id, ...dataOf(entry) };
  const saving = { id: form.id, draft: form.draft, at: world.now().toISOString() };
  const saved = await append(account.account_id, { ...saving, type: "visit.record", data });
  if (saved.differs) {
    const base_version = known.visits.get(form.id)?.version ?? 0;
    await append(account.account_id, {
      ...saving,
      id: world.newId(),
      type: "visit.amend",
      data: { ...data, base_version },
    });
  }
  return see(`/field/visits/${form.id}/saved`);
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
  const form = editForm(ask, visit, await refusedOf(ask, visit), formOf(draft ?? {}));
  return showForm({ ...form, resumed: draft !== null }, { ...entry, household_id }, scene(ask, known, household_id));
}

/**
 * Saves what was changed in a visit; one that the server had refused is offered again in place of the refused operation.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function amendVisit(ask) {
  const { account, form: fields, world } = ask;
  const known = await book(account.account_id);
  const visit = ownVisit(ask, known);
  const refused = await refusedOf(ask, visit);
  const form = editForm(ask, visit, refused, fields);
  const entry = entryOf(fields);
  const household_id = known.households.has(entry.household_id) ? entry.household_id : visit.household_id;
  const errors = check(entry, localDay(world.now()));
  if (boxOf(errors).length) return showForm(form, { ...entry, household_id }, scene(ask, known, household_id), errors);
  const anew = refused?.type === "visit.record" && refused.code !== "already_exists";
  const base = anew ? {} : { base_version: visit.version };
  await append(account.account_id, {
    id: form.id,
    type: anew ? "visit.record" : "visit.amend",
    data: { id: visit.id, ...dataOf({ ...entry, household_id }), ...base },
    // A visit offered anew happened when it happened, not when it was mended.
    at: anew ? refused.at : world.now().toISOString(),
    draft: form.draft,
    ...(refused ? { replaces: refused.op_id } : {}),
  });
  return see(`/field/visits/${visit.id}/saved`);
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function confirmWithdrawal(ask) {
  const known = await book(ask.account.account_id);
  const visit = ownVisit(ask, known);
  const household = known.households.get(visit.household_id);
  return page("confirm", {
    id: ask.world.newId(),
    title: _("Rút lại lượt này?"),
    subject: household ? labelOf(household) : "",
    sentence: _("%(summary)s, %(when)s. Lượt đã rút không tính nữa và không lấy lại được.", {
      summary: summaryOf(visit, known),
      when: momentText(visit.occurred_at),
    }),
    action: `/field/visits/${visit.id}/withdraw`,
    button: _("Rút lại"),
    cancel: `/field/visits/${visit.id}/edit`,
  });
}

/**
 * [Rút lại], and [Hoàn tác] straight after saving.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function withdrawVisit(ask) {
  const { account, form, world } = ask;
  const undo = form.get("undo");
  const visit = (await book(account.account_id)).visits.get(ask.params.id);
  if (visit) {
    ownVisit(ask, await book(account.account_id));
    await append(account.account_id, {
      id: form.get("id") || world.newId(),
      type: "visit.withdraw",
      data: { id: visit.id },
      at: world.now().toISOString(),
      draft: `visit:edit:${visit.id}`,
    });
  }
  return see(undo ? `/field/households/${undo}?done=undone` : "/field/log?done=withdrawn");
}

/**
 * The visit in the address, if it is the reader's own: only its author changes it.
 * @param {SignedIn} ask
 * @param {Book} known
 * @returns {Visit}
 */
function ownVisit({ account, params }, known) {
  const visit = found(known.visits, params.id);
  if (visit.recorded_by !== account.account_id) throw new NotHere(visit.id);
  return visit;
}

/**
 * @param {SignedIn} ask
 * @param {Visit} visit
 */
async function refusedOf({ account }, { step, op_id }) {
  if (step !== "fix") return undefined;
  return (await fixes(account.account_id)).find((refused) => refused.op_id === op_id);
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
 * @param {Refused | undefined} refused
 * @param {URLSearchParams} fields
 * @returns {Form}
 */
function editForm({ world }, visit, refused, fields) {
  const returned = visit.step === "returned";
  return {
    id: fields.get("id") || world.newId(),
    draft: `visit:edit:${visit.id}`,
    title: _("Sửa lượt thăm"),
    action: `/field/visits/${visit.id}/edit`,
    fix: refused ? sentenceOf(refused) : returned ? reasonOf(visit) : "",
    marked: refused ? refusedField(refused) : returned ? markedField(visit) : "",
    change: `/field/visits/${visit.id}/household`,
    withdraw: `/field/visits/${visit.id}/withdraw`,
    resumed: false,
  };
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
  const household = found(known.households, householdId);
  return { book: known, household, reader: account.account_id, now: world.now() };
}
