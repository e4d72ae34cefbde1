// Aborts work after a timeout, or when it is no longer wanted. AbortSignal.timeout() needs Chrome 103 or Safari 16; the
// oldest supported browsers lack it.

/**
 * @param timeout milliseconds
 * @param aborter to abort it earlier
 */
export function withTimeout<T>(
  timeout: number,
  work: (signal: AbortSignal) => Promise<T>,
  aborter: AbortController = new AbortController(),
): Promise<T> {
  const timer = setTimeout(() => aborter.abort(), timeout);
  return work(aborter.signal).finally(() => clearTimeout(timer));
}
