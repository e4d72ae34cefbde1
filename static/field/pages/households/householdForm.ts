// The form that adds or amends a household.

import { _ } from "../../core/strings.ts";
import * as drafts from "../../store/drafts.ts";
import { amend, append } from "../../store/outbox.ts";
import type { Household, View } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList, fieldsOfDraft, formErrors } from "../fields.ts";
import { householdLabel } from "../labels.ts";
import { refusalText } from "../log/refusals.ts";
import { loadRefused, mustRecreate } from "../log/refusedOperations.ts";
import {
  findHousehold,
  isSavedElsewhere,
  type PageResponse,
  page,
  redirect,
  type SignedInRequest,
  survivorOf,
} from "../responses.ts";
import { formNotSaved } from "../saveFailed.ts";
import {
  changedFields,
  correction,
  fieldsOfHousehold,
  numberData,
  readConsent,
  readEntry,
  refusedHousehold,
  shownFields,
  withShownPhone,
} from "./householdEntry.ts";
import { householdStatus } from "./householdStatus.ts";
import { similarHouseholds } from "./similarHouseholds.ts";

/** What the page shows besides the fields' values. */
type Form = {
  id: string;
  draft: string;
  title: string;
  action: string;
  message: string;
  refusal: string;
  cancel: { href: string; label: string };
  /** of the household that is amended, as the form showed it first */
  version: number;
  /** what it showed then, by field */
  was: { name: string; value: string }[];
  /** to choose from */
  hamlets: { id: string; name: string }[];
  /** it goes on from a draft */
  resumed: boolean;
};

const LIST = { href: "/field/households", label: _("Hộ dân") };

export async function showNewHousehold(request: SignedInRequest): Promise<PageResponse> {
  const draft = await drafts.loadDraft(request.account.account_id, "household:new");
  const fields = draft
    ? fieldsOfDraft(draft)
    : new URLSearchParams(fieldsFromSearch(request.url.searchParams.get("q") ?? ""));
  return show({ ...newForm(request, fields.get("id")), resumed: draft !== null }, fields);
}

export async function addHousehold(request: SignedInRequest): Promise<PageResponse> {
  const { account, form: fields } = request;
  const view = await loadView(account.account_id);
  const form = newForm(request, fields.get("id"));
  const { entry, errors } = readEntry(fields);
  // A hamlet that the account has lost while the form was open stays: the server decides.
  const hamlet_id = fields.get("hamlet_id") || (account.hamlets.length === 1 ? account.hamlets[0].id : "");
  if (!hamlet_id && account.hamlets.length === 0) errors[""] = _("Chưa được giao thôn nào. Hỏi cán bộ.");
  else if (!hamlet_id) errors.hamlet_id = _("Chọn thôn, bản hoặc tổ dân phố.");
  if (errorList(errors).length) return show(form, fields, errors);
  const similar = similarHouseholds(view, { ...entry, hamlet_id }).filter(({ id }) => id !== form.id);
  if (similar.length && !fields.has("sure")) return showSimilar(request, form, view, similar);
  const { phone, ...label } = entry;
  const data = { id: form.id, hamlet_id, ...label, ...numberData(phone, "", readConsent(fields)) };
  try {
    const saved = await append(account.account_id, { ...operationFields(request, form), type: "household.add", data });
    return saved.differs
      ? await askIfSameHousehold(request, form.id)
      : redirect(`/field/households/${form.id}?done=saved`);
  } catch (error) {
    return show(form, fields, formNotSaved(error));
  }
}

/**
 * Another tab has saved this form with different content: asks whether it is the same household. If that one was
 * discarded since, this one is saved as new.
 * @param id of the household saved
 */
async function askIfSameHousehold(request: SignedInRequest, id: string): Promise<PageResponse> {
  const { account, form: fields } = request;
  const view = await loadView(account.account_id);
  const form = newForm(request, null);
  fields.set("id", form.id);
  const saved = view.households.get(id);
  if (!saved) return addHousehold(request);
  const typed = Object.fromEntries([...fields.keys()].map((name) => [name, fields.getAll(name)]));
  await drafts.saveDraft(account.account_id, form.draft, typed);
  return showSimilar(request, form, view, [saved]);
}

export async function showHouseholdForm(request: SignedInRequest): Promise<PageResponse> {
  const draft = await drafts.loadDraft(request.account.account_id, `household:edit:${request.params.id}`);
  const household = await loadHousehold(request, draft ? fieldsOfDraft(draft) : undefined);
  const fields = draft ? fieldsOfDraft(draft) : fieldsOfHousehold(household);
  return show({ ...(await editForm(request, household, fields)), resumed: draft !== null }, fields);
}

/** Sends only the changed fields, so that they merge with changes of other fields by other people. */
export async function amendHousehold(request: SignedInRequest): Promise<PageResponse> {
  const { form: fields } = request;
  const household = await loadHousehold(request, fields);
  const form = await editForm(request, household, fields);
  const refused = await loadRefused(request.account.account_id, "household.", household);
  const before = refused ? refusedHousehold(refused) : {};
  const agreedPhone = refused ? before.consent && before.phone : shownFields(fields, household).phone;
  const { entry, errors } = readEntry(fields, agreedPhone);
  if (errorList(errors).length) return show(form, fields, errors);
  try {
    await save(request, form, household, entry, refused);
  } catch (error) {
    return show(form, fields, formNotSaved(error));
  }
  return redirect("step" in household ? `/field/households/${household.id}?done=saved` : "/field/log?done=saved");
}

async function save(
  request: SignedInRequest,
  form: Form,
  household: Household,
  entry: ReturnType<typeof readEntry>["entry"],
  refused: Awaited<ReturnType<typeof loadRefused>>,
) {
  const { account_id } = request.account;
  const shown = shownFields(request.form, household);
  const { phone, ...label } = entry;
  const { changed, replaces } = refused ? correction(refused, label) : { changed: changedFields(shown, label) };
  const number = numberData(phone, shown.phone, readConsent(request.form), refused ? refusedHousehold(refused) : {});
  const data = { ...changed, ...number, id: household.id };
  if (Object.keys(data).length === 1) return;
  const written = mustRecreate(refused)
    ? { type: "household.add" as const, data }
    : {
        type: "household.amend" as const,
        data: { ...data, base_version: versionShown(request, household) },
      };
  await amend(account_id, { ...operationFields(request, form), ...written, replaces }, request.env.newId);
}

/** The version that the form showed; that of the other household if it was merged into one since. */
function versionShown({ params, form }: SignedInRequest, { id, version }: Household) {
  return (params.id === id && Number(form.get("version"))) || version;
}

/**
 * The household in the address, or what a form knows of it when it has left the list. Throws `NotFound` if nothing is
 * typed either.
 */
async function loadHousehold(
  { account, params: { id } }: SignedInRequest,
  typed?: URLSearchParams,
): Promise<Household> {
  const view = await loadView(account.account_id);
  if (!typed || view.households.has(survivorOf(view, id))) return withShownPhone(view, findHousehold(view, id));
  return { id, version: Number(typed.get("version")) || 1 } as Household;
}

function newForm({ account, url, env }: SignedInRequest, id: string | null): Form {
  return {
    id: id || env.newId(),
    draft: "household:new",
    title: _("Thêm hộ mới"),
    action: "/field/households/new",
    message: isSavedElsewhere(url) ? _("Một hộ vừa được lưu ở cửa sổ khác.") : "",
    refusal: "",
    cancel: LIST,
    version: 0,
    was: [],
    hamlets: account.hamlets,
    resumed: false,
  };
}

async function editForm(request: SignedInRequest, household: Household, fields: URLSearchParams): Promise<Form> {
  const refused = await loadRefused(request.account.account_id, "household.", household);
  const address = `/field/households/${household.id}`;
  // A draft stays under the id with which it was begun, also if the household was merged since.
  const { id: begun } = request.params;
  return {
    id: fields.get("id") || request.env.newId(),
    draft: `household:edit:${begun}`,
    title: _("Sửa thông tin hộ"),
    action: `/field/households/${begun}/edit`,
    message: isSavedElsewhere(request.url) ? _("Hộ này đã được lưu ở cửa sổ khác.") : "",
    refusal: refused ? refusalText(refused.first) : "",
    cancel: "step" in household ? { href: address, label: householdLabel(household) } : LIST,
    version: Number(fields.get("version")) || household.version,
    was: Object.entries(shownFields(fields, household)).map(([name, value]) => ({ name, value })),
    hamlets: [],
    resumed: false,
  };
}

function operationFields({ env }: SignedInRequest, { id, draft }: Form) {
  return { id, draft, at: env.now().toISOString() };
}

/**
 * The search text as a name, or as a house number (*17*, *số 12B*). Other text with digits may be both, or an alley.
 */
function fieldsFromSearch(searched: string): Record<string, string> {
  if (!/\d/.test(searched)) return { head_name: searched };
  const [, house_no = ""] = /^\s*(?:(?:s[ốo]|nh[àa])\s*)*(\d\S*)\s*$/iu.exec(searched.normalize("NFC")) ?? [];
  return { house_no };
}

/** The form with similar households to choose from. */
function showSimilar({ form: fields, env }: SignedInRequest, form: Form, view: View, similar: Household[]) {
  const lines = similar.map((row) => similarRow(view, row, env.now()));
  return show(form, fields, {}, lines);
}

function similarRow(view: View, household: Household, now: Date) {
  const details = [household.alley, householdStatus(view, household, now).line].filter(Boolean).join(" · ");
  return { href: `/field/households/${household.id}`, label: householdLabel(household), line: details };
}

/** @param sentences by field */
function show(
  { hamlets, ...form }: Form,
  fields: URLSearchParams,
  sentences: Record<string, string> = {},
  similar: { href: string; label: string; line: string }[] = [],
) {
  const faults = formErrors(sentences);
  const context = {
    ...form,
    ...faults,
    similar,
    head_name: fields.get("head_name") ?? "",
    house_no: fields.get("house_no") ?? "",
    alley: fields.get("alley") ?? "",
    phone: fields.get("phone") ?? "",
    consent: { at: fields.get("consent_at") ?? "", way: fields.get("consent_way") ?? "" },
    hamlet_id: fields.get("hamlet_id") || (hamlets[0]?.id ?? ""),
    hamlets: hamlets.map(({ id, name }) => ({ id, name, chosen: fields.get("hamlet_id") === id })),
    head_name_error: sentences.head_name ?? "",
    house_no_error: sentences.house_no ?? "",
    alley_error: sentences.alley ?? "",
    phone_error: sentences.phone ?? "",
    hamlet_error: sentences.hamlet_id ?? "",
  };
  return page("household_form", context, faults.errors.length || similar.length ? 422 : 200);
}
