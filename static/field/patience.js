// Work that is given up after a while. AbortSignal.timeout() is younger than the oldest browsers here: Chrome 103, Safari 16.

/**
 * @template T
 * @param {number} patience milliseconds
 * @param {(signal: AbortSignal) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function patiently(patience, work) {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), patience);
  return work(aborter.signal).finally(() => clearTimeout(timer));
}
