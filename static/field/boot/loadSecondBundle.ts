// The bundle of the pages that the first screen does not need (static/field/boot/secondBundle.ts).

import { localDay } from "../core/day.ts";
import { CARRIES } from "../core/device.ts";
import { pause } from "../core/pause.ts";
import { currentAccount } from "../store/accounts.ts";
import { devicePublicKey } from "../store/deviceKey.ts";

const CACHE = "files"; // the worker's (service_worker/precache.ts)
const CHECKED = "tung-nha-checked";
const address = (document.querySelector("[data-later]") as HTMLElement).dataset.later ?? "";
/** After the first visit's files: so long, milliseconds, a phone on which nobody is signed in leaves the network alone. */
const QUIET_MS = 5_000;
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

/** Stores the bundle, and that of practice, for use without a network. The first visit does without them. */
async function storeLater() {
  const practice = address.replace("later", "practice");
  if (!(await caches.match(practice))) await (await caches.open(CACHE)).addAll([address, practice]);
  isKnownStored = true;
}

/** Where nobody is signed in no exchange says that there is a network: what can be practised is stored all the same. */
export async function storeBeforeSignIn() {
  if (await currentAccount()) return;
  await navigator.serviceWorker.ready;
  await pause(QUIET_MS);
  await storeLater();
}

/** Whether the app and this bundle are stored on the phone, and a worker answers for them. */
export async function isStored() {
  return Boolean(navigator.serviceWorker?.controller && (await caches.match(address)));
}

/** Called when an exchange has succeeded, so that there is a network. */
export async function useNetwork() {
  if (!isKnownStored) await storeLater();
  await devicePublicKey(); // of a phone that signed in before there were keys, for its next exchange
  if (localStorage.getItem(CARRIES)) await (await loadLater()).deliver();
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
