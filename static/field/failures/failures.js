// Failures of the app's own code: counted until an exchange has told the server. Never a message, which may quote what
// somebody typed: only the kind of error and its place in the bundle.

import { BUILD } from "../core/protocol.js";
import { inRegistry } from "../store/db.js";

const KEY = "failures";
const MAX_CODES = 10;
/** A failure that repeats without end writes no more than so often. */
const MAX_NOTES = 100;
let notes = 0;

/** @typedef {Record<string, number>} Failures How often, by build and code: *0.1.0 TypeError field-e02dc8882b:1:2047*. */

/**
 * Counts what nobody catches, in a page or in the worker.
 * @param {any} scope
 */
export function watchFailures(scope) {
  scope.addEventListener("error", (/** @type {any} */ { error }) => error && noteFailure(error));
  scope.addEventListener("unhandledrejection", (/** @type {any} */ { reason }) => noteFailure(reason));
}

/**
 * Counts a failure. Without storage there is no exchange either that could tell of it.
 * @param {unknown} error
 */
export async function noteFailure(error) {
  const key = `${BUILD} ${codeOf(error)}`;
  notes += 1;
  if (notes > MAX_NOTES) return;
  await inRegistry("readwrite", async (tx) => {
    const settings = tx.objectStore("settings");
    const failures = (await settings.get(KEY)) ?? {};
    failures[key] = (failures[key] ?? 0) + 1;
    if (Object.keys(failures).length <= MAX_CODES) await settings.put(failures, KEY);
  }).catch(() => {});
}

/** @returns {Promise<Failures | undefined>} */
export function readFailures() {
  return inRegistry("readonly", (tx) => tx.objectStore("settings").get(KEY)).catch(() => undefined);
}

/** The server has them. Those of the same kind since the request are lost: their number is no account of anything. */
export function forgetFailures() {
  return inRegistry("readwrite", (tx) => tx.objectStore("settings").delete(KEY));
}

/** @param {unknown} error */
function codeOf(error) {
  if (!(error instanceof Error)) return "unknown";
  const [, file, place] = /((?:field|later|en|sw)[\w-]*)\.js:(\d+:\d+)/.exec(error.stack ?? "") ?? [];
  const name = /^[A-Za-z]*Error$/.test(error.name) ? error.name : "Error";
  return file ? `${name} ${file}:${place}` : name;
}
