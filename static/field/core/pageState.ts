// What a page remembers. Both bundles have a copy of some modules; what such a module remembers is here, once for both.

import { PRACTICE } from "./device.ts";

const page = globalThis as { tungNha?: Record<string, unknown> };

/** The state with this name: `initial` for the copy that asks first, and the same for the other one. */
export function pageState<T>(name: string, initial: T): T {
  page.tungNha ??= {};
  page.tungNha[name] ??= initial;
  return page.tungNha[name] as T;
}

/**
 * Where this page has its records: with those that are sent, or apart from them, to practise. The name of the browser's
 * tab decides it: it outlives a reload, each tab has its own, and a worker has none. `space` begins the name of each
 * database, and is that of the journal's folder and of the channel between tabs.
 */
export const tab = pageState("tab", {
  space: (globalThis as { name?: string }).name === PRACTICE ? PRACTICE : "tung-nha",
});

/** Whether this page practises: then nothing is sent. */
export function isPractising() {
  return tab.space === PRACTICE;
}
