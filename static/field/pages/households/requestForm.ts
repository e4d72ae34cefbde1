// What a household asks about its data, written down at the door: one choice, and the desk goes on with it.

import { _ } from "../../core/strings.ts";
import { append } from "../../store/outbox.ts";
import { loadView } from "../../store/view/replica.ts";
import { formErrors } from "../fields.ts";
import { householdLabel } from "../labels.ts";
import { findHousehold, type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { formNotSaved } from "../saveFailed.ts";
import { REQUEST_KINDS } from "./requestKinds.ts";

export function showRequestForm(request: SignedInRequest): Promise<PageResponse> {
  return show(request, {});
}

/** [Gửi yêu cầu]. The same form with another choice is another request. */
export async function recordRequest(request: SignedInRequest): Promise<PageResponse> {
  const { account, params, form, env } = request;
  const household = findHousehold(await loadView(account.account_id), params.id);
  const kind = form.get("kind") ?? "";
  if (!REQUEST_KINDS[kind]) return show(request, { kind: _("Chọn một yêu cầu.") });
  const save = (id: string) =>
    append(account.account_id, {
      id,
      type: "request.record",
      data: { id, household_id: household.id, kind },
      at: env.now().toISOString(),
    });
  try {
    const { differs } = await save(form.get("id") || env.newId());
    if (differs) await save(env.newId());
  } catch (error) {
    return show(request, formNotSaved(error));
  }
  return redirect(`/field/households/${household.id}?done=requested`);
}

/** @param sentences by field */
async function show({ account, params, form, env }: SignedInRequest, sentences: Record<string, string>) {
  const household = findHousehold(await loadView(account.account_id), params.id);
  const faults = formErrors(sentences);
  const address = `/field/households/${household.id}`;
  const context = {
    id: form.get("id") || env.newId(),
    subject: householdLabel(household),
    action: `${address}/request`,
    cancel: address,
    ...faults,
    kind_error: sentences.kind ?? "",
    kinds: Object.entries(REQUEST_KINDS).map(([value, wording]) => ({
      value,
      ...wording,
      chosen: form.get("kind") === value,
    })),
  };
  return page("request_form", context, faults.errors.length ? 422 : 200);
}
