// Pages that are refreshed after changes, with the parts of a browser that they need.

import assert from "node:assert/strict";
import { before, beforeEach, mock, test } from "node:test";
import { announce } from "../../../static/field/store/changes.ts";
import { refreshOnChange } from "../../../static/field/ui/screen.ts";

/** The selectors that find an element on the page. */
let shown;
let main;
let swaps;
let requests;
/** How long the phone takes to render the page, milliseconds. */
let renderTime;
/** Called while the page is being read. */
let leave;
let now = 0;
/** Called after each swap. */
let noteSwap;

const htmx = {
  swap: async ({ text }) => {
    now += renderTime;
    swaps.push(text);
  },
};

async function handle() {
  requests += 1;
  leave?.();
  return new Response("<main>anew</main>");
}

before(() => {
  Object.assign(globalThis, { HTMLElement: class {} });
  globalThis.document = {
    body: {},
    getElementById: () => main,
    querySelectorAll: () => [],
    addEventListener: (_name, listener) => {
      noteSwap = listener;
    },
  };
  globalThis.performance.now = () => now;
  mock.timers.enable({ apis: ["setTimeout"] });
  refreshOnChange(htmx, handle);
});

beforeEach(() => {
  Object.assign(globalThis, {
    location: { href: "https://ward.example/field/quick", pathname: "/field/quick", search: "" },
  });
  shown = [];
  swaps = [];
  requests = renderTime = 0;
  leave = null;
  main = {
    dataset: { live: "outbox replica" },
    querySelector: (selectors) =>
      selectors.split(", ").find((selector) => shown.includes(selector.replace(/:not.*/, ""))) ?? null,
  };
});

/** Lets `time` milliseconds go by, and waits for everything that was started. */
async function wait(time) {
  now += time;
  mock.timers.tick(time);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const change = (kind = "outbox") => announce({ kind, account_id: "lan" });

test("several changes cause one refresh; a kind that the page does not follow causes none", async () => {
  for (let count = 0; count < 5; count += 1) change();
  change("draft");
  await wait(119);
  assert.equal(requests, 0);
  await wait(1);
  assert.deepEqual([requests, swaps], [1, ["<main>anew</main>"]]);
});

for (const selector of [".error", ".errors", ".htmx-request"]) {
  test(`a page with ${selector} is not refreshed: it shows an error, or a request is under way`, async () => {
    shown = [selector];
    change();
    await wait(200);
    assert.deepEqual(swaps, []);
    shown = [];
    change();
    await wait(200);
    assert.equal(swaps.length, 1);
  });
}

test("a page that Lan has left meanwhile does not replace the next one", async () => {
  leave = () => {
    location.href = "https://ward.example/field/log";
  };
  change();
  await wait(200);
  assert.deepEqual([requests, swaps], [1, []]);
});

test("a page rendered before Lan's tap was saved does not replace the one after it; it is rendered again", async () => {
  leave = () => {
    leave = null;
    noteSwap();
  };
  change();
  await wait(120);
  assert.deepEqual([requests, swaps], [1, []]);
  await wait(120);
  assert.deepEqual([requests, swaps], [2, ["<main>anew</main>"]]);
});

test("a form that Lan has opened before the refresh began is not replaced", async () => {
  change();
  main.dataset = {};
  await wait(200);
  assert.deepEqual([requests, swaps], [0, []]);
});

test("on a slow phone refreshes take at most a quarter of the time", async () => {
  renderTime = 400;
  change();
  await wait(120);
  assert.equal(swaps.length, 1);
  change();
  await wait(1199);
  assert.equal(swaps.length, 1);
  await wait(1);
  assert.equal(swaps.length, 2);
});
