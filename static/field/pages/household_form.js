// Adding a household, and amending one.

import { load } from "../store/drafts.js";
import { append, fixes } from "../store/outbox.js";
import { book } from "../store/replica.js";
import { _ } from "../strings.js";
import { alikeTo } from "./alike.js";
import { found, page, see } from "./answers.js";
import { boxOf, formOf, readText } from "./fields.js";
import { standing } from "./reach.js";
import { sentenceOf } from "./refusals.js";
import { labelOf } from "./words.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./answers.js").SignedIn} SignedIn */
/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */

/** @typedef {"head_name" | "house_no" | "alley" | "phone"} Field */
/** @typedef {Record<Field | "hamlet_id", string>} Entry */

/**
 * @typedef {object} Form What the page shows besides the fields.
 * @property {string} id
 * @property {string} draft
 * @property {string} title
 * @property {string} action
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
  const draft = await load(ask.account.account_id, "household:new");
  const fields = draft ? formOf(draft) : new URLSearchParams({ head_name: nameIn(ask.url.searchParams.get("name")) });
  return show({ ...newForm(ask, fields.get("id")), resumed: draft !== null }, fields);
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function addHousehold(ask) {
  const { account, form: fields, world } = ask;
  const known = await book(account.account_id);
  const form = newForm(ask, fields.get("id"));
  const { entry, errors } = read(fields);
  const hamlet_id = fields.get("hamlet_id") || (account.hamlets.length === 1 ? account.hamlets[0].id : "");
  if (!account.hamlets.some(({ id }) => id === hamlet_id)) errors.hamlet_id = _("Chọn thôn, bản hoặc tổ dân phố.");
  if (boxOf(errors).length) return show(form, fields, errors);
  const alike = alikeTo(known, { ...entry, hamlet_id }).filter(({ id }) => id !== form.id);
  if (alike.length && !fields.has("sure"))
    return show(
      form,
      fields,
      {},
      alike.map((row) => line(known, row, world.now())),
    );
  const consent = entry.phone ? { phone: entry.phone, phone_consent: true } : {};
  const { head_name, house_no, alley } = entry;
  const data = { id: form.id, hamlet_id, head_name, house_no, alley, ...consent };
  await append(account.account_id, { ...saving(ask, form), type: "household.add", data });
  return see(`/field/households/${form.id}?done=saved`);
}

/**
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function showEdit(ask) {
  const household = await householdOf(ask);
  const draft = await load(ask.account.account_id, `household:edit:${household.id}`);
  const fields = draft ? formOf(draft) : fieldsOf(household);
  return show({ ...(await editForm(ask, household, fields.get("id"))), resumed: draft !== null }, fields);
}

/**
 * Only what changed is sent, so that it merges with what others change elsewhere.
 * @param {SignedIn} ask
 * @returns {Promise<Answer>}
 */
export async function amendHousehold(ask) {
  const { account, form: fields } = ask;
  const household = await householdOf(ask);
  const form = await editForm(ask, household, fields.get("id"));
  const { entry, errors } = read(fields);
  if (boxOf(errors).length) return show(form, fields, errors);
  const refused = await refusedOf(ask, household);
  const changed = refused ? { ...refused.data, ...entry } : changes(household, entry);
  const data = { ...changed, ...(changed.phone ? { phone_consent: true } : {}), id: household.id };
  if (Object.keys(data).length > 1) {
    const type = refused?.type ?? "household.amend";
    const base = type === "household.amend" ? { base_version: household.version } : {};
    const replaces = refused ? { replaces: refused.op_id } : {};
    await append(account.account_id, { ...saving(ask, form), ...replaces, type, data: { ...data, ...base } });
  }
  return see(`/field/households/${household.id}?done=saved`);
}

/** @param {SignedIn} ask */
async function householdOf({ account, params }) {
  return found((await book(account.account_id)).households, params.id);
}

/**
 * The refused operation that the household's form mends, if there is one.
 * @param {SignedIn} ask
 * @param {Household} household
 */
async function refusedOf({ account }, { step, op_id }) {
  if (step !== "fix") return undefined;
  return (await fixes(account.account_id)).find((refused) => refused.op_id === op_id);
}

/**
 * @param {SignedIn} ask
 * @param {string | null} id
 * @returns {Form}
 */
function newForm({ account, world }, id) {
  return {
    id: id || world.newId(),
    draft: "household:new",
    title: _("Thêm hộ mới"),
    action: "/field/households/new",
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
  const refused = await refusedOf(ask, household);
  const address = `/field/households/${household.id}`;
  return {
    id: id || ask.world.newId(),
    draft: `household:edit:${household.id}`,
    title: _("Sửa thông tin hộ"),
    action: `${address}/edit`,
    fix: refused ? sentenceOf(refused) : "",
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
 * What was typed, as it is stored, and a sentence for each field that cannot be.
 * @param {URLSearchParams} fields
 */
function read(fields) {
  const name = readText(fields.get("head_name"), { most: 120, required: _("Nhập tên chủ hộ.") });
  const number = readText(fields.get("house_no"), { most: 60 });
  const alley = readText(fields.get("alley"), { most: 160 });
  const phone = readText(fields.get("phone"), { most: 20 });
  /** @type {Record<Field, string>} */
  const entry = { head_name: name.text, house_no: number.text, alley: alley.text, phone: phone.text };
  /** @type {Record<string, string>} */
  const errors = {
    head_name: name.error,
    house_no: number.error,
    alley: alley.error,
    phone: phone.error || phoneError(phone.text, fields.has("phone_consent")),
  };
  return { entry, errors };
}

/**
 * Law 91/2025/QH15: a number is kept only with consent given at the door (product.md §6.2).
 * @param {string} phone
 * @param {boolean} consent
 */
function phoneError(phone, consent) {
  if (!phone) return "";
  if (!/^\+?[\d\s.-]{9,20}$/.test(phone)) return _("Số điện thoại chưa đúng. Xem lại các chữ số.");
  return consent ? "" : _("Chỉ lưu số điện thoại khi gia đình đồng ý.");
}

/**
 * @param {Household} household
 * @param {Record<Field, string>} entry
 */
function changes(household, entry) {
  const names = /** @type {Field[]} */ (Object.keys(entry));
  /** @type {Partial<Entry>} */
  const changed = {};
  for (const name of names) if (entry[name] !== (household[name] ?? "")) changed[name] = entry[name];
  return changed;
}

/** @param {Household} household */
function fieldsOf({ head_name, house_no, alley, phone }) {
  const fields = new URLSearchParams({ head_name, house_no: house_no ?? "", alley: alley ?? "", phone: phone ?? "" });
  if (phone) fields.set("phone_consent", "yes");
  return fields;
}

/**
 * What was searched for is taken for a name, unless it has digits in it.
 * @param {string | null} searched
 */
function nameIn(searched) {
  return searched && !/\d/.test(searched) ? searched : "";
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
