// One run at a time, across tabs and the service worker.

import { pageState } from "../core/pageState.ts";

const LOCK = "tung-nha-sync";
/** Replaces the lock in browsers without Web Locks. */
const run = pageState("lock", { isRunning: false });

/** Whether a run is in progress, in any tab or in the service worker. */
export async function isRunning(locks: LockManager | undefined = globalThis.navigator?.locks) {
  if (!locks) return run.isRunning;
  const { held = [] } = await locks.query();
  return held.some(({ name }) => name === LOCK);
}

/** Runs `work` under the lock; null if another run holds it. */
export async function withLock<T>(locks: LockManager | undefined, work: () => Promise<T>): Promise<T | null> {
  if (locks) return locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : null));
  if (run.isRunning) return null;
  run.isRunning = true;
  return work().finally(() => {
    run.isRunning = false;
  });
}
