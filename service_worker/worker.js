// The service worker: it keeps the shell and its files, and runs the sync engine when the browser says that the network is
// back. It hosts no pages (the page does: static/field/server.js) and takes no POST.

import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute, setCatchHandler } from "workbox-routing";
import { endSession } from "../static/field/session.js";
import { current } from "../static/field/store/accounts.js";
import { run } from "../static/field/sync/engine.js";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const SORRY = `<!doctype html>
<html lang="vi">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Từng Nhà</title>
<h1>Chưa mở được màn hình này</h1>
<p>Các lượt đã ghi vẫn còn trên máy. Hãy mở lại khi có mạng.</p>
<p><a href="/field/">Mở lại</a></p>
</html>
`;

// workbox-config.cjs puts the list of files in this expression's place.
precacheAndRoute(/** @type {any} */ (self).__WB_MANIFEST, { cleanURLs: false, directoryIndex: "" });
cleanupOutdatedCaches();

registerRoute(new NavigationRoute(createHandlerBoundToURL("/static/dist/shell.html"), { allowlist: [/^\/field\//] }));

setCatchHandler(async ({ request }) =>
  request.mode === "navigate"
    ? new Response(SORRY, { headers: { "Content-Type": "text/html; charset=utf-8" } })
    : Response.error(),
);

worker.addEventListener("sync", (event) => {
  /** @type {ExtendableEvent} */ (event).waitUntil(sync());
});

// A new version waits until the page, which knows whether somebody is writing, says so.
worker.addEventListener("message", (event) => {
  if (event.data?.type === "SKIP_WAITING") worker.skipWaiting();
});

/** Outcomes after which another call may do better; `running`: a page is at it, which may be closed before the end. */
const AGAIN = ["offline", "busy", "running"];

/** Sends what waits, or signs out. Throws if something is still to be done, so that the browser calls again. */
async function sync() {
  const account = await current();
  if (!account) {
    if (await endSession(fetch.bind(self))) throw new Error("a session is left");
    return;
  }
  const { outcome, left } = await run(account.account_id);
  if (left > 0 && AGAIN.includes(outcome)) throw new Error(`${left} left: ${outcome}`);
}
