// Ending the server's session after somebody has signed out, be it that there was no network then.

import { patiently } from "./patience.js";
import { forgetSession, isSessionLeft } from "./store/signed_out.js";

const ADDRESS = "/api/v1/devices/current";
const LOCK = "tungnha-session";
/** Signing out does not wait longer for the server, milliseconds: the phone's part is what counts. */
const PATIENCE = 5_000;

/**
 * Ends the session that is left, if one is. One caller at a time, across tabs and the service worker: the answer takes the
 * cookie away, and must not come after the next person's.
 * @param {import("./pages/answers.js").World["fetch"]} fetch
 * @returns {Promise<"" | "offline" | "busy">} why one is left; empty if none is
 */
export function endSession(fetch) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request(LOCK, () => end(fetch)) : end(fetch);
}

/**
 * @param {import("./pages/answers.js").World["fetch"]} fetch
 * @returns {Promise<"" | "offline" | "busy">}
 */
async function end(fetch) {
  if (!(await isSessionLeft())) return "";
  const answer = await patiently(PATIENCE, (signal) => fetch(ADDRESS, { method: "DELETE", signal })).catch(() => null);
  if (answer?.status !== 204) return answer ? "busy" : "offline";
  await forgetSession();
  return "";
}
