// How long the phone has visits: app/sync/stored_rows.py, docs/decisions/0138-a-lost-phone-tells-little.md.

import { localDay } from "../../core/day.ts";

const PERIOD_MS = 60 * 24 * 3_600_000;

/**
 * The first day of which the phone has all visits.
 * @param at by the server's time where something is purged: no wrong clock may do that
 */
export function oldestDay(at: Date) {
  return localDay(new Date(at.getTime() - PERIOD_MS));
}
