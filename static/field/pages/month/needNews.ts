// What came of the needs that the reader noted: said once, and put away with [Đã xem].

import { _ } from "../../core/strings.ts";
import { inAccount } from "../../store/db.ts";
import { metNeeds } from "../../store/view/metNeeds.ts";
import type { View } from "../../store/view/overlay.ts";
import { loadView } from "../../store/view/replica.ts";
import { dateText } from "../formats.ts";
import { householdLabel, serviceLabel } from "../labels.ts";
import { type PageResponse, redirect, type SignedInRequest } from "../responses.ts";

/** In `meta`: the keys of those that were put away, as far as the phone still has their visits. */
const SEEN = "seen_needs";

/** One line for each that was not put away. */
export async function needNews(view: View, accountId: string) {
  const seen = new Set<string>(
    await inAccount(accountId, ["meta"], "readonly", (tx) => tx.objectStore("meta").get(SEEN)),
  );
  const unseen = metNeeds(view, accountId).filter(({ key }) => !seen.has(key));
  return unseen.map(({ key, household_id, code, by, dropped }) => {
    const household = view.households.get(household_id);
    const words = {
      need: serviceLabel(view, code),
      name: view.members.get(by.recorded_by)?.name ?? _("Thành viên tổ"),
      day: dateText(by.occurred_at),
    };
    return {
      key,
      label: household ? householdLabel(household) : _("Hộ không còn trong danh sách"),
      text: dropped
        ? _("%(need)s: hộ không cần nữa, %(name)s ghi %(day)s", words)
        : _("%(need)s: %(name)s đã giúp %(day)s", words),
    };
  });
}

/** [Đã xem]: what the page showed is not said again; what came since then is. */
export async function putAwayNews({ account: { account_id }, form }: SignedInRequest): Promise<PageResponse> {
  const known = metNeeds(await loadView(account_id), account_id).map(({ key }) => key);
  await inAccount(account_id, ["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const seen = new Set<string>([...((await meta.get(SEEN)) ?? []), ...form.getAll("seen")]);
    await meta.put(
      known.filter((key) => seen.has(key)),
      SEEN,
    );
  });
  return redirect("/field/month");
}
