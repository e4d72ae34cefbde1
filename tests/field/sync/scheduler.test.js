// What the header of a page says about sending, and for which account the page sends.

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { announce, subscribe } from "../../../static/field/store/changes.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { isRunning } from "../../../static/field/sync/lock.ts";
import { AFTER_SAVE_MS, newestSync, sendNow, startSyncing } from "../../../static/field/sync/scheduler.ts";
import { ModelServer } from "../support/modelServer.js";
import { LAN, NAM, newPhone, opIds, record, signIn } from "../support/phone.js";

const CLOCK = 'Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".';
const element = { dataset: {}, textContent: "" };
/** @type {ModelServer} */
let server;
/** Resolves when the page is painted that a tap opens. */
let painted = Promise.resolve();

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
  startSyncing(element, () => painted);
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

describe("after a restore of the server", () => {
  test("Gửi ngay sends again at once what was acknowledged before", async () => {
    await signInAndSync();
    const backup = server.backup();
    await record("lan", "h1");
    await until(async () => (await opIds("lan", "sent")).length === 1 && !(await isRunning()));
    server.restore(backup, "second");
    await runSync("lan");
    await until(async () => (await opIds("lan", "outbox")).length === 1 && !(await isRunning()));
    assert.equal(server.state.ledger.size, 0);
    sendNow("lan");
    await until(async () => (await opIds("lan", "sent")).length === 1);
    assert.equal(server.state.ledger.size, 1);
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
  let endedAt = 0;
  subscribe(({ kind }) => {
    if (kind === "sync") endedAt = performance.now();
  });

  /** Waits until the last run is long over. */
  async function signInAndWait() {
    await signInAndSync();
    await until(async () => performance.now() - endedAt > AFTER_SAVE_MS + 100 && !(await isRunning()));
  }

  test("sending starts without waiting for any time, if there was none before", async ({ mock }) => {
    await signInAndWait();
    const before = server.requests.length;
    mock.timers.enable({ apis: ["setTimeout"] });
    await record("lan", "h1");
    for (let task = 0; task < 2_000 && server.requests.length === before; task += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    mock.timers.reset();
    assert.equal(server.requests.length, before + 1);
    await until(async () => !(await isRunning()));
  });

  test("the page that says so is painted before sending begins, once for several saves", async () => {
    await signInAndWait();
    const before = server.requests.length;
    let paint = () => {};
    painted = new Promise((resolve) => {
      paint = resolve;
    });
    for (const household of ["h1", "h2", "h3"]) await record("lan", household);
    await pause();
    assert.equal(server.requests.length, before);
    paint();
    painted = Promise.resolve();
    await until(async () => server.requests.length > before && !(await isRunning()));
    await pause();
    assert.equal(server.requests.length, before + 1);
  });

  test("a page that is never painted holds up nothing for longer than half a second", async () => {
    await signInAndWait();
    const before = server.requests.length;
    painted = new Promise(() => {});
    const began = performance.now();
    await record("lan", "h1");
    await until(() => server.requests.length > before);
    painted = Promise.resolve();
    assert.ok(performance.now() - began >= AFTER_SAVE_MS - 10);
  });

  test("taps during an exchange leave together when it has ended", async () => {
    await signInAndWait();
    const before = server.requests.length;
    let answer = () => {};
    const held = new Promise((resolve) => {
      answer = resolve;
    });
    globalThis.fetch = async (address, init) => {
      const response = await server.fetch(address, init);
      await held;
      return response;
    };
    await record("lan", "h0");
    await until(() => server.requests.length > before);
    for (let tap = 1; tap < 20; tap += 1) await record("lan", `h${tap}`);
    answer();
    globalThis.fetch = (address, init) => server.fetch(address, init);
    await until(async () => (await opIds("lan", "sent")).length === 20 && !(await isRunning()));
    assert.equal(server.requests.length, before + 2);
  });

  test("taps after an exchange wait for half a second after its end, and leave together", async () => {
    await signInAndWait();
    const before = server.requests.length;
    await record("lan", "h0");
    await until(async () => (await opIds("lan", "sent")).length === 1 && !(await isRunning()));
    const ended = performance.now();
    for (let tap = 1; tap < 20; tap += 1) await record("lan", `h${tap}`);
    await until(() => server.requests.length > before + 1);
    assert.ok(performance.now() - ended >= AFTER_SAVE_MS - 50);
    await until(async () => (await opIds("lan", "sent")).length === 20 && !(await isRunning()));
    assert.equal(server.requests.length, before + 2);
  });

  test("what was saved when another tab's run had already looked is sent after that run", async () => {
    await signInAndWait();
    const before = server.requests.length;
    let leave = () => {};
    const held = new Promise((resolve) => {
      leave = resolve;
    });
    void navigator.locks.request("tung-nha-sync", () => held);
    await record("lan", "h1");
    await pause();
    leave();
    await until(() => server.requests.length > before);
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
