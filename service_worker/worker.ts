// The service worker: has the shell and stores its files, answers with the page that was shown last, and runs the sync engine
// on a background sync. It renders no pages (the page does: static/field/server/server.ts) and handles no POST.

import { countFailure } from "../static/field/failures/countFailure.ts";
import { watchFailures } from "../static/field/failures/failures.ts";
import { currentAccount } from "../static/field/store/accounts.ts";
import { runSync } from "../static/field/sync/engine.ts";
import { endSession } from "../static/field/sync/session.ts";
import { fillShell } from "./openingPage.ts";
import { precache } from "./precache.ts";

const worker = self as unknown as ServiceWorkerGlobalScope;

const OFFLINE_PAGE = `<!doctype html>
<html lang="vi">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Từng Nhà</title>
<h1>Chưa mở được màn hình này</h1>
<p>Các lượt đã ghi vẫn còn trên máy. Hãy mở lại khi có mạng.</p>
<p><a href="/field/">Mở lại</a></p>
</html>
`;

watchFailures(worker, countFailure);

// The build replaces these expressions: by the list of files, the shell, and the headers of every document.
const files = (self as unknown as { __WB_MANIFEST: Parameters<typeof precache>[1] }).__WB_MANIFEST;
const shell = (self as unknown as { SHELL: string }).SHELL;
const headers = (self as unknown as { DOCUMENT_HEADERS: Record<string, string> }).DOCUMENT_HEADERS;
const document = (text: string) => new Response(text, { headers });

precache(
  worker,
  files,
  (url) => fillShell(document(shell), url),
  () => document(OFFLINE_PAGE),
);

worker.addEventListener("sync", (event) => {
  (event as ExtendableEvent).waitUntil(sync());
});

// A new version waits for a message from the page, which knows whether a person is writing.
worker.addEventListener("message", (event) => {
  if (event.data?.type === "SKIP_WAITING") worker.skipWaiting();
});

/**
 * Outcomes after which another background sync may help; `running`: a page does the work, and may be closed before the
 * end.
 */
const RETRY_OUTCOMES = ["offline", "busy", "running"];

/**
 * Sends the outbox; if nobody is signed in, ends the session of a signed-out account. Throws if something is left to
 * do, so that the browser tries again.
 */
async function sync() {
  const account = await currentAccount();
  if (!account) {
    if (await endSession(fetch.bind(self))) throw new Error("session not ended");
    return;
  }
  const { outcome, left } = await runSync(account.account_id);
  if (left > 0 && RETRY_OUTCOMES.includes(outcome)) throw new Error(`${left} left: ${outcome}`);
}
