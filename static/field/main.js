// The phone's page: its own server, htmx over it, sync beside it.

import { seal } from "./backup.js";
import { helpForms } from "./controls.js";
import { download } from "./download.js";
import { flush, keepDrafts } from "./drafting.js";
import { hostRequests } from "./host.js";
import { canInstall, keepOffer } from "./installing.js";
import { followJumps } from "./jumps.js";
import { isSunny, setSunny } from "./light.js";
import { firstPaint, followChanges, keepFocus, keepPlaces, markTab } from "./screen.js";
import { server } from "./server.js";
import { subscribe } from "./store/changes.js";
import { recover } from "./store/recovery.js";
import { clearSignedOut, isSessionLeft } from "./store/signed_out.js";
import { keepSyncing, newestSync, sendNow } from "./syncing.js";
import { followTwins } from "./twins.js";
import { callWhenOnline, changeOver, registerWorker, updateWaits } from "./versions.js";

const handle = server({
  now: () => new Date(),
  newId: () => crypto.randomUUID(),
  fetch: (input, init) => fetch(input, init),
  deviceName: navigator.userAgent.match(/Android|iPhone|iPad|Windows|Mac|Linux/)?.[0] ?? "",
  send: sendNow,
  sync: newestSync,
  updateWaits,
  update: changeOver,
  isSunny,
  setSunny,
  canInstall,
  seal,
  download,
});

const release = holdForms();
keepOffer();
keepDrafts();
helpForms();
followJumps();
hostRequests(handle, flush);
keepPlaces();
await firstPaint(handle);

// The page is there to be read already while htmx is being made ready.
const { default: htmx } = await import("htmx.org");
htmx.initialize();
release();

document.addEventListener("htmx:finally:swap", markTab);
document.addEventListener("htmx:finally:swap", keepFocus);
const look = followChanges(htmx, handle);
followTwins(htmx, handle);
keepSyncing(/** @type {HTMLElement} */ (document.getElementById("state")));
recover().then(clearSignedOut).catch(console.error);
await registerWorker(look);
subscribe(async ({ kind }) => {
  if (kind === "account" && (await isSessionLeft())) void callWhenOnline();
  if (kind !== "outbox") return;
  void callWhenOnline();
  void navigator.storage?.persist?.();
});

/**
 * A form submitted before htmx is ready must not go to the network. It is kept, and submitted as soon as it can be.
 * @returns {() => void} lets forms through
 */
function holdForms() {
  /** @type {SubmitEvent | undefined} */
  let held;
  /** @param {SubmitEvent} event */
  const hold = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    held = event;
  };
  document.addEventListener("submit", hold, { capture: true });
  return () => {
    document.removeEventListener("submit", hold, { capture: true });
    const form = held?.target;
    if (form instanceof HTMLFormElement && form.isConnected) form.requestSubmit(held?.submitter);
  };
}
