// The household takes back that its telephone number may be stored: one tap, and nothing brings the number back.

import { append } from "../../store/outbox.ts";
import { loadView } from "../../store/view/replica.ts";
import { findHousehold, type PageResponse, redirect, type SignedInRequest } from "../responses.ts";

export async function withdrawNumber({ account, params, form, env }: SignedInRequest): Promise<PageResponse> {
  const household = findHousehold(await loadView(account.account_id), params.id);
  await append(account.account_id, {
    id: form.get("id") || env.newId(),
    type: "household.amend",
    data: { id: household.id, base_version: household.version, phone: "" },
    at: env.now().toISOString(),
  });
  return redirect(`/field/households/${household.id}?done=number_withdrawn`);
}
