// Pages that follow what changes, with as much of a browser as that needs.

import assert from "node:assert/strict";
import { before, beforeEach, mock, test } from "node:test";
import { followChanges } from "../../static/field/screen.js";
import { announce } from "../../static/field/store/changes.js";

/** What stands on screen: the selectors that find something. */
let shown;
let main;
let swaps;
let asked;
/** How long the phone takes to draw the page, milliseconds. */
let slowness;
/** What Lan does while the page is being read. */
let leave;
let now = 0;

const htmx = {
  swap: async ({ text }) => {
    now += slowness;
    swaps.push(text);
  },
};

async function handle() {
  asked += 1;
  leave?.();
  return new Response("<main>anew</main>");
}

before(() => {
  Object.assign(globalThis, { HTMLElement: class {} });
  globalThis.document = { body: {}, getElementById: () => main, querySelectorAll: () => [] };
  globalThis.performance.now = () => now;
  mock.timers.enable({ apis: ["setTimeout"] });
  followChanges(htmx, handle);
});

beforeEach(() => {
  Object.assign(globalThis, {
    location: { href: "https://ward.example/field/quick", pathname: "/field/quick", search: "" },
  });
  shown = [];
  swaps = [];
  asked = slowness = 0;
  leave = null;
  main = {
    dataset: { live: "outbox replica" },
    querySelector: (selectors) => selectors.split(", ").find((selector) => shown.includes(selector)) ?? null,
  };
});

/** Lets `time` go by, and whatever was begun come to its end. */
async function wait(time) {
  now += time;
  mock.timers.tick(time);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const change = (kind = "outbox") => announce({ kind, account_id: "lan" });

test("a flock of changes is one look; what the page does not follow is none", async () => {
  for (let count = 0; count < 5; count += 1) change();
  change("draft");
  await wait(119);
  assert.equal(asked, 0);
  await wait(1);
  assert.deepEqual([asked, swaps], [1, ["<main>anew</main>"]]);
});

for (const sentence of [".error", ".errors", ".htmx-request"]) {
  test(`a page with ${sentence} is left as it is: Lan is told what to mend, or waits for an answer`, async () => {
    shown = [sentence];
    change();
    await wait(200);
    assert.deepEqual(swaps, []);
    shown = [];
    change();
    await wait(200);
    assert.equal(swaps.length, 1);
  });
}

test("a page that Lan has left meanwhile is not put in the place of the next one", async () => {
  leave = () => {
    location.href = "https://ward.example/field/log";
  };
  change();
  await wait(200);
  assert.deepEqual([asked, swaps], [1, []]);
});

test("on a slow phone the looks leave three quarters of the time to the sending", async () => {
  slowness = 400;
  change();
  await wait(120);
  assert.equal(swaps.length, 1);
  change();
  await wait(1199);
  assert.equal(swaps.length, 1);
  await wait(1);
  assert.equal(swaps.length, 2);
});
