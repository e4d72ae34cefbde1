// Ends the server's session after a sign-out, also if there was no network at that time.

import { withTimeout } from "../core/withTimeout.ts";
import { hasSessionToEnd, markSessionEnded } from "../store/signedOut.ts";

const ADDRESS = "/api/v1/devices/current";
const LOCK = "tung-nha-session";
/** Signing out does not wait longer for the server: on the phone it is done already. */
const TIMEOUT_MS = 5_000;

/**
 * Ends the session of a signed-out account, if there is one. One caller at a time, across tabs and the service worker:
 * the answer deletes the cookie, and must not arrive after the next sign-in has set a new one.
 * @returns why the session is not ended; empty if it is
 */
export function endSession(fetch: typeof globalThis.fetch): Promise<"" | "offline" | "busy"> {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request(LOCK, () => endPendingSession(fetch)) : endPendingSession(fetch);
}

async function endPendingSession(fetch: typeof globalThis.fetch): Promise<"" | "offline" | "busy"> {
  if (!(await hasSessionToEnd())) return "";
  const answer = await withTimeout(TIMEOUT_MS, (signal) => fetch(ADDRESS, { method: "DELETE", signal })).catch(
    () => null,
  );
  if (answer?.status !== 204) return answer ? "busy" : "offline";
  await markSessionEnded();
  return "";
}
