// What a run has changed, told to all pages together: a page that is redrawn after every answer takes the time that the
// next answer needs.

import { announce } from "../store/changes.ts";

/** Pages are told at the end of a run, and during a longer one about this often. */
const PERIOD_MS = 1_500;

/**
 * `add`: something has changed; announced now if the last time was long ago. `flush`: announces what was added since.
 * The kind is `replica` even where the outbox has changed: `outbox` tells that something was saved and starts a run.
 */
export function collectAnnouncements(accountId: string): { add: () => void; flush: () => void } {
  let hasChanged = false;
  let last = performance.now();
  const flush = () => {
    if (hasChanged) announce({ kind: "replica", account_id: accountId });
    hasChanged = false;
    last = performance.now();
  };
  const add = () => {
    hasChanged = true;
    if (performance.now() - last >= PERIOD_MS) flush();
  };
  return { add, flush };
}
