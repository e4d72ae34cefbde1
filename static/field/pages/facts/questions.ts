// What the commune has each household asked once, with one tap on its page.

import type { FactValue, HouseholdFact, Question } from "../../core/protocol.ts";
import { _ } from "../../core/strings.ts";
import type { Household } from "../../store/view/overlay.ts";
import { isActive } from "../households/householdStatus.ts";

/** Each question, as it is read to the household. */
const QUESTIONS: Record<HouseholdFact, string> = {
  smart_device: _("Nhà này có ai dùng điện thoại thông minh hoặc máy tính không?"),
  business: _("Nhà này có kinh doanh (hộ kinh doanh) không?"),
};
export const FACT_VALUES: Record<FactValue, string> = { yes: _("Có"), no: _("Không") };

/** Those of what members ask for that households are asked. */
export function askedFacts(asked: Question[]) {
  return asked.filter((one): one is HouseholdFact => one in QUESTIONS);
}

/**
 * The questions that nobody has answered of a household that still lives there.
 * @param asked what the commune wants to know
 * @param newId makes the id of the operation that each form saves
 */
export function openQuestions(household: Household, asked: HouseholdFact[], newId: () => string) {
  const open = isActive(household) ? asked.filter((fact) => !household[fact]) : [];
  return open.map((fact) => ({
    id: newId(),
    fact,
    text: QUESTIONS[fact],
    action: `/field/households/${household.id}/facts/${fact}`,
    choices: Object.entries(FACT_VALUES).map(([value, label]) => ({ value, label })),
  }));
}
