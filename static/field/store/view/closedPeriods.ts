// Which records are among the figures of a closed period: they do not change, unless the commune opens it again.

import type { ClosedPeriods } from "../../core/protocol.ts";
import type { OutreachSession, Remark, Visit } from "./overlay.ts";

/** Reviews of visits that do not count, whatever waits on the phone. */
const NOT_COUNTED = new Set(["returned", "duplicate"]);

/**
 * The closed period whose figures have the record; undefined if it can still be changed: it began to count after the
 * closing, does not count, or the server does not have it yet.
 */
export function closedPeriodOf(record: Visit | OutreachSession | Remark, closed: ClosedPeriods | undefined) {
  const { counted_on, received_at } = record;
  if (!counted_on || !received_at) return undefined;
  if ("review" in record && NOT_COUNTED.has(record.review.state)) return undefined;
  const since = record.counted_since ?? received_at;
  return closed?.periods.find(
    ({ first, last, closed_at }) => first <= counted_on && counted_on <= last && since <= closed_at,
  );
}
