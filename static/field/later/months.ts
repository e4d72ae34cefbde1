// The commune's months: they begin on a day that it has set, and have the name of the one in which they end.

import { dayText } from "../pages/formats.ts";

/** @typedef {{first: string, last: string, name: string}} Month days as yyyy-MM-dd; `name`: MM/yyyy */

/**
 * As `period_of` of app/commune/calendar/period.py.
 * @param {string} today
 * @param {number} back months before the current one
 * @param {number} start the day on which months begin, 1 to 28
 * @returns {Month}
 */
export function monthOf(today, back, start) {
  const [year, month, day] = today.split("-").map(Number);
  const begins = month - 1 - back - (day < start ? 1 : 0);
  const iso = (/** @type {number} */ months, /** @type {number} */ date) =>
    new Date(Date.UTC(year, begins + months, date)).toISOString().slice(0, 10);
  const last = iso(1, start - 1);
  return { first: iso(0, start), last, name: dayText(last).slice(3) };
}

/** @param {Month} month */
export function daysText({ first, last }) {
  return `${dayText(first)} – ${dayText(last)}`;
}
