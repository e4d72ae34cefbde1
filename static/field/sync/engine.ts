// The sync engine: runs exchanges until the outbox is empty and the replica is complete. It uses no DOM: the page, the
// service worker and Node run the same module.

import { currentAccount } from "../store/accounts.ts";
import { announce, collectAnnouncements, subscribe } from "../store/changes.ts";
import { StorageFull } from "../store/db.ts";
import { removeFromJournal } from "../store/journal/journalSync.ts";
import { countQueued } from "../store/outbox.ts";
import { moveToFixes } from "./applyResults.ts";
import { mustWait, nextDelay, postpone, recordOutcome } from "./backoff.ts";
import {
  type AppliedAnswer,
  type ExchangeOptions,
  type ExchangeResult,
  finishExchange,
  type InFlight,
  startExchange,
} from "./exchange.ts";
import { afterRefusal, afterSuccess, isWhole, newSearch, type Search } from "./halving.ts";
import { withLock } from "./lock.ts";
import { purgeExpired } from "./pull.ts";

export { nextDelay } from "./backoff.ts";

/** How many resets or stale answers one run accepts before it ends. */
const MAX_RESTARTS = 3;

/** Operations sent of a total; rows received and rows still to come. */
type Progress = { sent: number; total: number; received: number; left: number };

/** The state of the newest run. */
export type Sync = {
  /** how the newest run ended; empty before the first */
  outcome: string;
  /** while a run goes on */
  progress: Progress | null;
};

/**
 * How a run ended. `running`: another run holds the lock and does the work; `idle`: there was nothing to send; `sent`:
 * all is sent; `off`: the commune is switched off; `full`: the phone has no room; `error`: the server's answer was
 * invalid, or it refuses every request.
 * `sent` counts operations acknowledged in this run, `left` those that may be sent and are still queued.
 */
type RunResult = {
  outcome:
    | "idle"
    | "sent"
    | "offline"
    | "portal"
    | "busy"
    | "off"
    | "sign_in"
    | "update"
    | "error"
    | "clock"
    | "full"
    | "running";
  sent: number;
  left: number;
  /** of the server's refusal */
  code?: string;
  fields?: string[];
  min_build?: string;
};

/** The environment of a run; everything has a default. `batch`: at most so many operations in a request. */
type RunOptions = Omit<ExchangeOptions, "onChange" | "onAcknowledged"> & {
  locks?: LockManager;
  batch?: number;
  onProgress: (progress: Progress) => void;
};

/** A run. `acked`: the operations whose journal files are to be removed. */
type Run = {
  accountId: string;
  options: RunOptions;
  search: Search;
  sent: number;
  received: number;
  restarts: number;
  acked: string[];
};
type Outcome = Omit<RunResult, "sent" | "left">;

/**
 * Sends everything queued and fetches everything new for the account, if it is the open one. Only one run works at a
 * time, across tabs and the service worker.
 */
export async function runSync(accountId: string, options: Partial<RunOptions> = {}): Promise<RunResult> {
  const runOptions = { ...defaults(), ...options };
  const run = {
    accountId,
    options: runOptions,
    search: newSearch(options.batch),
    sent: 0,
    received: 0,
    restarts: 0,
    acked: [],
  };
  const result = await withLock(runOptions.locks, () => drain(run));
  const end = { ...(result ?? { outcome: "running" as const, sent: 0 }), left: await countQueued(accountId) };
  if (result) {
    recordOutcome(isWell(result));
    announce({ kind: "sync", account_id: accountId, outcome: end.outcome, sent: end.sent, left: end.left });
  }
  await removeFromJournal(accountId, run.acked);
  return end;
}

/**
 * Starts a run `nextDelay()` after the end of the one before, whoever started that one, until the returned function is
 * called.
 */
export function schedule(accountId: string, options: Partial<RunOptions> = {}): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let stopped = false;
  const next = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => runSync(accountId, options).catch(console.error).finally(next), nextDelay());
  };
  const unsubscribe = subscribe((change) => {
    if (change.kind === "sync" && change.account_id === accountId) next();
  });
  next();
  return () => {
    stopped = true;
    unsubscribe();
    clearTimeout(timer);
  };
}

function defaults(): RunOptions {
  return {
    fetch: globalThis.fetch.bind(globalThis),
    now: () => new Date(),
    locks: globalThis.navigator?.locks,
    onProgress: () => {},
  };
}

async function drain(run: Run): Promise<Outcome & { sent: number }> {
  const { accountId, options } = run;
  const announcements = collectAnnouncements(accountId);
  try {
    if (await mustWait(accountId, options.now().getTime())) return { outcome: "busy", sent: 0 };
    const end = await exchangeUntilDone(run, {
      ...options,
      onChange: announcements.add,
      onAcknowledged: (opIds) => void run.acked.push(...opIds),
    });
    return { ...end, sent: run.sent };
  } catch (error) {
    if (error instanceof StorageFull) return { outcome: "full", sent: run.sent };
    throw error;
  } finally {
    announcements.flush();
  }
}

async function exchangeUntilDone(run: Run, options: ExchangeOptions): Promise<Outcome> {
  const { accountId } = run;
  await reportStart(run);
  /** The request that was sent while the answer before it was stored. */
  let ahead: InFlight | null = null;
  try {
    for (;;) {
      if ((await currentAccount())?.account_id !== accountId) return finished(run);
      let result: ExchangeResult = { kind: "sign_in", code: "sign_in" };
      const limited = { ...options, limit: run.search.limit };
      const inFlight = ahead ?? (await startExchange(accountId, limited));
      ahead = null;
      if (inFlight) ({ result, next: ahead } = await finishExchange(inFlight, limited, isWhole(run.search)));
      const end = await outcomeOf(run, result);
      if (end && !(isWell(end) && (await hasNewOperations(accountId)))) return end;
    }
  } finally {
    ahead?.cancel();
  }
}

/** Reports what is about to be sent: the first answer may take long. */
async function reportStart(run: Run) {
  const [open, queued] = await Promise.all([currentAccount(), countQueued(run.accountId)]);
  if (open?.account_id === run.accountId && open.signed_in && queued > 0) report(run, queued, 0);
}

function isWell({ outcome }: Outcome) {
  return outcome === "idle" || outcome === "sent";
}

/**
 * Purges expired records, then tells whether something was saved meanwhile: the run that the save started found the
 * lock held.
 */
async function hasNewOperations(accountId: string) {
  await purgeExpired(accountId);
  return (await countQueued(accountId)) > 0;
}

/** The outcome of the run after an exchange; null to continue. */
async function outcomeOf(run: Run, exchanged: ExchangeResult): Promise<Outcome | null> {
  const { accountId, options, search } = run;
  switch (exchanged.kind) {
    case "done":
      return proceed(run, exchanged);
    case "stale":
      return restart(run, "busy");
    case "refused": {
      const { code, fields, op_ids } = exchanged;
      const meaning = afterRefusal(search, op_ids);
      if (meaning === "culprit") await refuseOperation(run, op_ids[0], { code, fields });
      return meaning === "error" ? { outcome: "error", code, fields } : null;
    }
    case "busy":
      if (exchanged.wait > 0) await postpone(accountId, options.now().getTime() + exchanged.wait);
      return { outcome: "busy" };
    default: {
      const { kind, ...details } = exchanged;
      return { outcome: kind, ...details };
    }
  }
}

function proceed(
  run: Run,
  { offered, acked, refused, queued, received, left, more, reset, completed }: AppliedAnswer,
): Outcome | null {
  run.sent += acked;
  run.received += received;
  report(run, queued, left);
  if (afterSuccess(run.search)) return null;
  if (reset && restart(run, "error")) return { outcome: "error" };
  if (more) return received > 0 ? null : { outcome: "error" };
  if (completed) {
    // The first screen is shown now; the guides come with the next exchange.
    announce({ kind: "replica", account_id: run.accountId });
    return null;
  }
  if (queued === 0) return finished(run);
  return offered === 0 || acked + refused > 0 ? null : { outcome: "busy" };
}

function report({ accountId, options, sent, received }: Run, queued: number, left: number) {
  const progress = { sent, total: sent + queued, received, left };
  options.onProgress(progress);
  announce({ kind: "progress", account_id: accountId, ...progress });
}

/** @param outcome of the run, after too many restarts */
function restart(run: Run, outcome: "busy" | "error"): Outcome | null {
  run.restarts += 1;
  return run.restarts > MAX_RESTARTS ? { outcome } : null;
}

async function refuseOperation({ accountId, options }: Run, opId: string, why: { code: string; fields: string[] }) {
  await moveToFixes(accountId, opId, why, options.now());
  announce({ kind: "replica", account_id: accountId });
}

function finished({ sent }: Run): Outcome {
  return { outcome: sent > 0 ? "sent" : "idle" };
}
