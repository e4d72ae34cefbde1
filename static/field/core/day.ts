// The day and time in Vietnam.

/** Vietnam has been at UTC+7 without summer time since 1975. */
const UTC_OFFSET_MS = 7 * 3600_000;

/** The day in Vietnam of an instant, as yyyy-MM-dd. */
export function localDay(instant: Date | string) {
  return inVietnam(instant).slice(0, 10);
}

/** An instant as ISO 8601 whose digits are those of Vietnam's clocks. */
export function inVietnam(instant: Date | string) {
  return new Date(new Date(instant).getTime() + UTC_OFFSET_MS).toISOString();
}
