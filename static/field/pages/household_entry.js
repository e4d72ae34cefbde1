// What stands in the form of a household: from its fields, from the household; checked; what of it changed.

import { _ } from "../strings.js";
import { readText } from "./fields.js";
import { isAnew } from "./mending.js";

/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {"head_name" | "house_no" | "alley" | "phone"} Field */

/**
 * What was typed, as it is stored, and a sentence for each field that cannot be.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
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
  const digits = phone.replace(/\D/g, "").length;
  if (digits < 9 || !/^\+?[\d\s.-]{9,20}$/.test(phone)) return _("Số điện thoại chưa đúng. Xem lại các chữ số.");
  return consent ? "" : _("Chỉ lưu số điện thoại khi gia đình đồng ý.");
}

/**
 * The fields that differ from what is known.
 * @param {Household} household
 * @param {Record<Field, string>} entry
 */
export function changes(household, entry) {
  const names = /** @type {Field[]} */ (Object.keys(entry));
  /** @type {Partial<Record<Field, string>>} */
  const changed = {};
  for (const name of names) if (entry[name] !== (household[name] ?? "")) changed[name] = entry[name];
  return changed;
}

/**
 * What mends a household of which something was refused, and the op_ids it stands for. One that is made anew cannot
 * have left the list yet: such a refusal stays, to be mended after it.
 * @param {import("./mending.js").Mending} refused
 * @param {Record<Field, string>} entry
 * @returns {{changed: Record<string, any>, replaces: string[]}}
 */
export function mended(refused, entry) {
  const { first, all } = refused;
  const anew = isAnew(refused);
  const amends = all.filter(({ type }) => type === "household.amend");
  const given = anew ? first.data : Object.assign({}, ...amends.map(({ data }) => data));
  const replaced = anew ? all.filter(({ data }) => !data.state) : all;
  return { changed: { ...given, ...entry }, replaces: replaced.map(({ op_id }) => op_id) };
}

/**
 * The form of a household, as it is known.
 * @param {Household} household
 */
export function fieldsOf({ head_name, house_no, alley, phone }) {
  const fields = new URLSearchParams({ head_name, house_no: house_no ?? "", alley: alley ?? "", phone: phone ?? "" });
  if (phone) fields.set("phone_consent", "yes");
  return fields;
}
