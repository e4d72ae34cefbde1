// The page that asks before a household is removed from the list or restored to it.

import { _ } from "../../core/strings.ts";
import { append } from "../../store/outbox.ts";
import { loadView } from "../../store/view/replica.ts";
import { errorList } from "../fields.ts";
import { HOUSEHOLD_STATES, householdLabel } from "../labels.ts";
import { findHousehold, NotFound, type PageResponse, page, redirect, type SignedInRequest } from "../responses.ts";
import { saveFailed } from "../saveFailed.ts";

/** Asks before a household is removed from the list or restored to it. */
export function confirmState(request: SignedInRequest): Promise<PageResponse> {
  return showStateConfirmation(request, {});
}

export async function changeState(request: SignedInRequest): Promise<PageResponse> {
  const { account, params, form, env } = request;
  const household = findHousehold(await loadView(account.account_id), params.id);
  try {
    await append(account.account_id, {
      id: form.get("id") || env.newId(),
      type: "household.amend",
      data: { id: household.id, base_version: household.version, state: params.state },
      at: env.now().toISOString(),
    });
  } catch (error) {
    return showStateConfirmation(request, saveFailed(error));
  }
  return redirect(`/field/households/${household.id}?done=saved`);
}

/** @param sentences why it could not be saved */
async function showStateConfirmation(
  { account, params, form, env }: SignedInRequest,
  sentences: Record<string, string>,
): Promise<PageResponse> {
  const household = findHousehold(await loadView(account.account_id), params.id);
  const stateLabel = HOUSEHOLD_STATES[params.state];
  if (!stateLabel && params.state !== "active") throw new NotFound(params.state);
  const address = `/field/households/${household.id}`;
  const errors = errorList(sentences);
  const context = {
    id: form.get("id") || env.newId(),
    errors,
    title: stateLabel ? `${stateLabel}?` : _("Đưa lại vào danh sách?"),
    subject: householdLabel(household),
    sentence: stateLabel
      ? _("Hộ này sẽ không còn trong danh sách phải đến. Các lượt đã ghi vẫn giữ nguyên.")
      : _("Hộ này sẽ có lại trong danh sách phải đến."),
    action: `${address}/state/${params.state}`,
    button: stateLabel ?? _("Đưa lại vào danh sách"),
    is_final: false,
    cancel: address,
  };
  return page("confirm", context, errors.length ? 422 : 200);
}
