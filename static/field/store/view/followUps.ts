// Follow-ups, with this phone's own visits applied.

import type { FollowUpRow } from "../../core/protocol.ts";
import type { PendingView, Visit } from "./overlay.ts";

/**
 * A visit with a date opens a follow-up. Any later visit at that household closes it, and so does removing the date.
 */
export function updateFollowUps(view: PendingView) {
  for (const id of view.withdrawn.keys()) view.followUps.delete(id);
  for (const id of view.decisive.keys()) {
    const visit = view.visits.get(id);
    if (visit) updateFollowUp(view, visit);
  }
  for (const row of view.followUps.values()) {
    if (!view.changedHouseholds.has(row.household_id)) continue;
    const closed_by = row.closed_by && !view.withdrawn.has(row.closed_by) ? row.closed_by : closingVisit(view, row);
    if (closed_by !== row.closed_by) view.followUps.set(row.id, { ...row, closed_by });
  }
}

function updateFollowUp(view: PendingView, { id, household_id, follow_up_on, step }: Visit) {
  const row = view.followUps.get(id);
  if (follow_up_on && (row || step !== "dropped")) {
    const closed_by = row && row.closed_by !== id ? row.closed_by : null;
    view.followUps.set(id, { feed_seq: 0, ...row, id, household_id, due_on: follow_up_on, closed_by });
  } else if (row) {
    view.followUps.set(id, { ...row, closed_by: row.closed_by ?? id });
  }
}

/**
 * The visit that closes a follow-up. If the visit that opened it is not on this phone, only own visits that the server
 * has not counted yet can close it.
 */
function closingVisit(view: PendingView, row: FollowUpRow) {
  const opening = view.visits.get(row.id);
  const later = (view.visitsByHousehold.get(row.household_id) ?? []).filter((visit) =>
    opening ? newestFirst(visit, opening) < 0 : view.decisive.has(visit.id),
  );
  return later.at(-1)?.id ?? null;
}

export function newestFirst(one: Visit, other: Visit) {
  return Date.parse(other.occurred_at) - Date.parse(one.occurred_at);
}
