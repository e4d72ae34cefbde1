// What came of the needs that somebody noted, from the visits that the phone has.

import { UNCOUNTED } from "./counted.ts";
import { STILL_OPEN } from "./needs.ts";
import type { View, Visit } from "./overlay.ts";

/** A need that one member's visit asked for, and another's has met (`dropped`: it is not wanted any more). */
export type MetNeed = { key: string; household_id: string; code: string; by: Visit; dropped: boolean };

/** The needs that this member noted and that somebody else has closed since, by the newest visit first. */
export function metNeeds(view: View, author: string): MetNeed[] {
  const found = [...view.visitsByHousehold.values()].flatMap((visits) => metIn(visits, author));
  return found.sort((one, other) => Date.parse(other.by.occurred_at) - Date.parse(one.by.occurred_at));
}

/** @param visits of one household, newest first */
function metIn(visits: Visit[], author: string): MetNeed[] {
  const askedBy = new Map<string, string>();
  const found: MetNeed[] = [];
  for (const visit of visits.filter(({ step }) => !UNCOUNTED.has(step)).reverse()) {
    const { id, household_id, recorded_by, needs = [] } = visit;
    for (const [code, dropped] of closedBy(visit)) {
      if (needs.includes(code)) continue;
      if (askedBy.get(code) === author && recorded_by !== author)
        found.push({ key: `${id} ${code}`, household_id, code, by: visit, dropped });
      askedBy.delete(code);
    }
    for (const code of needs) if (!askedBy.has(code)) askedBy.set(code, recorded_by);
  }
  return found;
}

/** The services that a visit closes, and whether because they are not wanted: as app/fieldwork/derived/needs/update.py. */
function closedBy({ services, dropped_needs = [] }: Visit): Map<string, boolean> {
  const shown = services.filter(({ outcome }) => !STILL_OPEN.has(outcome));
  const closed = new Map(shown.map(({ code, outcome }) => [code, outcome === "declined"]));
  for (const code of dropped_needs) closed.set(code, true);
  return closed;
}
