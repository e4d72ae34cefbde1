// The service worker: registered once, and changed over to a newer one only when somebody says so. A page loads anew only
// in the tab in which it was said, and only if Hôm nay is still up: nowhere else, least of all where somebody records.

import { subscribe } from "./store/changes.js";

const HOUR = 3600_000;

/** Hôm nay, with a word on what is still there. */
const UPDATED = "/field/?done=updated";

/** @type {ServiceWorkerRegistration | undefined} */
let registration;
/** Whether a newer worker has taken over while this page runs: its code is of the version before. */
let isBehind = false;
/** Whether somebody has tapped Cập nhật here. */
let isAsked = false;

/**
 * Registers the worker. `onWaiting` is called when a newer version of the app is ready.
 * @param {() => void} onWaiting
 */
export async function registerWorker(onWaiting) {
  if (!("serviceWorker" in navigator)) return;
  try {
    registration = await navigator.serviceWorker.register("/field/sw.js", { updateViaCache: "none" });
  } catch (fault) {
    console.error(fault);
    return;
  }
  if (updateWaits()) onWaiting();
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    isBehind = true;
    if (isAsked && document.getElementById("main")?.dataset.screen === "today") location.replace(UPDATED);
    isAsked = false;
    onWaiting();
  });
  registration.addEventListener("updatefound", () => {
    const coming = registration?.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state !== "installed" || !updateWaits()) return;
      if (isAsked) changeOver();
      onWaiting();
    });
  });
  lookNowAndThen();
}

/** Whether a newer version is ready, or there already, and the page still runs under an older one. */
export function updateWaits() {
  return isBehind || Boolean(registration?.waiting && navigator.serviceWorker.controller);
}

/** Changes over to the newer version and loads Hôm nay anew; if it is not here yet, as soon as it is. */
export function changeOver() {
  if (isBehind) location.replace(UPDATED);
  isAsked = true;
  if (registration?.waiting) registration.waiting.postMessage({ type: "SKIP_WAITING" });
  else look();
}

/** Looks for a newer version now. */
function look() {
  registration?.update().catch(() => {});
}

/** Asks the browser to call when the network is back, even with the page closed. Not every browser can. */
export async function callWhenOnline() {
  try {
    if (registration && "sync" in registration) await /** @type {any} */ (registration).sync.register("tungnha-sync");
  } catch {
    // The browser does not want to: the page sends by itself.
  }
}

/** A page that is never closed would never hear of a new version; and the server may refuse the old one. */
function lookNowAndThen() {
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < HOUR) return;
    looked = Date.now();
    look();
  });
  subscribe((change) => {
    if (change.kind === "sync" && change.outcome === "update") look();
  });
}
