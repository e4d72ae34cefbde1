// Aborts work after a timeout, or when it is no longer wanted. AbortSignal.timeout() needs Chrome 103 or Safari 16; the
// oldest supported browsers lack it.

/**
 * @template T
 * @param {number} timeout milliseconds
 * @param {(signal: AbortSignal) => Promise<T>} work
 * @param {AbortController} [aborter] to abort it earlier
 * @returns {Promise<T>}
 */
export function withTimeout(timeout, work, aborter = new AbortController()) {
  const timer = setTimeout(() => aborter.abort(), timeout);
  return work(aborter.signal).finally(() => clearTimeout(timer));
}
