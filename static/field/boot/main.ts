// Starts the phone's page: the page server, htmx and sync.

import sprite from "../../dist/field/sprite.js";
import { coalesced } from "../core/coalesced.ts";
import { isPractising, pageState } from "../core/pageState.ts";
import { pause } from "../core/pause.ts";
import { uuid7 } from "../core/uuid7.ts";
import { watchFailures } from "../failures/failures.ts";
import { interceptRequests } from "../server/interceptRequests.ts";
import { createServer } from "../server/server.ts";
import { subscribe } from "../store/changes.ts";
import { interruptTransactions } from "../store/db.ts";
import { recover } from "../store/journal/recovery.ts";
import { clearSignedOut, hasSessionToEnd } from "../store/signedOut.ts";
import { openingPageStore } from "../store/view/openingPages.ts";
import { AFTER_SAVE_MS, newestSync, sendNow, startSyncing } from "../sync/scheduler.ts";
import { followAnchorLinks } from "../ui/anchorLinks.ts";
import { openCounts, updateBadge } from "../ui/badge.ts";
import { autosaveDrafts, flush } from "../ui/forms/draftAutosave.ts";
import { enhanceForms } from "../ui/forms/formControls.ts";
import { followFaults } from "../ui/forms/formFaults.ts";
import type { HoldingWindow } from "../ui/forms/holdForms.ts";
import { canInstall, listenForInstallPrompt } from "../ui/install.ts";
import { revealOpened } from "../ui/reveal.ts";
import {
  applyFocus,
  firstPaint,
  followSwaps,
  followTraversals,
  markCurrentTab,
  paintStored,
  refresh,
  refreshOnChange,
} from "../ui/screen.ts";
import type { Htmx } from "../ui/swapPage.ts";
import { checkStorage, isStored, loadedLater, loadLater, storeBeforeSignIn, useNetwork } from "./loadSecondBundle.ts";
import { applyUpdate, isUpdateReady, registerWorker, requestBackgroundSync } from "./serviceWorker.ts";

// A bundle that cannot be loaded is no failure: it would be counted, and loaded, without end.
watchFailures(
  window,
  (error) =>
    void loadLater()
      .then((later) => later.countFailure(error))
      .catch(() => {}),
);
/** How long a stored page waits for words that it has already, in a network that hangs. */
const MAX_WAIT_MS = 3_000;
let startRedrawing = (_redraw: () => void) => {};
const redrawing = new Promise<() => void>((resolve) => {
  startRedrawing = resolve;
});
// What follows, until the first `await`, runs while the page is read.
const opening = paintStored().catch(() => false);

const handle = createServer({
  now: () => new Date(),
  newId: () => uuid7(),
  fetch: (input, init) => fetch(input, init),
  deviceName: navigator.userAgent.match(/Android|iPhone|iPad|Windows|Mac|Linux/)?.[0] ?? "",
  send: sendNow,
  sync: newestSync,
  isUpdateReady,
  update: applyUpdate,
  isStored,
  canInstall,
  loadLater,
  loadedLater,
  redraw: () => void redrawing.then((redraw) => redraw()),
  openingPageStore,
  ...pageState("environment", {}),
});

document.body.insertAdjacentHTML("afterbegin", sprite);
let htmx: Htmx | undefined;
listenForInstallPrompt();
enhanceForms((element) => htmx?.process(element));
autosaveDrafts();
addEventListener("pagehide", interruptTransactions);
revealOpened();
followFaults();
followAnchorLinks();
interceptRequests(handle, flush);
followTraversals(() => firstPaint(handle, (main) => htmx?.process(main)));
const stored = await opening;
if (!stored) await firstPaint(handle);

// A stored page may say why a record was refused: it is not shown anew in general words while those are loaded.
const says = stored && document.querySelector('.attention [href="/field/log"]');
const words = says && Promise.race([loadLater().catch(console.error), pause(MAX_WAIT_MS)]);
// The page can be read while htmx loads.
htmx = (await import("htmx.org")).default;
htmx.initialize();

document.addEventListener("htmx:finally:swap", markCurrentTab);
document.addEventListener("htmx:finally:swap", applyFocus);
const showUpdate = refreshOnChange(htmx, handle);
startRedrawing(showUpdate);
// Another tab may write the draft of a form, or save its record: from now on, and since this page was made. A form that
// this tab saves loads nothing.
const page = htmx;
const withForm = (work: (later: Awaited<ReturnType<typeof loadLater>>) => unknown) => {
  if (document.querySelector("main [data-draft]") && !document.querySelector("main .htmx-request"))
    void loadLater().then(work).catch(console.error);
};
subscribe((change) => {
  if ("draft" in change) withForm((later) => later.followTab(page, handle, change));
});
withForm((later) => later.mirror(page, handle, true));
(window as unknown as HoldingWindow).releaseForms();
await words;
if (stored) void refresh(htmx, handle);
if (!isPractising()) await startWork();

/** All that works beside the pages: sync, the journal, the icon's number, the worker. Not where a tab practises. */
async function startWork() {
  startSyncing(document.getElementById("state") as HTMLElement, followSwaps());
  recover().then(clearSignedOut).catch(console.error);
  const showCount = coalesced(
    () => void updateBadge().catch(console.error),
    () => AFTER_SAVE_MS,
  );
  const afterSave = coalesced(
    () => {
      // Of what is sent by now the worker would make an exchange of its own.
      void openCounts().then(({ queued }) => (queued ? requestBackgroundSync() : undefined), console.error);
      void navigator.storage?.persist?.();
    },
    () => AFTER_SAVE_MS,
  );
  const afterRun = async (outcome: string) => {
    if (["idle", "sent"].includes(outcome)) await useNetwork();
    await checkStorage(outcome);
  };
  subscribe(async (change) => {
    const { kind } = change;
    if (["outbox", "sync", "account"].includes(kind)) showCount();
    if (kind === "outbox") afterSave();
    if (kind === "sync") void afterRun(change.outcome).catch(console.error);
    if (kind === "account" && (await hasSessionToEnd())) void requestBackgroundSync();
  });
  // Last: an exchange may succeed while the worker registers, and the later bundle is stored when one does.
  await registerWorker(showUpdate);
  await storeBeforeSignIn();
}
