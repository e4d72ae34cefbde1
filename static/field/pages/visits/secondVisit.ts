// A household that was recorded today: before another visit to it is saved, the person is asked once. askAgain.ts
// has the question.

import { pause } from "../../core/pause.ts";
import { _ } from "../../core/strings.ts";
import { loadDraft, saveDraft } from "../../store/drafts.ts";
import { UNCOUNTED } from "../../store/view/counted.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import { localDay, timeText } from "../formats.ts";
import type { SignedInRequest } from "../responses.ts";

/** How long a save waits for the page that asks, in a network that hangs. */
const MAX_WAIT_MS = 3_000;

/**
 * The counted visits of today at a household, whoever recorded them; the newest first.
 * @param except the id of a visit that is not looked for
 */
export function visitsOfToday({ visitsByHousehold }: View, householdId: string, now: Date, except?: string) {
  const today = localDay(now);
  const visits = visitsByHousehold.get(householdId) ?? [];
  return visits.filter(
    ({ id, step, occurred_at }) => id !== except && !UNCOUNTED.has(step) && localDay(occurred_at) === today,
  );
}

/** *10:15 · Trần Văn Nam*, or *10:15 · Mình ghi*. */
export function recordedText({ members }: View, { occurred_at, recorded_by }: Visit, reader: string) {
  const who = recorded_by === reader ? _("Mình ghi") : (members.get(recorded_by)?.name ?? _("Thành viên tổ"));
  return `${timeText(occurred_at)} · ${who}`;
}

/**
 * Whether the person has to be asked before the form is saved; it is a draft by then. `again` in form and draft is the
 * visit that they were asked about. On a phone that cannot have the page that asks, the visit is saved, and so is what
 * was saved before under the form's id: that is no second visit.
 */
export async function mustAsk(
  { account: { account_id }, form: fields, env }: SignedInRequest,
  view: View,
  { id, draft }: { id: string; draft: string },
  householdId: string,
) {
  const again = visitsOfToday(view, householdId, env.now(), id)[0]?.id;
  if (!again || again === fields.get("again") || !view.households.has(householdId)) return false;
  if (!(await Promise.race([env.loadLater().catch(console.error), pause(MAX_WAIT_MS)]))) return false;
  const typed = Object.fromEntries([...fields.keys()].map((name) => [name, fields.getAll(name)]));
  await saveDraft(account_id, draft, { ...typed, id, again });
  return (await loadDraft(account_id, draft))?.again === again;
}
