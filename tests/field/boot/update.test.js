// [Cập nhật] in a tab: the newer worker takes over whenever it was downloaded, before the tap or after it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const MODULE = "../../../static/field/boot/serviceWorker.ts";

/** @type {{sent: string[], register: (registration: object) => void}} */
let browser;
let loads = 0;

/** A worker in a state; a message to it is noted. */
class Worker extends EventTarget {
  constructor(state) {
    super();
    this.state = state;
  }

  postMessage({ type }) {
    browser.sent.push(type);
  }

  become(state) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

/** A registration; a check for a newer version is noted. */
class Registration extends EventTarget {
  waiting = null;
  installing = null;

  async update() {
    browser.sent.push("update");
  }
}

beforeEach(() => {
  browser = { sent: [], register: () => {} };
  const registered = new Promise((resolve) => {
    browser.register = resolve;
  });
  const serviceWorker = Object.assign(new EventTarget(), { controller: {}, register: () => registered });
  Object.defineProperty(globalThis.navigator, "serviceWorker", { value: serviceWorker, configurable: true });
  globalThis.document = Object.assign(new EventTarget(), { getElementById: () => null });
});

/** The module as a new tab has it, and the end of its registration. */
async function openTab() {
  loads += 1;
  const tab = await import(`${MODULE}?tab=${loads}`);
  let offers = 0;
  const done = tab.registerWorker(() => {
    offers += 1;
  });
  return { ...tab, done, offers: () => offers };
}

test("a tap before the registration, with a version that is already downloaded", async () => {
  const { applyUpdate, done, offers } = await openTab();
  applyUpdate();
  browser.register(Object.assign(new Registration(), { waiting: new Worker("installed") }));
  await done;
  assert.deepEqual([browser.sent, offers()], [["SKIP_WAITING"], 1]);
});

test("a tap before the registration, with a version that is being downloaded", async () => {
  const { applyUpdate, done } = await openTab();
  applyUpdate();
  const worker = new Worker("installing");
  const registration = Object.assign(new Registration(), { installing: worker });
  browser.register(registration);
  await done;
  Object.assign(registration, { waiting: worker, installing: null });
  worker.become("installed");
  assert.equal(browser.sent.at(-1), "SKIP_WAITING");
});

test("a tap after the registration, with a version that is found later", async () => {
  const { applyUpdate, done } = await openTab();
  const registration = new Registration();
  browser.register(registration);
  await done;
  applyUpdate();
  assert.deepEqual(browser.sent, ["update"]);
  const worker = new Worker("installing");
  registration.installing = worker;
  registration.dispatchEvent(new Event("updatefound"));
  Object.assign(registration, { waiting: worker, installing: null });
  worker.become("installed");
  assert.deepEqual(browser.sent, ["update", "SKIP_WAITING"]);
});

test("without a tap a downloaded version is offered and does not take over", async () => {
  const { done, offers } = await openTab();
  browser.register(Object.assign(new Registration(), { waiting: new Worker("installed") }));
  await done;
  assert.deepEqual([browser.sent, offers()], [[], 1]);
});
