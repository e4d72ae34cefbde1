// The commune's months: they begin on a day that it has set, and have the name of the one in which they end.

import { dayText } from "../formats.ts";

/** days as yyyy-MM-dd; `name`: MM/yyyy */
export type Month = { first: string; last: string; name: string };

/**
 * As `period_of` of app/commune/calendar/period.py.
 * @param back months before the current one
 * @param start the day on which months begin, 1 to 28
 */
export function monthOf(today: string, back: number, start: number): Month {
  const [year, month, day] = today.split("-").map(Number);
  const begins = month - 1 - back - (day < start ? 1 : 0);
  const iso = (months: number, date: number) =>
    new Date(Date.UTC(year, begins + months, date)).toISOString().slice(0, 10);
  const last = iso(1, start - 1);
  return { first: iso(0, start), last, name: dayText(last).slice(3) };
}

export function daysText({ first, last }: Month) {
  return `${dayText(first)} – ${dayText(last)}`;
}
