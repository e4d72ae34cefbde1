// When to try again: full jitter after failures, and never before the time the server asked for.

import { inAccount } from "../store/db.js";
import { NEW_REPLICA } from "../store/schema.js";
import { LONGEST_WAIT } from "./answer.js";

/** Between runs while all is well, milliseconds. */
const REGULARLY = 60_000;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 300_000;

let failures = 0;
let notBefore = 0;

/**
 * Milliseconds until the next run should start.
 * @param {() => number} [random] from 0 to 1
 * @param {number} [now] milliseconds
 */
export function nextDelay(random = Math.random, now = Date.now()) {
  const delay = failures === 0 ? REGULARLY : random() * Math.min(LAST_RETRY, FIRST_RETRY * 2 ** failures);
  return Math.max(Math.round(delay), notBefore - now);
}

/**
 * Remembers how a run ended.
 * @param {boolean} well
 */
export function ended(well) {
  failures = well ? 0 : failures + 1;
}

/**
 * Whether the server asked not to be called yet. A clock that was set back since does not count.
 * @param {string} accountId
 * @param {number} now milliseconds
 */
export async function mustWait(accountId, now) {
  const until = await inAccount(accountId, ["meta"], "readonly", async (tx) => {
    const state = await tx.objectStore("meta").get("replica");
    return state?.wait_until ?? 0;
  });
  notBefore = until - now <= LONGEST_WAIT ? until : 0;
  return notBefore > now;
}

/**
 * Remembers, for every tab and the service worker, until when the server asked not to be called.
 * @param {string} accountId
 * @param {number} until milliseconds
 */
export async function postpone(accountId, until) {
  notBefore = until;
  await inAccount(accountId, ["meta"], "readwrite", async (tx) => {
    const state = (await tx.objectStore("meta").get("replica")) ?? NEW_REPLICA;
    await tx.objectStore("meta").put({ ...state, wait_until: until }, "replica");
  });
}
