// When a household was met last and what its newest visit came to: its row, and the visits that the row does not have.

import { GUIDED, UNCOUNTED } from "../../store/view/counted.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import { localDay } from "../formats.ts";

/** `visit`: undefined if the phone does not have it; `result` and `follow_up_on` are of the newest visit of all. */
export type LastVisit = { day: string; visit?: Visit; result?: string; follow_up_on?: string | null };

/**
 * The last counted visit that met somebody, and the last one of all.
 * @param except a visit to leave out
 */
export function lastVisits(
  view: View,
  householdId: string,
  except?: string,
): { met: LastVisit | undefined; last: LastVisit | undefined } {
  const { met_on, last_counted_on = met_on } = view.households.get(householdId) ?? {};
  const newest = newestVisits(view, householdId, except);
  return { met: newest(isMeeting, met_on), last: newest(isCounted, last_counted_on) };
}

/** Whether somebody was guided there by a visit that counts. */
export function isGuided(view: View, householdId: string) {
  const { met_on, guided_on = met_on && null } = view.households.get(householdId) ?? {};
  return Boolean(newestVisits(view, householdId)(isGuiding, guided_on));
}

/**
 * Finds the newest visit of a household of a kind. A row of the server has what its visits with lower numbers come to,
 * also of those that this phone does not have. What this phone's own operations change has the last word over it: where
 * the row's day is that of such a visit, the phone's visits alone say what is left.
 */
function newestVisits(view: View, householdId: string, except?: string) {
  const row = view.households.get(householdId);
  const { last_result: result, last_follow_up_on: follow_up_on } = row ?? {};
  const visits = view.visitsByHousehold.get(householdId) ?? [];
  const changed = visits.filter(({ id }) => id === except).concat(view.replaced.get(householdId) ?? []);
  /** @param rowDay undefined if the row is of a server that did not know these days */
  return (matches: (visit: Visit) => boolean, rowDay: string | null | undefined): LastVisit | undefined => {
    const isOfRow = (visit: Visit) => matches(visit) && dayOf(visit) === rowDay;
    const number = rowDay === undefined || changed.some(isOfRow) ? -1 : (row?.feed_seq ?? 0);
    const isNews = ({ feed_seq, cause }: Visit) => cause || feed_seq > number;
    // A visit of the row's day may have been sent again, for an approval: then the phone knows all of that day.
    const found = visits
      .filter((visit) => visit.id !== except && matches(visit) && (isNews(visit) || isOfRow(visit)))
      .sort((one, other) => (order(one) < order(other) ? 1 : -1));
    if (number >= 0 && rowDay && !found.some((visit) => isNews(visit) && dayOf(visit) >= rowDay))
      return { day: rowDay, visit: found.find(isOfRow), result, follow_up_on };
    const [visit] = found;
    return visit && { ...visit, day: dayOf(visit), visit };
  };
}

function isCounted({ step }: Visit) {
  return !UNCOUNTED.has(step);
}

function isMeeting(visit: Visit) {
  return isCounted(visit) && visit.result !== "not_home";
}

function isGuiding(visit: Visit) {
  return isCounted(visit) && visit.services.some(({ outcome }) => GUIDED.has(outcome));
}

function dayOf({ counted_on, occurred_at }: Visit) {
  return counted_on ?? localDay(occurred_at);
}

function order(visit: Visit) {
  return dayOf(visit) + visit.occurred_at + visit.id;
}
