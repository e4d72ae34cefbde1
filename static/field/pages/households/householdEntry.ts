// The fields of the household form: read and validated, filled from a household, compared with it.

import { _ } from "../../core/strings.ts";
import { normalizePhone } from "../../store/accounts.ts";
import type { Household } from "../../store/view/overlay.ts";
import { readText } from "../fields.ts";
import { localNumber } from "../formats.ts";
import { mustRecreate, type RefusedOperations } from "../log/refusedOperations.ts";

type Field = "head_name" | "house_no" | "alley" | "phone";

/** The fields as they are stored, and an error sentence for each invalid one. */
export function readEntry(fields: URLSearchParams) {
  const name = readText(fields.get("head_name"), { most: 120, required: _("Nhập tên chủ hộ.") });
  const number = readText(fields.get("house_no"), { most: 60, numeric: true });
  const alley = readText(fields.get("alley"), { most: 160, numeric: true });
  const phone = readText(fields.get("phone"), { most: 20, numeric: true });
  const entry: Record<Field, string> = {
    head_name: name.text,
    house_no: number.text,
    alley: alley.text,
    phone: phone.text,
  };
  const errors: Record<string, string> = {
    head_name: name.error,
    house_no: number.error,
    alley: alley.error,
    phone: phone.error || phoneError(phone.text, fields.has("phone_consent")),
  };
  return { entry, errors };
}

/**
 * What the form showed when it was opened, in hidden fields. Whether a field was changed is told by that, not by what
 * others have written since. A page of an older build does not say.
 */
export function shownFields(fields: URLSearchParams, household: Partial<Household>) {
  const shown = (name: Field) => fields.get(`was_${name}`) ?? household[name] ?? "";
  return { head_name: shown("head_name"), house_no: shown("house_no"), alley: shown("alley"), phone: shown("phone") };
}

/** The entry with the number in its stored form if it is the same number: the form shows another one. */
export function withStoredPhone(household: { phone: string | null }, entry: Record<Field, string>) {
  const phone = household.phone ?? "";
  return normalizePhone(entry.phone) === normalizePhone(phone) ? { ...entry, phone } : entry;
}

/** Law 91/2025/QH15: a phone number is stored only with the household's consent (product.md §6.2). */
function phoneError(phone: string, consent: boolean) {
  if (!phone) return "";
  const digits = phone.replace(/\D/g, "").length;
  if (digits < 9 || !/^\+?[\d\s.-]{9,20}$/.test(phone)) return _("Số điện thoại chưa đúng. Xem lại các chữ số.");
  return consent ? "" : _("Chỉ lưu số điện thoại khi gia đình đồng ý.");
}

/** The fields that differ from the household. */
export function changedFields(household: Partial<Record<Field, string | null>>, entry: Record<Field, string>) {
  const names = Object.keys(entry) as Field[];
  const changed: Partial<Record<Field, string>> = {};
  for (const name of names) if (entry[name] !== (household[name] ?? "")) changed[name] = entry[name];
  return changed;
}

/**
 * The data of the operation that corrects a household with refused operations, and the op_ids it replaces. If the
 * household must be recreated, a refused change of its state is not replaced: it can only be applied afterwards.
 */
export function correction(
  refused: RefusedOperations,
  entry: Record<Field, string>,
): { changed: Record<string, unknown>; replaces: string[] } {
  const { first, all } = refused;
  const recreated = mustRecreate(refused);
  const amends = all.filter(({ type }) => type === "household.amend");
  const refusedData = recreated ? first.data : Object.assign({}, ...amends.map(({ data }) => data));
  const replaced = recreated ? all.filter(({ data }) => !data.state) : all;
  return { changed: { ...refusedData, ...entry }, replaces: replaced.map(({ op_id }) => op_id) };
}

/** The form fields of a household. */
export function fieldsOfHousehold({ head_name, house_no, alley, phone }: Household) {
  const number = localNumber(phone ?? "");
  const fields = new URLSearchParams({ head_name, house_no: house_no ?? "", alley: alley ?? "", phone: number });
  if (phone) fields.set("phone_consent", "yes");
  return fields;
}
