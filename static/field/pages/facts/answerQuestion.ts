// The answer of a household to a question, and its correction: one tap.

import type { FactValue, HouseholdFact } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import { append } from "../../store/outbox.ts";
import type { Household } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { findHousehold, NotFound, type PageResponse, redirect, type SignedInRequest } from "../responses.ts";
import { FACT_VALUES } from "./questions.ts";

const FACTS: Record<HouseholdFact, string> = {
  smart_device: _("Thiết bị thông minh"),
  business: _("Hộ kinh doanh"),
};

/** [Có] or [Không]. The same form twice is one answer. */
export async function answerQuestion({ account, params, form, env }: SignedInRequest): Promise<PageResponse> {
  const household = findHousehold(await loadView(account.account_id), params.id);
  const value = form.get("value") ?? "";
  if (!Object.keys(FACTS).includes(params.fact) || !Object.keys(FACT_VALUES).includes(value))
    throw new NotFound(params.fact);
  await append(account.account_id, {
    id: form.get("id") || env.newId(),
    type: "household.amend",
    data: { id: household.id, base_version: household.version, [params.fact]: value },
    at: env.now().toISOString(),
  });
  return redirect(`/field/households/${household.id}?done=saved`);
}

/**
 * What is known of a household, as far as the commune wants to know it, each with the other answer.
 * @param newId makes the id of the operation that each form saves
 */
export function knownFacts(household: Household, asked: HouseholdFact[], newId: () => string) {
  return asked.flatMap((fact) => {
    const value: FactValue | undefined = household[fact];
    if (!value) return [];
    const other = value === "yes" ? "no" : "yes";
    return {
      id: newId(),
      text: _("%(fact)s: %(value)s", { fact: FACTS[fact], value: FACT_VALUES[value] }),
      action: `/field/households/${household.id}/facts/${fact}`,
      value: other,
      change: _("Sửa thành: %(value)s", { value: FACT_VALUES[other] }),
    };
  });
}
