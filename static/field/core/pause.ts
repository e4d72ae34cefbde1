// Waiting.

export function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}

/** How long what can be done without the later bundle waits for it, in a network that hangs. */
const LATER_MS = 3_000;

/** What is loaded, if it comes in time; nothing if it does not, or cannot be loaded. */
export function inTime<T>(loading: Promise<T>) {
  return Promise.race([loading.catch(console.error), pause(LATER_MS)]);
}
