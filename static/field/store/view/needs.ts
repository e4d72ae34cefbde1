// The needs of a household, derived from its visits as app/fieldwork/derived/needs/update.py does.

import type { VisitRow } from "../../core/protocol.ts";
import { UNCOUNTED } from "./counted.ts";
import type { View } from "./overlay.ts";

/** With these outcomes a household still waits for the service. */
export const STILL_OPEN = new Set(["come_back", "not_possible"]);

/**
 * The services that a household asked for and did not get yet, the oldest first: before the visit `except`, which is
 * being amended, or after all of its visits.
 */
export function openNeeds(view: View, householdId: string, except: string = ""): Set<string> {
  const newestFirst = view.visitsByHousehold.get(householdId) ?? [];
  const earlier = newestFirst.slice(newestFirst.findIndex(({ id }) => id === except) + 1);
  return openNeedsOf(earlier.filter(({ step }) => !UNCOUNTED.has(step)));
}

/**
 * The same after these visits alone.
 * @param visits that count, newest first
 */
export function openNeedsOf(visits: Pick<VisitRow, "needs" | "dropped_needs" | "services">[]): Set<string> {
  const open = new Set<string>();
  for (const { needs = [], dropped_needs = [], services } of [...visits].reverse()) {
    const shown = services.flatMap(({ code, outcome }) => (STILL_OPEN.has(outcome) ? [] : [code]));
    for (const code of [...shown, ...dropped_needs]) if (!needs.includes(code)) open.delete(code);
    for (const code of needs) open.add(code);
  }
  return open;
}
