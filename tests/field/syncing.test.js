// What the header of a page says of sending, and for whom it sends.

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { announce } from "../../static/field/store/changes.js";
import { keepSyncing, newestSync, sendNow } from "../../static/field/syncing.js";
import { ModelServer } from "./model_server.js";
import { LAN, NAM, newPhone, record, signIn } from "./phone.js";

const CLOCK = 'Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".';
const element = { dataset: {}, textContent: "" };
/** @type {ModelServer} */
let server;

/** Long enough for whatever has begun. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Waits until it is so. */
async function until(what, turns = 200) {
  for (let turn = 0; turn < turns; turn += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`it never came to ${what}`);
}

before(() => {
  Object.assign(globalThis, {
    document: { visibilityState: "visible", addEventListener: () => {} },
    addEventListener: () => {},
  });
  Object.defineProperty(globalThis.navigator, "onLine", { value: true, configurable: true });
  globalThis.fetch = (address, init) => server.fetch(address, init);
  keepSyncing(element);
});

beforeEach(async () => {
  server = new ModelServer();
  await newPhone();
});

describe("while Lan's exchange is on its way, Nam signs in", () => {
  test("when it ends his own begins, and what became of hers is not told as his", async () => {
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

  test("neither her progress nor her end is told", async () => {
    await signIn(NAM);
    await until(() => newestSync().outcome === "idle");
    announce({ kind: "progress", account_id: "lan", sent: 1, total: 5, received: 9, left: 9 });
    assert.equal(newestSync().progress, null);
    announce({ kind: "sync", account_id: "lan", outcome: "fault", sent: 0, left: 5 });
    assert.notEqual(newestSync().outcome, "fault");
  });
});

describe("where Lan's phone has lost its clock", () => {
  test("the header says so and how to mend it, and goes on saying it", async () => {
    await signIn(LAN);
    sendNow("lan");
    announce({ kind: "sync", account_id: "lan", outcome: "clock", sent: 0, left: 0 });
    assert.equal(element.textContent, CLOCK);
    announce({ kind: "sync", account_id: "lan", outcome: "clock", sent: 0, left: 2 });
    assert.equal(element.textContent, CLOCK);
  });
});

describe("another tab of Lan's phone is at it", () => {
  const told = { kind: "progress", account_id: "lan", sent: 1, total: 3, received: 0, left: 0 };

  test("closed in the middle, it leaves the rest to this one, and the header does not go on about it", async () => {
    await signIn(LAN);
    await pause();
    announce(told);
    await pause();
    assert.equal(element.textContent, "Đang gửi 2/3…");
    await until(() => newestSync().progress === null, 500);
    assert.equal(newestSync().outcome, "idle");
  });

  test("as long as it goes on, this one waits", async () => {
    await signIn(LAN);
    await pause();
    let leave = () => {};
    const held = new Promise((resolve) => {
      leave = resolve;
    });
    void navigator.locks.request("tungnha-sync", () => held);
    const before = server.requests.length;
    announce(told);
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    assert.deepEqual([newestSync().progress?.sent, server.requests.length], [1, before]);
    leave();
    await until(() => newestSync().progress === null, 500);
  });
});

test("a browser that lets nobody look at its storage breaks nothing", async ({ mock }) => {
  await pause();
  const faults = [];
  const note = (fault) => faults.push(fault);
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
  assert.deepEqual(faults, []);
});
