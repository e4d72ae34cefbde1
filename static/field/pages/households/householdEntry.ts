// The fields of the household form: read and validated, filled from a household, compared with it.

import type { Consent } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { normalizePhone } from "../../store/accounts.ts";
import type { Household, View } from "../../store/view/overlay.ts";
import { readText } from "../fields.ts";
import { localNumber } from "../formats.ts";
import { mustRecreate, type RefusedOperations } from "../log/refusedOperations.ts";
import { hasFollowUp } from "./householdStatus.ts";

type Field = "head_name" | "house_no" | "alley" | "phone";
/** Of the text in templates/field/_consent_wording.html (app/fieldwork/households/consents.py). */
const WORDING_VERSION = 1;
type RefusedNumber = { phone?: string; consent?: Consent };

/**
 * The fields as they are stored, and an error sentence for each invalid one.
 * @param agreedPhone the number for which the household has agreed already
 */
export function readEntry(fields: URLSearchParams, agreedPhone = "") {
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
    phone: phone.error || phoneError(phone.text, agreedPhone, readConsent(fields)),
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

/** How the household agreed, by the form; undefined if it did not. */
export function readConsent(fields: URLSearchParams): Consent | undefined {
  const [at, way] = [fields.get("consent_at") ?? "", fields.get("consent_way")];
  if (!at || (way !== "device" && way !== "slip")) return undefined;
  return { at, way, wording_version: WORDING_VERSION };
}

/**
 * What an operation says of the number: the number with its consent, an empty one that withdraws it, or nothing.
 * @param phone as it was typed
 * @param shown what the form showed first
 * @param refused the data of a refused operation that is corrected
 */
export function numberData(
  phone: string,
  shown: string | null,
  consent: Consent | undefined,
  refused: RefusedNumber = {},
) {
  const same = (other: string | null | undefined) => normalizePhone(phone) === normalizePhone(other ?? "");
  if (phone && consent) return { phone, consent };
  if (phone && refused.consent && same(refused.phone)) return { phone, consent: refused.consent };
  return phone || same(shown) ? {} : { phone: "" };
}

/** Law 91/2025/QH15: a phone number is stored only with the household's consent (product.md §6.2). */
function phoneError(phone: string, agreed: string, consent: Consent | undefined) {
  if (!phone || normalizePhone(phone) === normalizePhone(agreed)) return "";
  const digits = phone.replace(/\D/g, "").length;
  if (digits < 9 || !/^\+?[\d\s.-]{9,20}$/.test(phone)) return _("Số điện thoại chưa đúng. Xem lại các chữ số.");
  return consent ? "" : _("Bấm Xin số điện thoại để gia đình đồng ý, hoặc để trống số.");
}

/** The fields of the label that differ from the household. */
export function changedFields(household: Partial<Record<Field, string | null>>, entry: Partial<Record<Field, string>>) {
  const names = Object.keys(entry) as Field[];
  const changed: Record<string, unknown> = {};
  for (const name of names) if (entry[name] !== (household[name] ?? "")) changed[name] = entry[name];
  return changed;
}

/**
 * The data of the operation that corrects a household with refused operations, and the op_ids it replaces. If the
 * household must be recreated, a refused change of its state is not replaced: it can only be applied afterwards.
 */
export function correction(
  refused: RefusedOperations,
  entry: Partial<Record<Field, string>>,
): { changed: Record<string, unknown>; replaces: string[] } {
  const { all } = refused;
  const recreated = mustRecreate(refused);
  const { phone: _phone, consent: _consent, ...refusedData } = refusedHousehold(refused);
  const replaced = recreated ? all.filter(({ data }) => !data.state) : all;
  return { changed: { ...refusedData, ...entry }, replaces: replaced.map(({ op_id }) => op_id) };
}

/** What the refused operations say of the household, the newest last. Builds of before had a tick for consent. */
export function refusedHousehold(refused: RefusedOperations): Record<string, unknown> & RefusedNumber {
  const { phone_consent: _tick, ...data } = refusedFields(refused);
  return data;
}

function refusedFields(refused: RefusedOperations): Record<string, unknown> {
  if (mustRecreate(refused)) return refused.first.data;
  const amends = refused.all.filter(({ type }) => type === "household.amend");
  return Object.assign({}, ...amends.map(({ data }) => data));
}

/**
 * The household, with its number only while it has an appointment: then somebody may have to call. What was refused is
 * shown as it was typed, because somebody corrects it.
 */
export function withShownPhone(view: View, household: Household): Household {
  const isShown = household.step === "fix" || hasFollowUp(view, household.id);
  return isShown ? household : { ...household, phone: null };
}

/** The form fields of a household. */
export function fieldsOfHousehold({ head_name, house_no, alley, phone }: Household) {
  const number = localNumber(phone ?? "");
  return new URLSearchParams({ head_name, house_no: house_no ?? "", alley: alley ?? "", phone: number });
}
