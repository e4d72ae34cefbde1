// Như nhà trước: the services of the visit before, offered above the form of a new one. Their outcomes are not: a
// repeated outcome would become the statistic.

import { UNCOUNTED } from "../../store/view/counted.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import { localDay } from "../formats.ts";
import { serviceLabel } from "../labels.ts";
import { type Entry, isOffered } from "./visitEntry.ts";

/**
 * What the chip shows, or null: the services of the reader's newest visit at another household, if that was today and
 * they are still offered. A visit without any, as where nobody was at home, is passed over.
 * `chosen`: the form has all of them; `answered`: and something was entered for one, so that the chip takes none away.
 */
export function visitBefore(view: View, entry: Entry, reader: string, now: Date) {
  const today = localDay(now);
  const offered = new Set(view.services.filter((one) => isOffered(one, today)).map(({ code }) => code));
  const offeredOf = ({ services }: Visit) => services.map(({ code }) => code).filter((code) => offered.has(code));
  const isElsewhere = (visit: Visit) => visit.household_id !== entry.household_id && offeredOf(visit).length > 0;
  const before = newestVisit(view, reader, isElsewhere);
  if (!before || localDay(before.occurred_at) !== today) return null;
  const codes = offeredOf(before);
  const chosen = codes.every((code) => entry.services.has(code));
  const isAnswered = (code: string) => {
    const service = entry.services.get(code);
    return service !== undefined && (service.outcome !== "" || service.people !== "1");
  };
  return {
    codes: codes.join(" "),
    label: codes.map((code) => serviceLabel(view, code)).join(" · "),
    chosen,
    answered: chosen && codes.some(isAnswered),
  };
}

/** The reader's newest counted visit of those that are wanted. */
export function newestVisit(view: View, reader: string, isWanted: (visit: Visit) => boolean = () => true) {
  let newest: Visit | undefined;
  for (const visit of view.visits.values()) {
    if (visit.recorded_by !== reader || (newest && visit.occurred_at <= newest.occurred_at)) continue;
    if (!UNCOUNTED.has(visit.step) && isWanted(visit)) newest = visit;
  }
  return newest;
}
