// The sync engine: exchanges until everything is sent and the list is whole. A plain module without DOM: the same runs in
// the page, in the service worker and in Node.

import { current } from "../store/accounts.js";
import { announce } from "../store/changes.js";
import { StorageFull } from "../store/db.js";
import { counts } from "../store/outbox.js";
import { exchange } from "./exchange.js";
import { newSearch, refusal, success } from "./halving.js";
import { ended, mustWait, nextDelay, postpone } from "./pace.js";
import { sweep } from "./pull.js";
import { setAside } from "./settle.js";

export { nextDelay } from "./pace.js";

/** @typedef {import("./exchange.js").Done} Done */
/** @typedef {import("./exchange.js").Exchanged} Exchanged */
/** @typedef {import("./exchange.js").Tools} Tools */

const LOCK = "tungnha-sync";
/** How often in one run an answer may start the list anew, or come too late, before the run gives up. */
const PATIENCE = 3;

/** @typedef {{sent: number, total: number, received: number, left: number}} Progress Operations sent of a total; rows received, and still to come. */

/**
 * How a run ended. `running`: another one is at it and will see to it; `idle`: there was nothing to send; `sent`: all
 * is sent; `full`: the phone has no room. `sent` counts operations acknowledged in this run, `left` those still queued.
 * @typedef {object} Ended
 * @property {"idle" | "sent" | "offline" | "busy" | "sign_in" | "update" | "fault" | "clock" | "full" | "running"} outcome
 * @property {number} sent
 * @property {number} left
 * @property {string} [code] of the server's refusal
 * @property {string[]} [fields]
 * @property {string} [min_build]
 */

/**
 * @typedef {Tools & {locks?: LockManager, onProgress: (progress: Progress) => void}} RunTools
 * What a run needs from the world around it; everything has a default.
 */

/** @typedef {{accountId: string, tools: RunTools, search: import("./halving.js").Search, sent: number, received: number, restarts: number}} Run */
/** @typedef {Omit<Ended, "sent" | "left">} Verdict */

/** Stands in for the lock where the browser has none. */
let running = false;

/**
 * Sends all that is queued and fetches all that is new, for the account if it is the open one. One run at a time, across
 * tabs and the service worker.
 * @param {string} accountId
 * @param {Partial<RunTools>} [given]
 * @returns {Promise<Ended>}
 */
export async function run(accountId, given = {}) {
  const tools = { ...defaults(), ...given };
  const result = await alone(tools.locks, () => drain(accountId, tools));
  const { queued } = await counts(accountId);
  const end = { ...(result ?? { outcome: /** @type {const} */ ("running"), sent: 0 }), left: queued };
  if (result) {
    ended(isWell(result));
    announce({ kind: "sync", account_id: accountId, outcome: end.outcome, sent: end.sent, left: end.left });
  }
  return end;
}

/**
 * Runs again and again, each time after `nextDelay()`, until the returned function is called.
 * @param {string} accountId
 * @param {Partial<RunTools>} [given]
 * @returns {() => void}
 */
export function schedule(accountId, given = {}) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  let stopped = false;
  const next = () => {
    if (!stopped) timer = setTimeout(() => run(accountId, given).catch(console.error).finally(next), nextDelay());
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/**
 * Whether a run goes on, in whatever tab or in the service worker.
 * @param {LockManager | undefined} [locks]
 */
export async function isRunning(locks = globalThis.navigator?.locks) {
  if (!locks) return running;
  const { held = [] } = await locks.query();
  return held.some(({ name }) => name === LOCK);
}

/** @returns {RunTools} */
function defaults() {
  return {
    fetch: globalThis.fetch.bind(globalThis),
    now: () => new Date(),
    locks: globalThis.navigator?.locks,
    onProgress: () => {},
  };
}

/**
 * Does the work under the lock, or returns null if it is taken.
 * @template T
 * @param {LockManager | undefined} locks
 * @param {() => Promise<T>} work
 * @returns {Promise<T | null>}
 */
async function alone(locks, work) {
  if (locks) return locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : null));
  if (running) return null;
  running = true;
  return work().finally(() => {
    running = false;
  });
}

/**
 * @param {string} accountId
 * @param {RunTools} tools
 */
async function drain(accountId, tools) {
  const run = { accountId, tools, search: newSearch(), sent: 0, received: 0, restarts: 0 };
  try {
    if (await mustWait(accountId, tools.now().getTime())) return { outcome: /** @type {const} */ ("busy"), sent: 0 };
    return { ...(await untilVerdict(run)), sent: run.sent };
  } catch (fault) {
    if (fault instanceof StorageFull) return { outcome: /** @type {const} */ ("full"), sent: run.sent };
    throw fault;
  }
}

/**
 * @param {Run} run
 * @returns {Promise<Verdict>}
 */
async function untilVerdict(run) {
  const { accountId, tools, search } = run;
  await begin(run);
  for (;;) {
    if ((await current())?.account_id !== accountId) return finished(run);
    const verdict = await judge(run, await exchange(accountId, { ...tools, limit: search.limit }));
    if (verdict && !(isWell(verdict) && (await somethingNew(accountId)))) return verdict;
  }
}

/**
 * Says what is about to be sent: the first answer may be long in coming.
 * @param {Run} run
 */
async function begin(run) {
  const [open, { queued }] = await Promise.all([current(), counts(run.accountId)]);
  if (open?.account_id === run.accountId && open.signed_in && queued > 0) report(run, queued, 0);
}

/** @param {Verdict} verdict */
function isWell({ outcome }) {
  return outcome === "idle" || outcome === "sent";
}

/**
 * Clears up, then says whether something was saved while the run was at its end: who saved it found the lock taken.
 * @param {string} accountId
 */
async function somethingNew(accountId) {
  await sweep(accountId);
  return (await counts(accountId)).queued > 0;
}

/**
 * What an exchange means for the run; null to go on.
 * @param {Run} run
 * @param {Exchanged} exchanged
 * @returns {Promise<Verdict | null>}
 */
async function judge(run, exchanged) {
  const { accountId, tools, search } = run;
  switch (exchanged.kind) {
    case "done":
      return proceed(run, exchanged);
    case "stale":
      return restart(run, "busy");
    case "refused": {
      const { code, fields, op_ids } = exchanged;
      const meaning = refusal(search, op_ids);
      if (meaning === "culprit") await giveUp(run, op_ids[0], { code, fields });
      return meaning === "fault" ? { outcome: "fault", code, fields } : null;
    }
    case "busy":
      if (exchanged.wait > 0) await postpone(accountId, tools.now().getTime() + exchanged.wait);
      return { outcome: "busy" };
    default: {
      const { kind, ...details } = exchanged;
      return { outcome: kind, ...details };
    }
  }
}

/**
 * @param {Run} run
 * @param {Done} done
 * @returns {Verdict | null}
 */
function proceed(run, { offered, acked, refused, queued, received, left, more, reset }) {
  run.sent += acked;
  run.received += received;
  report(run, queued, left);
  if (success(run.search)) return null;
  if (reset && restart(run, "fault")) return { outcome: "fault" };
  if (more) return received > 0 ? null : { outcome: "fault" };
  if (queued === 0) return finished(run);
  return offered === 0 || acked + refused > 0 ? null : { outcome: "busy" };
}

/**
 * @param {Run} run
 * @param {number} queued
 * @param {number} left
 */
function report({ accountId, tools, sent, received }, queued, left) {
  const progress = { sent, total: sent + queued, received, left };
  tools.onProgress(progress);
  announce({ kind: "progress", account_id: accountId, ...progress });
}

/**
 * @param {Run} run
 * @param {"busy" | "fault"} outcome if it happens again and again
 * @returns {Verdict | null}
 */
function restart(run, outcome) {
  run.restarts += 1;
  return run.restarts > PATIENCE ? { outcome } : null;
}

/**
 * @param {Run} run
 * @param {string} opId
 * @param {{code: string, fields: string[]}} why
 */
async function giveUp({ accountId, tools }, opId, why) {
  await setAside(accountId, opId, why, tools.now());
  announce({ kind: "outbox", account_id: accountId });
}

/**
 * @param {Run} run
 * @returns {Verdict}
 */
function finished({ sent }) {
  return { outcome: sent > 0 ? "sent" : "idle" };
}
