// What the header of Lan's phone says while it sends, with the parts of a browser that it needs.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { announce, subscribe } from "../../../static/field/store/changes.ts";
import { newestSync, sendNow, startSyncing } from "../../../static/field/sync/scheduler.ts";
import { readyPhone } from "../support/pageHarness.js";
import { opIds, record } from "../support/phone.js";

const OFFLINE = "Đang không có mạng. Vẫn ghi được.";
const header = { dataset: {}, textContent: "" };
/** The page's listeners by kind of event. */
const listeners = {};

before(async () => {
  globalThis.addEventListener = (kind, listener) => void (listeners[kind] = listener);
  globalThis.document = { visibilityState: "hidden", addEventListener() {} };
  Object.defineProperty(globalThis.navigator, "onLine", { value: false, configurable: true });
  await readyPhone();
  for (const household of ["h12", "h14", "h16"]) await record("lan", household);
  startSyncing(header);
});

/** Taps [Gửi ngay]. Resolves at the request, with a function that cuts the connection. */
function send() {
  return new Promise((resolve) => {
    globalThis.fetch = () => new Promise((_, reject) => resolve(() => reject(new TypeError("cut"))));
    sendNow("lan");
  });
}

/** Waits for the end of the run. */
function runEnded() {
  return new Promise((resolve) => {
    const stop = subscribe(({ kind }) => {
      if (kind === "sync") resolve(stop());
    });
  });
}

test("after Gửi ngay the header shows the progress until the end, even if the phone seemed offline", async () => {
  (await send())();
  await runEnded();
  listeners.offline();
  assert.equal(header.textContent, OFFLINE);

  const cut = await send();
  assert.deepEqual([header.textContent, header.dataset.kind], ["Đang gửi 1/3…", "queue"]);
  listeners.offline();
  assert.equal(header.textContent, "Đang gửi 1/3…");

  cut();
  await runEnded();
  assert.equal(header.textContent, "Chưa gửi được vì không có mạng. 3 lượt vẫn còn trên máy.");
});

test("a run that nobody requested does not change the header where there is no network", () => {
  listeners.offline();
  announce({ kind: "progress", account_id: "lan", sent: 0, total: 3, received: 0, left: 0 });
  assert.equal(header.textContent, OFFLINE);
  assert.equal(newestSync().outcome, "offline");
});

test("with a network that leads nowhere the header says so, and which it is as far as the browser can tell", async () => {
  Object.defineProperty(globalThis.navigator, "onLine", { value: true, configurable: true });
  const cut = await send();
  cut();
  await runEnded();
  assert.equal(header.textContent, "Chưa tới được nơi nhận. 3 lượt vẫn còn trên máy.");
  announce({ kind: "sync", account_id: "lan", outcome: "offline", sent: 0, left: 3 });
  assert.equal(header.textContent, "Chưa tới được nơi nhận. Vẫn ghi được.");

  globalThis.fetch = async () => new Response("<h1>Wi-Fi miễn phí</h1>");
  sendNow("lan");
  await runEnded();
  assert.equal(header.textContent, "Wi-Fi này cần đăng nhập trong trình duyệt. 3 lượt vẫn còn trên máy.");
  announce({ kind: "sync", account_id: "lan", outcome: "portal", sent: 0, left: 3 });
  assert.equal(header.textContent, "Wi-Fi này cần đăng nhập. Vẫn ghi được.");
});

test("in a commune that is switched off the header says so, and that nothing is lost", async () => {
  globalThis.fetch = async () => new Response('{"proto": 1, "error": "commune_off"}', { status: 503 });
  sendNow("lan");
  await runEnded();
  const off = "Nơi này đang tạm dừng. Vẫn ghi được.";
  assert.equal(header.textContent, off);
  announce({ kind: "sync", account_id: "lan", outcome: "off", sent: 0, left: 3 });
  assert.equal(header.textContent, off);
  assert.equal((await opIds("lan", "outbox")).length, 3);
});
