// What counts of a month of the reader, as on the activity sheet that the desk has of them (app/reports/activity.py):
// the server's rows on this phone, and its own days of all others.

import type { OwnDays, OwnRecord } from "../../core/protocol.ts";
import { GUIDED } from "../../store/view/counted.ts";
import type { View, Visit } from "../../store/view/overlay.ts";
import { dayText, localDay, numberText } from "../formats.ts";
import type { Month } from "./months.ts";

/** Fates of records that count. */
const COUNTED = new Set(["received", "accepted"]);

type Counted = Omit<OwnRecord, "household"> & { household: string | number };
type Figures = { days: number; visits: number; met: number; guided: number; sessions: number };

/** The day that a record counts for: the server's, or the phone's until the server has it. */
export function dayOf({ counted_on, occurred_at }: { counted_on: string | null; occurred_at: string }) {
  return counted_on || localDay(occurred_at);
}

/** @param rows the server's, without what this phone has done since */
export function ownMonth(rows: View, ownDays: OwnDays | undefined, author: string, { first, last }: Month) {
  const earlier = ownDays?.months.find((month) => month.first === first);
  if (earlier) return shown({ ...earlier, days: earlier.days.length }, earlier.days);
  const counted = ownRecords(rows, ownDays, author).filter(
    ({ day, state }) => COUNTED.has(state) && day >= first && day <= last,
  );
  const days = [...new Set(counted.map(({ day }) => day))].sort();
  const visits = (day: string) => counted.filter((one) => one.day === day && one.kind === "visit").length;
  const sessions = (day: string) => counted.filter((one) => one.day === day && one.kind === "session").length;
  const byDay = days.map((day) => ({ day, visits: visits(day), sessions: sessions(day) }));
  const sum = (name: "visits" | "sessions") => byDay.reduce((total, one) => total + one[name], 0);
  const households = (some: Counted[]) => new Set(some.map(({ household }) => household)).size;
  const met = households(counted.filter((one) => one.met));
  const guided = households(counted.filter((one) => one.guided));
  return shown({ days: days.length, visits: sum("visits"), met, guided, sessions: sum("sessions") }, byDay);
}

/** Each record once: a row of the phone is newer than the server's own days. */
function ownRecords({ visits, sessions }: View, ownDays: OwnDays | undefined, author: string): Counted[] {
  const found = new Map<string, Counted>((ownDays?.records ?? []).map((one) => [one.id, one]));
  for (const visit of visits.values()) if (visit.recorded_by === author) found.set(visit.id, countedVisit(visit));
  for (const held of sessions.values()) {
    const base = {
      id: held.id,
      day: dayOf(held),
      state: "received" as const,
      household: "",
      met: false,
      guided: false,
    };
    if (held.recorded_by === author) found.set(held.id, { ...base, kind: "session" });
  }
  return [...found.values()];
}

function countedVisit(visit: Visit): Counted {
  return {
    id: visit.id,
    kind: "visit",
    day: dayOf(visit),
    state: visit.review.state,
    household: visit.household_id,
    met: visit.result !== "not_home",
    guided: visit.services.some(({ outcome }) => GUIDED.has(outcome)),
  };
}

function shown({ days, visits, met, guided, sessions }: Figures, byDay: OwnDays["months"][number]["days"]) {
  const n = numberText;
  return {
    totals: { days: n(days), visits: n(visits), met: n(met), guided: n(guided), sessions: n(sessions) },
    days: byDay.map((one) => ({ day: dayText(one.day), visits: n(one.visits), sessions: n(one.sessions) })),
  };
}
