// Dates and numbers as shown on screen: dd/MM/yyyy, 24 h, always Vietnam's time zone; 1.234,5 or, in English, 1,234.5.

import { inVietnam, localDay } from "../core/day.ts";
import { language } from "../core/strings.ts";

export { localDay } from "../core/day.ts";

const DAY_MS = 24 * 3600_000;

/** The day `days` after `day`; both yyyy-MM-dd. */
export function dayAfter(day: string, days: number) {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/**
 * A day as dd/MM/yyyy.
 * @param day yyyy-MM-dd
 */
export function dayText(day: string) {
  return day.split("-").reverse().join("/");
}

/** The day of an instant as dd/MM/yyyy. */
export function dateText(instant: Date | string) {
  return dayText(localDay(instant));
}

/** The time of an instant as HH:mm. */
export function timeText(instant: Date | string) {
  return inVietnam(instant).slice(11, 16);
}

/** An instant as *16:40, 23/11/2026*. */
export function momentText(instant: Date | string) {
  return `${timeText(instant)}, ${dateText(instant)}`;
}

/** A number as 1.234,5; in English 1,234.5. */
export function numberText(value: number) {
  if (language === "en") return value.toLocaleString("en");
  const [whole, fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ".");
  return fraction ? `${grouped},${fraction}` : grouped;
}

/**
 * A phone number as people write it, as the desk shows it (app/core/numbers/phone.py): *+84900000001* → *0900 000 001*.
 * @param number in E.164, or as it was typed
 */
export function localNumber(number: string) {
  return number.replace(/^\+84/, "0").replace(/^(\d{4})(\d{3})(\d{3})$/, "$1 $2 $3");
}

/** Whether the text is a day that exists, as yyyy-MM-dd. */
export function isDay(text: string) {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
