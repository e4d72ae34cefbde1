// Failures of the app's own code, counted (countFailure.ts) until an exchange has told the server.

import { inRegistry } from "../store/db.ts";

export const FAILURES_KEY = "failures";

/** How often, by build and code: *0.1.0 TypeError field-e02dc8882b.js:1:2047*. */
export type Failures = Record<string, number>;

type Uncaught = Event & { error?: unknown; reason?: unknown };

/** Counts what nobody catches, in a page or in the worker. */
export function watchFailures(scope: EventTarget, count: (error: unknown) => void) {
  for (const type of ["error", "unhandledrejection"])
    scope.addEventListener(type, (({ error, reason = error }: Uncaught) => reason && count(reason)) as EventListener);
}

/** Logs a failure that was caught, and has it counted like one that nobody catches. */
export function report(error: unknown) {
  console.error(error);
  globalThis.dispatchEvent?.(new ErrorEvent("error", { error }));
}

export function readFailures(): Promise<Failures | undefined> {
  return inRegistry("readonly", (tx) => tx.objectStore("settings").get(FAILURES_KEY));
}

/** The server has them. Those of the same kind since the request are lost: their number is no account of anything. */
export function forgetFailures() {
  return inRegistry("readwrite", (tx) => tx.objectStore("settings").delete(FAILURES_KEY));
}
