// The list for *Sai hộ*: another household is chosen for a visit.

import { _ } from "../../core/strings.ts";
import { loadView } from "../../store/view/replica.ts";
import { householdLabel } from "../labels.ts";
import { findRow, type PageResponse, page, type SignedInRequest } from "../responses.ts";
import { listContext, parseListQuery } from "./households.ts";

/** Choosing a household goes back to the visit's form. */
export async function pickHousehold({ account, params, url, env }: SignedInRequest): Promise<PageResponse> {
  const view = await loadView(account.account_id);
  const visit = findRow(view.visits, params.id);
  const form = `/field/visits/${visit.id}/edit`;
  const household = view.households.get(visit.household_id);
  const rowFields = ({ id }: { id: string }) => ({ href: `${form}?household_id=${id}` });
  return page("pick_household", {
    ...listContext({ view, now: env.now(), rowFields }, parseListQuery(url)),
    cancel: form,
    instead_of: household ? _("Thay cho: %(label)s", { label: householdLabel(household) }) : "",
    total: "",
    add: "",
  });
}
