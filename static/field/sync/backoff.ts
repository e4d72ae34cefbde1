// When to run again: exponential backoff with full jitter after failures, and never before the time the server asked
// for.

import { inAccount } from "../store/db.ts";
import { NEW_REPLICA } from "../store/schema.ts";
import { MAX_WAIT_MS } from "./answer.ts";

/** Between runs without a failure. */
const INTERVAL_MS = 60_000;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 300_000;

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
 * Whether the server asked not to be called yet. A time too far in the future is ignored: the clock was set back since.
 * @param now milliseconds
 */
export async function mustWait(accountId: string, now: number) {
  const until = await inAccount(accountId, ["meta"], "readonly", async (tx) => {
    const state = await tx.objectStore("meta").get("replica");
    return state?.wait_until ?? 0;
  });
  notBefore = until - now <= MAX_WAIT_MS ? until : 0;
  return notBefore > now;
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
