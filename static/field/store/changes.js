// "Something changed", told to every part of this tab and to every other tab and the service worker.

/**
 * @typedef {(
 *   | {kind: "outbox", account_id: string}
 *   | {kind: "replica", account_id: string}
 *   | {kind: "account"}
 *   | {kind: "draft", account_id: string, draft: string}
 *   | {kind: "saved", account_id: string, draft: string, id: string}
 *   | {kind: "progress", account_id: string, sent: number, total: number, received: number, left: number}
 *   | {kind: "sync", account_id: string, outcome: string, sent: number, left: number}
 * )} Change `draft`: another tab has written the form of this key; `saved`: it has become the record `id`. `progress`: operations
 *   sent of a total, rows received and rows still to come; `sync`: how a run ended.
 */

/** @type {Set<(change: Change) => void>} */
const listeners = new Set();
/** @type {BroadcastChannel | undefined} */
let channel;

/**
 * Tells everybody, other tabs included.
 * @param {Change} change
 */
export function announce(change) {
  tellOthers(change);
  tell(change);
}

/**
 * Tells everybody but this tab.
 * @param {Change} change
 */
export function tellOthers(change) {
  connect();
  channel?.postMessage(change);
}

/**
 * Calls `listener` at every change until the returned function is called.
 * @param {(change: Change) => void} listener
 * @returns {() => void}
 */
export function subscribe(listener) {
  connect();
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function connect() {
  if (channel || typeof BroadcastChannel === "undefined") return;
  channel = new BroadcastChannel("tungnha");
  channel.onmessage = (event) => tell(event.data);
  // Node keeps a process alive for an open channel; browsers have no unref.
  if ("unref" in channel && typeof channel.unref === "function") channel.unref();
}

/** @param {Change} change */
function tell(change) {
  for (const listener of listeners) listener(change);
}
