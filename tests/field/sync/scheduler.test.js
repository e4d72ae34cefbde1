// What the header of a page says about sending, and for which account the page sends.

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { announce } from "../../../static/field/store/changes.ts";
import { isRunning } from "../../../static/field/sync/lock.ts";
import { AFTER_SAVE_MS, newestSync, sendNow, startSyncing } from "../../../static/field/sync/scheduler.ts";
import { ModelServer } from "../support/modelServer.js";
import { LAN, NAM, newPhone, record, signIn } from "../support/phone.js";

const CLOCK = 'Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".';
const element = { dataset: {}, textContent: "" };
/** @type {ModelServer} */
let server;

/** Waits long enough for everything that was started. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Waits until the condition holds. */
async function until(condition, turns = 200) {
  for (let turn = 0; turn < turns; turn += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`never true: ${condition}`);
}

/** Signs Lan in, and waits for the end of the run that this starts. */
async function signInAndSync() {
  await signIn(LAN);
  await until(async () => server.requests.length > 0 && !(await isRunning()));
  await pause();
}

before(() => {
  Object.assign(globalThis, {
    document: { visibilityState: "visible", addEventListener: () => {} },
    addEventListener: () => {},
  });
  Object.defineProperty(globalThis.navigator, "onLine", { value: true, configurable: true });
  globalThis.fetch = (address, init) => server.fetch(address, init);
  startSyncing(element);
});

beforeEach(async () => {
  server = new ModelServer();
  await newPhone();
});

describe("when Nam signs in during Lan's exchange", () => {
  test("his run starts at its end, and her outcome is not shown as his", async () => {
    await signIn(LAN);
    let release = () => {};
    const wait = new Promise((resolve) => {
      release = resolve;
    });
    server.fetch = async () => {
      await wait;
      return new Response("", { status: 503 });
    };
    await record("lan", "h1");
    sendNow("lan");
    await pause();
    await signIn(NAM);
    sendNow("nam");
    await pause();
    server.fetch = new ModelServer({ hamlets: ["tay"] }).fetch;
    release();
    await until(() => newestSync().outcome === "idle");
  });

  test("neither her progress nor her outcome is shown", async () => {
    await signIn(NAM);
    await until(() => newestSync().outcome === "idle");
    announce({ kind: "progress", account_id: "lan", sent: 1, total: 5, received: 9, left: 9 });
    assert.equal(newestSync().progress, null);
    announce({ kind: "sync", account_id: "lan", outcome: "error", sent: 0, left: 5 });
    assert.notEqual(newestSync().outcome, "error");
  });
});

describe("when the clock of Lan's phone is wrong", () => {
  test("the header says so and how to correct it, as long as it is wrong", async () => {
    await signIn(LAN);
    sendNow("lan");
    announce({ kind: "sync", account_id: "lan", outcome: "clock", sent: 0, left: 0 });
    assert.equal(element.textContent, CLOCK);
    announce({ kind: "sync", account_id: "lan", outcome: "clock", sent: 0, left: 2 });
    assert.equal(element.textContent, CLOCK);
  });
});

describe("after a save", () => {
  test("the page that says so is shown before sending begins, once for several saves", async () => {
    await signInAndSync();
    await new Promise((resolve) => setTimeout(resolve, AFTER_SAVE_MS)); // what the test before has started
    const before = server.requests.length;
    for (const household of ["h1", "h2", "h3"]) await record("lan", household);
    await new Promise((resolve) => setTimeout(resolve, AFTER_SAVE_MS / 2));
    assert.equal(server.requests.length, before);
    await until(async () => server.requests.length > before && !(await isRunning()));
    await pause();
    assert.equal(server.requests.length, before + 1);
  });
});

describe("when another tab of Lan's phone is sending", () => {
  const progress = { kind: "progress", account_id: "lan", sent: 1, total: 3, received: 0, left: 0 };

  test("and is closed, this tab sends the rest, and the header stops showing its progress", async () => {
    await signInAndSync();
    announce(progress);
    await pause();
    assert.equal(element.textContent, "Đang gửi 2/3…");
    await until(() => newestSync().progress === null, 500);
    assert.equal(newestSync().outcome, "idle");
  });

  test("this tab waits for its end", async () => {
    await signInAndSync();
    let leave = () => {};
    const held = new Promise((resolve) => {
      leave = resolve;
    });
    void navigator.locks.request("tung-nha-sync", () => held);
    const before = server.requests.length;
    announce(progress);
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    assert.deepEqual([newestSync().progress?.sent, server.requests.length], [1, before]);
    leave();
    await until(() => newestSync().progress === null, 500);
  });
});

test("blocked storage causes no unhandled error", async ({ mock }) => {
  await pause();
  const errors = [];
  const note = (error) => errors.push(error);
  process.on("unhandledRejection", note);
  mock.method(console, "error", () => {});
  mock.method(indexedDB, "open", () => {
    throw new DOMException("no", "SecurityError");
  });
  await newPhone();
  announce({ kind: "account" });
  announce({ kind: "outbox", account_id: "lan" });
  await pause();
  process.off("unhandledRejection", note);
  assert.ok(console.error.mock.callCount() > 0);
  assert.deepEqual(errors, []);
});
