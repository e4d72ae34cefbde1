// Registers the service worker and updates it when a person asks. Only the tab in which they asked is reloaded, and
// only if it still shows Hôm nay, so that no form is lost.

import { subscribe } from "../store/changes.ts";

const HOUR_MS = 3600_000;

/** Hôm nay, with a message on what is still on the phone. */
const UPDATED = "/field/?done=updated";

let registration: ServiceWorkerRegistration | undefined;
/** Whether a newer worker has taken over while this page runs the older code. */
let isOutdated = false;
/** Whether a person has tapped Cập nhật in this tab. */
let isRequested = false;

/** Registers the worker. `onWaiting` is called when a newer version of the app is ready. */
export async function registerWorker(onWaiting: () => void) {
  if (!("serviceWorker" in navigator)) return;
  try {
    registration = await navigator.serviceWorker.register("/field/sw.js", { updateViaCache: "none" });
  } catch (error) {
    console.error(error);
    return;
  }
  const offerUpdate = () => {
    if (!isUpdateReady()) return;
    // It was asked for before it was downloaded, or before this page had the registration.
    if (isRequested) applyUpdate();
    onWaiting();
  };
  const follow = (worker: ServiceWorker | null | undefined) =>
    worker?.addEventListener("statechange", () => worker.state === "installed" && offerUpdate());
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    isOutdated = true;
    if (isRequested && document.getElementById("main")?.dataset.screen === "today") location.replace(UPDATED);
    isRequested = false;
    onWaiting();
  });
  registration.addEventListener("updatefound", () => follow(registration?.installing));
  follow(registration.installing);
  offerUpdate();
  if (isRequested && !registration.waiting) checkForUpdate();
  checkRegularly();
}

/** Whether a newer version is ready or active while this page runs an older one. */
export function isUpdateReady() {
  return isOutdated || Boolean(registration?.waiting && navigator.serviceWorker.controller);
}

/** Activates the newer version and reloads Hôm nay, as soon as the version is downloaded. */
export function applyUpdate() {
  if (isOutdated) location.replace(UPDATED);
  isRequested = true;
  if (registration?.waiting) registration.waiting.postMessage({ type: "SKIP_WAITING" });
  else checkForUpdate();
}

/** Checks for a newer version now. */
function checkForUpdate() {
  registration?.update().catch(() => {});
}

type WithSync = { sync: { register: (tag: string) => Promise<void> } };

/** Registers a background sync: the browser runs the worker when the network is back. Not every browser can. */
export async function requestBackgroundSync() {
  try {
    if (registration && "sync" in registration) await (registration as WithSync).sync.register("tung-nha-sync");
  } catch {
    // The browser refused; the page still sends by itself.
  }
}

/** A page that stays open would not learn of a new version, and the server may refuse the old one. */
function checkRegularly() {
  let checkedAt = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - checkedAt < HOUR_MS) return;
    checkedAt = Date.now();
    checkForUpdate();
  });
  subscribe((change) => {
    if (change.kind === "sync" && change.outcome === "update") checkForUpdate();
  });
}
