// When to run again: exponential backoff with full jitter after failures, and never before the time the server asked
// for.

import { inAccount } from "../store/db.ts";
import { NEW_REPLICA, RESEND_AT } from "../store/schema.ts";
import { MAX_WAIT_MS } from "./answer.ts";

/** Between runs without a failure. */
const INTERVAL_MS = 60_000;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 300_000;
/** Within so much time after a restore all phones send again what they had sent: each at a time of its own. */
export const RESEND_WITHIN_MS = 600_000;

let failures = 0;
let notBefore = 0;

/**
 * Milliseconds until the next run should start.
 * @param random from 0 to 1
 * @param now milliseconds
 */
export function nextDelay(random: () => number = Math.random, now: number = Date.now()) {
  const delay = failures === 0 ? INTERVAL_MS : random() * Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return Math.max(Math.round(delay), notBefore - now);
}

/** Records whether a run succeeded. */
export function recordOutcome(well: boolean) {
  failures = well ? 0 : failures + 1;
}

/**
 * Whether the server asked not to be called yet. Ends the wait before what was acknowledged is sent again, if it is
 * over. A time too far in the future is ignored: the clock was set back since.
 * @param now milliseconds
 */
export async function mustWait(accountId: string, now: number) {
  const [until, resendAt] = await inAccount(accountId, ["meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    return [(await meta.get("replica"))?.wait_until ?? 0, await meta.get(RESEND_AT)];
  });
  if (resendAt <= now || resendAt - now > RESEND_WITHIN_MS) await resendNow(accountId);
  notBefore = until - now <= MAX_WAIT_MS ? until : 0;
  return notBefore > now;
}

/** Has the next request, also that of a run which goes on, send again what was acknowledged in an earlier epoch. */
export function resendNow(accountId: string) {
  return inAccount(accountId, ["meta"], "readwrite", (tx) => tx.objectStore("meta").delete(RESEND_AT));
}

/**
 * How long a device waits before it sends again what was acknowledged in an earlier epoch, milliseconds: always the
 * same, and another time for each.
 */
export function resendDelay(deviceId: string) {
  return [...deviceId].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % RESEND_WITHIN_MS, 0);
}

/**
 * Stores when the server may be called again, for all tabs and the service worker.
 * @param until milliseconds
 */
export async function postpone(accountId: string, until: number) {
  notBefore = until;
  await inAccount(accountId, ["meta"], "readwrite", async (tx) => {
    const state = (await tx.objectStore("meta").get("replica")) ?? NEW_REPLICA;
    await tx.objectStore("meta").put({ ...state, wait_until: until }, "replica");
  });
}
