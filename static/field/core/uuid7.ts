// UUIDv7 (RFC 9562, section 5.7): the ids of everything recorded on the phone. Ids that rise with time are appended to
// the server's indexes; with random ones (v4) PostgreSQL writes about three times as much log for each visit.

/** The milliseconds in the newest id of this page. */
let latest = 0;

/**
 * A new id. Each id of a page is one millisecond later than the one before, or more: they rise even if many are made in
 * the same millisecond, and if the clock is set back in between. Two pages or phones make no equal ids in the same
 * millisecond: 72 bits are random.
 * @param now milliseconds
 */
export function uuid7(now: number = Date.now()): string {
  latest = Math.max(now, latest + 1);
  const time = latest.toString(16).padStart(12, "0");
  const random = crypto.getRandomValues(new Uint8Array(36));
  // 7 is the version. The variant leaves 8, 9, a and b for its digit: always 8 here.
  return `${time.slice(0, 8)}-${time.slice(8)}-7xxx-8xxx-xxxxxxxxxxxx`.replace(/x/g, (_x, index) =>
    (random[index] % 16).toString(16),
  );
}
