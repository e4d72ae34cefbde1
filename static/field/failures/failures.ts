// Failures of the app's own code, counted (countFailure.ts) until an exchange has told the server.

import { inRegistry } from "../store/db.ts";

export const FAILURES_KEY = "failures";

/** @typedef {Record<string, number>} Failures How often, by build and code: *0.1.0 TypeError field-e02dc8882b.js:1:2047*. */

/**
 * Counts what nobody catches, in a page or in the worker.
 * @param {any} scope
 * @param {(error: unknown) => void} count
 */
export function watchFailures(scope, count) {
  for (const type of ["error", "unhandledrejection"])
    scope.addEventListener(type, (/** @type {any} */ { error, reason = error }) => reason && count(reason));
}

/**
 * Logs a failure that was caught, and has it counted like one that nobody catches.
 * @param {unknown} error
 */
export function report(error) {
  console.error(error);
  globalThis.dispatchEvent?.(new ErrorEvent("error", { error }));
}

/** @returns {Promise<Failures | undefined>} */
export function readFailures() {
  return inRegistry("readonly", (tx) => tx.objectStore("settings").get(FAILURES_KEY));
}

/** The server has them. Those of the same kind since the request are lost: their number is no account of anything. */
export function forgetFailures() {
  return inRegistry("readwrite", (tx) => tx.objectStore("settings").delete(FAILURES_KEY));
}
