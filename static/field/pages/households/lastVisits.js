// When a household was met last and what its newest visit came to: its row, and the visits that the row does not have.

import { UNCOUNTED } from "../../store/view/counted.js";
import { localDay } from "../formats.js";

/** @typedef {import("../../store/view/overlay.js").View} View */
/** @typedef {import("../../store/view/overlay.js").Visit} Visit */
/**
 * `visit`: undefined if the phone does not have it; `result` and `follow_up_on` are of the newest visit only.
 * @typedef {{day: string, visit?: Visit, result?: string, follow_up_on?: string | null}} LastVisit
 */

/**
 * The last counted visit that met somebody, and the last one of all. A row of the server has what its visits with lower
 * numbers come to, also of those that this phone does not have. What this phone's own operations change has the last
 * word over it: where the row's day is that of such a visit, the phone's visits alone say what is left.
 * @param {View} view
 * @param {string} householdId
 * @param {string} [except] a visit to leave out
 * @returns {{met: LastVisit | undefined, last: LastVisit | undefined}}
 */
export function lastVisits(view, householdId, except) {
  const row = view.households.get(householdId);
  const visits = view.visitsByHousehold.get(householdId) ?? [];
  const changed = [...(view.replaced.get(householdId) ?? []), ...visits.filter(({ id }) => id === except)];
  const { met_on, last_counted_on = met_on, last_result: result, last_follow_up_on: follow_up_on = null } = row ?? {};
  /**
   * @param {(visit: Visit) => boolean} matches
   * @param {string | null | undefined} rowDay undefined if the row is of a server that did not know these days
   * @param {Partial<LastVisit>} [values]
   * @returns {LastVisit | undefined}
   */
  const newest = (matches, rowDay, values) => {
    const found = visits.filter((visit) => visit.id !== except && matches(visit));
    const isKnown = rowDay !== undefined && !changed.some((visit) => matches(visit) && dayOf(visit) === rowDay);
    const isNews = (/** @type {Visit} */ { feed_seq, cause }) => cause || feed_seq > (row?.feed_seq ?? 0);
    // A visit of the row's day may have been sent again, for an approval: then the phone knows all of that day.
    const later = isKnown ? found.filter((visit) => isNews(visit) || dayOf(visit) === rowDay) : found;
    const [visit] = later.sort((one, other) => (order(one) < order(other) ? 1 : -1));
    if (isKnown && rowDay && !later.some((one) => isNews(one) && dayOf(one) >= rowDay))
      return { day: rowDay, visit: later.find((one) => dayOf(one) === rowDay), ...values };
    return visit && { day: dayOf(visit), visit, result: visit.result, follow_up_on: visit.follow_up_on };
  };
  return { met: newest(isMeeting, met_on), last: newest(isCounted, last_counted_on, { result, follow_up_on }) };
}

/** @param {Visit} visit */
function isCounted({ step }) {
  return !UNCOUNTED.has(step);
}

/** @param {Visit} visit */
function isMeeting(visit) {
  return isCounted(visit) && visit.result !== "not_home";
}

/** @param {Visit} visit */
function dayOf({ counted_on, occurred_at }) {
  return counted_on ?? localDay(occurred_at);
}

/** @param {Visit} visit */
function order(visit) {
  return dayOf(visit) + visit.occurred_at + visit.id;
}
