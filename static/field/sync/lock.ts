// One run at a time, across tabs and the service worker.

const LOCK = "tung-nha-sync";
/** Replaces the lock in browsers without Web Locks. */
let running = false;

/**
 * Whether a run is in progress, in any tab or in the service worker.
 * @param {LockManager | undefined} [locks]
 */
export async function isRunning(locks = globalThis.navigator?.locks) {
  if (!locks) return running;
  const { held = [] } = await locks.query();
  return held.some(({ name }) => name === LOCK);
}

/**
 * Runs `work` under the lock; null if another run holds it.
 * @template T
 * @param {LockManager | undefined} locks
 * @param {() => Promise<T>} work
 * @returns {Promise<T | null>}
 */
export async function withLock(locks, work) {
  if (locks) return locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : null));
  if (running) return null;
  running = true;
  return work().finally(() => {
    running = false;
  });
}
