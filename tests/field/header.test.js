// What the header of Lan's phone says while it sends, with as much of a browser as that needs.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { announce, subscribe } from "../../static/field/store/changes.js";
import { keepSyncing, newestSync, sendNow } from "../../static/field/syncing.js";
import { readyPhone } from "./pages_world.js";
import { record } from "./phone.js";

const OFFLINE = "Đang không có mạng. Vẫn ghi được.";
const header = { dataset: {}, textContent: "" };
/** What the page listens to, by kind of event. */
const listeners = {};

before(async () => {
  globalThis.addEventListener = (kind, listener) => void (listeners[kind] = listener);
  globalThis.document = { visibilityState: "hidden", addEventListener() {} };
  Object.defineProperty(globalThis.navigator, "onLine", { value: false, configurable: true });
  await readyPhone();
  for (const household of ["h12", "h14", "h16"]) await record("lan", household);
  keepSyncing(header);
});

/** Taps Gửi ngay; once the server is asked, gives the way to cut the line. */
function send() {
  return new Promise((resolve) => {
    globalThis.fetch = () => new Promise((_, reject) => resolve(() => reject(new TypeError("cut"))));
    sendNow("lan");
  });
}

/** Waits for the end of the run. */
function theEnd() {
  return new Promise((resolve) => {
    const stop = subscribe(({ kind }) => {
      if (kind === "sync") resolve(stop());
    });
  });
}

test("Lan taps Gửi ngay: the header says so at once and until the end, whatever it knew of the network", async () => {
  (await send())();
  await theEnd();
  listeners.offline();
  assert.equal(header.textContent, OFFLINE);

  const cut = await send();
  assert.deepEqual([header.textContent, header.dataset.kind], ["Đang gửi 1/3…", "queue"]);
  listeners.offline();
  assert.equal(header.textContent, "Đang gửi 1/3…");

  cut();
  await theEnd();
  assert.equal(header.textContent, "Chưa gửi được vì không có mạng. 3 lượt vẫn còn trên máy.");
});

test("a run that nobody asked for does not flicker where there is no network", () => {
  listeners.offline();
  announce({ kind: "progress", account_id: "lan", sent: 0, total: 3, received: 0, left: 0 });
  assert.equal(header.textContent, OFFLINE);
  assert.equal(newestSync().outcome, "offline");
});
