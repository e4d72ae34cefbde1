// Change events for all parts of this tab, for the other tabs and for the service worker.

import { pageState, tab } from "../core/pageState.ts";

/**
 * `draft`: another tab has written the draft with this key; `saved`: its form was saved as the record `id`. `progress`:
 * operations sent of a total, rows received and rows still to come; `sync`: how a run ended.
 */
export type Change =
  | { kind: "outbox"; account_id: string }
  | { kind: "replica"; account_id: string }
  | { kind: "account" }
  | { kind: "carried" }
  | { kind: "draft"; account_id: string; draft: string }
  | { kind: "saved"; account_id: string; draft: string; id: string }
  | { kind: "progress"; account_id: string; sent: number; total: number; received: number; left: number }
  | { kind: "sync"; account_id: string; outcome: string; sent: number; left: number };

/** Pages are told at the end of a run, and during a longer one about this often. */
const PERIOD_MS = 1_500;

const listeners = pageState("listeners", new Set<(change: Change) => void>());
const channel: { of?: BroadcastChannel } = pageState("channel", {});

/** Notifies this tab's listeners and all other tabs. */
export function announce(change: Change) {
  announceToOthers(change);
  notify(change);
}

/** Notifies all other tabs only. */
export function announceToOthers(change: Change) {
  connect();
  channel.of?.postMessage(change);
}

/** Calls `listener` on every change until the returned function is called. */
export function subscribe(listener: (change: Change) => void): () => void {
  connect();
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function connect() {
  if (channel.of || typeof BroadcastChannel === "undefined") return;
  channel.of = new BroadcastChannel(tab.space);
  channel.of.onmessage = (event) => notify(event.data);
}

function notify(change: Change) {
  for (const listener of listeners) listener(change);
}

/**
 * What a run has changed, told to all pages together: a page that is redrawn after every answer takes the time that the
 * next answer needs. `add`: something has changed; announced now if the last time was long ago. `flush`: announces what
 * was added since. The kind is `replica` even where the outbox has changed: `outbox` tells that something was saved and
 * starts a run.
 */
export function collectAnnouncements(accountId: string): { add: () => void; flush: () => void } {
  let hasChanged = false;
  let last = performance.now();
  const flush = () => {
    if (hasChanged) announce({ kind: "replica", account_id: accountId });
    hasChanged = false;
    last = performance.now();
  };
  const add = () => {
    hasChanged = true;
    if (performance.now() - last >= PERIOD_MS) flush();
  };
  return { add, flush };
}
