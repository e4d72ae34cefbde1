// The bundle of the pages that the first screen does not need (static/field/boot/secondBundle.ts).

import { localDay } from "../core/day.ts";
import { devicePublicKey } from "../store/deviceKey.ts";

const CACHE = "files"; // the worker's (service_worker/precache.ts)
const CHECKED = "tung-nha-checked";
const CARRIES = "tung-nha-carries";
const address = (document.querySelector("[data-later]") as HTMLElement).dataset.later ?? "";
let isKnownStored = false;

let loaded: typeof import("./secondBundle.ts") | undefined;

/** A bad network may hang, and `import()` has no time limit: nothing that can be shown without it waits for this. */
export async function loadLater(): Promise<typeof import("./secondBundle.ts")> {
  loaded = (await import(address)) as typeof import("./secondBundle.ts");
  return loaded;
}

/** What was loaded by now. */
export function loadedLater() {
  return loaded;
}

/** Stores the bundle for use without a network. The first visit does without it. */
async function storeLater() {
  const cache = await caches.open(CACHE);
  if (!(await cache.match(address))) await cache.add(address);
  isKnownStored = true;
}

/** Whether the app and this bundle are stored on the phone, and a worker answers for them. */
export async function isStored() {
  return Boolean(navigator.serviceWorker?.controller && (await caches.match(address)));
}

/** Called when an exchange has succeeded, so that there is a network. */
export async function useNetwork() {
  if (!isKnownStored) await storeLater();
  await devicePublicKey(); // of a phone that signed in before there were keys, for its next exchange
  if (localStorage.getItem(CARRIES)) await deliver();
}

/**
 * Called after each run: the first of a day that reached the server, and the first that did not, look at what has to
 * leave this phone.
 */
export async function checkStorage(outcome: string) {
  const reached = ["idle", "sent"].includes(outcome);
  const mark = localDay(new Date()) + (reached ? "." : "");
  if (localStorage.getItem(CHECKED)?.startsWith(mark)) return;
  if (await (await loadLater()).checkStorage(outcome)) localStorage.setItem(CHECKED, mark);
}

/** Delivers the files that this phone carries for others; what is left waits for the next exchange. */
export async function deliver() {
  localStorage.setItem(CARRIES, "yes");
  const { deliverCarriedFiles } = await loadLater();
  if (await deliverCarriedFiles(fetch.bind(globalThis))) localStorage.removeItem(CARRIES);
  else localStorage.setItem(CARRIES, "yes");
}
