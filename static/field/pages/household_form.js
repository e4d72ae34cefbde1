// Adding a household, and amending one.

import * as drafts from "../store/drafts.js";
import { amend, append } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { alikeTo } from "./alike.js";
import { homeAt, isSavedElsewhere, page, see } from "./answers.js";
import { boxOf, formOf } from "./fields.js";
import { changes, fieldsOf, mended, read } from "./household_entry.js";
import { isAnew, refusedOf } from "./mending.js";
import { standing } from "./reach.js";
import { sentenceOf } from "./refusals.js";
import { unsaved } from "./unsaved.js";
import { labelOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */

/**
 * @typedef {object} Form What the page shows besides the fields.
 * @property {string} id
 * @property {string} draft
 * @property {string} title
 * @property {string} action
 * @property {string} message
 * @property {string} fix
 * @property {{href: string, label: string}} cancel
 * @property {{id: string, name: string}[]} hamlets to choose from
 * @property {boolean} resumed it goes on from a draft
 */

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showNew(ask) {
  const draft = await drafts.load(ask.account.account_id, "household:new");
  const fields = draft ? formOf(draft) : new URLSearchParams({ head_name: nameIn(ask.url.searchParams.get("name")) });
  return show({ ...newForm(ask, fields.get("id")), resumed: draft !== null }, fields);
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function addHousehold(ask) {
  const { account, form: fields } = ask;
  const known = await book(account.account_id);
  const form = newForm(ask, fields.get("id"));
  const { entry, errors } = read(fields);
  const hamlet_id = fields.get("hamlet_id") || (account.hamlets.length === 1 ? account.hamlets[0].id : "");
  if (account.hamlets.length === 0) errors[""] = _("Chưa được giao thôn nào. Hỏi cán bộ xã.");
  else if (!account.hamlets.some(({ id }) => id === hamlet_id)) errors.hamlet_id = _("Chọn thôn, bản hoặc tổ dân phố.");
  if (boxOf(errors).length) return show(form, fields, errors);
  const alike = alikeTo(known, { ...entry, hamlet_id }).filter(({ id }) => id !== form.id);
  if (alike.length && !fields.has("sure")) return showAlike(ask, form, known, alike);
  const consent = entry.phone ? { phone: entry.phone, phone_consent: true } : {};
  const { head_name, house_no, alley } = entry;
  const data = { id: form.id, hamlet_id, head_name, house_no, alley, ...consent };
  try {
    const saved = await append(account.account_id, { ...saving(ask, form), type: "household.add", data });
    return saved.differs ? await askAgain(ask, form.id) : see(`/field/households/${form.id}?done=saved`);
  } catch (fault) {
    return show(form, fields, unsaved(fault));
  }
}

/**
 * Another tab has saved this form with another content: whether it is one household or two, a person knows. If that one
 * was given up since, this one is simply new.
 * @param {SignedIn} ask
 * @param {string} id of the household saved
 * @returns {Promise<Answer>}
 */
async function askAgain(ask, id) {
  const { account, form: fields } = ask;
  const known = await book(account.account_id);
  const form = newForm(ask, null);
  fields.set("id", form.id);
  const saved = known.households.get(id);
  if (!saved) return addHousehold(ask);
  const typed = Object.fromEntries([...fields.keys()].map((name) => [name, fields.getAll(name)]));
  await drafts.save(account.account_id, form.draft, typed);
  return showAlike(ask, form, known, [saved]);
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showEdit(ask) {
  const household = await householdOf(ask);
  const draft = await drafts.load(ask.account.account_id, `household:edit:${household.id}`);
  const fields = draft ? formOf(draft) : fieldsOf(household);
  return show({ ...(await editForm(ask, household, fields.get("id"))), resumed: draft !== null }, fields);
}

/**
 * Only what changed is sent, so that it merges with what others change elsewhere.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function amendHousehold(ask) {
  const { form: fields } = ask;
  const household = await householdOf(ask);
  const form = await editForm(ask, household, fields.get("id"));
  const { entry, errors } = read(fields);
  if (boxOf(errors).length) return show(form, fields, errors);
  try {
    await save(ask, form, household, entry);
  } catch (fault) {
    return show(form, fields, unsaved(fault));
  }
  return see(`/field/households/${household.id}?done=saved`);
}

/**
 * @param {SignedIn} ask
 * @param {Form} form
 * @param {Household} household
 * @param {ReturnType<typeof read>["entry"]} entry
 */
async function save(ask, form, household, entry) {
  const { account_id } = ask.account;
  const refused = await refusedOf(account_id, "household.", household);
  const { changed, replaces } = refused ? mended(refused, entry) : { changed: changes(household, entry) };
  const data = { ...changed, ...(changed.phone ? { phone_consent: true } : {}), id: household.id };
  if (Object.keys(data).length === 1) return;
  const written = isAnew(refused)
    ? { type: /** @type {const} */ ("household.add"), data }
    : { type: /** @type {const} */ ("household.amend"), data: { ...data, base_version: household.version } };
  await amend(account_id, { ...saving(ask, form), ...written, replaces }, ask.world.newId);
}

/** @param {SignedIn} ask */
async function householdOf({ account, params }) {
  return homeAt(await book(account.account_id), params.id);
}

/**
 * @param {SignedIn} ask
 * @param {string | null} id
 * @returns {Form}
 */
function newForm({ account, url, world }, id) {
  return {
    id: id || world.newId(),
    draft: "household:new",
    title: _("Thêm hộ mới"),
    action: "/field/households/new",
    message: isSavedElsewhere(url) ? _("Một hộ vừa được lưu ở cửa sổ khác.") : "",
    fix: "",
    cancel: { href: "/field/households", label: _("Hộ dân") },
    hamlets: account.hamlets,
    resumed: false,
  };
}

/**
 * @param {SignedIn} ask
 * @param {Household} household
 * @param {string | null} id
 * @returns {Promise<Form>}
 */
async function editForm(ask, household, id) {
  const refused = await refusedOf(ask.account.account_id, "household.", household);
  const address = `/field/households/${household.id}`;
  return {
    id: id || ask.world.newId(),
    draft: `household:edit:${household.id}`,
    title: _("Sửa thông tin hộ"),
    action: `${address}/edit`,
    message: isSavedElsewhere(ask.url) ? _("Hộ này đã được lưu ở cửa sổ khác.") : "",
    fix: refused ? sentenceOf(refused.first) : "",
    cancel: { href: address, label: labelOf(household) },
    hamlets: [],
    resumed: false,
  };
}

/**
 * @param {SignedIn} ask
 * @param {Form} form
 */
function saving({ world }, { id, draft }) {
  return { id, draft, at: world.now().toISOString() };
}

/**
 * What was searched for is taken for a name, unless it has digits in it.
 * @param {string | null} searched
 */
function nameIn(searched) {
  return searched && !/\d/.test(searched) ? searched : "";
}

/**
 * The form with the question whether it is one of these.
 * @param {SignedIn} ask
 * @param {Form} form
 * @param {Book} known
 * @param {Household[]} alike
 */
function showAlike({ form: fields, world }, form, known, alike) {
  const lines = alike.map((row) => line(known, row, world.now()));
  return show(form, fields, {}, lines);
}

/**
 * @param {Book} known
 * @param {Household} household
 * @param {Date} now
 */
function line(known, household, now) {
  const details = [household.alley, standing(known, household, now).line].filter(Boolean).join(" · ");
  return { href: `/field/households/${household.id}`, label: labelOf(household), line: details };
}

/**
 * @param {Form} form
 * @param {URLSearchParams} fields
 * @param {Record<string, string>} [sentences] by field
 * @param {{href: string, label: string, line: string}[]} [alike]
 */
function show({ hamlets, ...form }, fields, sentences = {}, alike = []) {
  const errors = boxOf(sentences);
  const context = {
    ...form,
    errors,
    alike,
    head_name: fields.get("head_name") ?? "",
    house_no: fields.get("house_no") ?? "",
    alley: fields.get("alley") ?? "",
    phone: fields.get("phone") ?? "",
    phone_consent: fields.has("phone_consent"),
    hamlets: hamlets.map(({ id, name }) => ({ id, name, chosen: fields.get("hamlet_id") === id })),
    head_name_error: sentences.head_name ?? "",
    house_no_error: sentences.house_no ?? "",
    alley_error: sentences.alley ?? "",
    phone_error: sentences.phone ?? "",
    hamlet_error: sentences.hamlet_id ?? "",
  };
  return page("household_form", context, errors.length || alike.length ? 422 : 200);
}
