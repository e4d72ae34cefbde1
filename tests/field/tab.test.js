// What a tab does around its pages, on a document of a few lines.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { helpForms } from "../../static/field/controls.js";
import { flush, keepDrafts } from "../../static/field/drafting.js";
import { hostRequests } from "../../static/field/host.js";
import { followChanges } from "../../static/field/screen.js";
import * as drafts from "../../static/field/store/drafts.js";
import { LAN, NAM, newPhone, signIn } from "./phone.js";

const main = () => ({ id: "main", dataset: { whose: "lan", live: "outbox" }, querySelector: () => null });

/** A document that hears events, with one main. */
class Page extends EventTarget {
  constructor() {
    super();
    this.main = main();
    this.body = {};
  }

  getElementById() {
    return this.main;
  }

  querySelectorAll() {
    return [];
  }
}

/** @type {Page} */
let page;

beforeEach(() => {
  page = new Page();
  globalThis.document = page;
  globalThis.Element = class {};
  globalThis.HTMLElement = class {};
  globalThis.HTMLInputElement = class {};
  globalThis.location = { href: "http://phone/field/", origin: "http://phone", pathname: "/field/", search: "" };
  globalThis.addEventListener = () => {};
});

describe("a tap", () => {
  /** What of Lan's taps comes through, each `{at, x, detail, pointerType}`; `null` is a new page. */
  const through = (...taps) => {
    helpForms();
    const heard = [];
    page.addEventListener("click", ({ timeStamp }) => heard.push(timeStamp));
    for (const tap of taps) {
      const event = new Event(tap ? "click" : "htmx:finally:swap", { cancelable: true });
      const { at, x = 100, detail = 1, pointerType } = tap ?? {};
      const about = { timeStamp: at, clientX: x, clientY: 500, detail, pointerType };
      if (tap) for (const [name, value] of Object.entries(about)) Object.defineProperty(event, name, { value });
      page.dispatchEvent(event);
    }
    return heard;
  };

  for (const detail of [1, 2]) {
    test(`that follows at once, counted ${detail} by the browser, does not hit what came up under Lan's finger`, () => {
      const at = detail * 5_000;
      assert.deepEqual(through({ at }, null, { at: at + 250, detail }, { at: at + 500, detail }), [at]);
    });
  }

  test("of a mouse is known by its count", () => {
    const mouse = (at, detail) => ({ at, detail, pointerType: "mouse" });
    const taps = [mouse(15_000, 1), null, mouse(15_200, 2), mouse(15_300, 1)];
    assert.deepEqual(through(...taps), [15_000, 15_300]);
  });

  test("on − or + counts, however fast: no page has come up", () => {
    const at = [20_000, 20_080, 20_160];
    assert.deepEqual(through(...at.map((one, place) => ({ at: one, detail: place + 1 }))), at);
  });

  test("on the next house counts, however fast", () => {
    assert.deepEqual(through({ at: 30_000 }, null, { at: 30_300, x: 180 }), [30_000, 30_300]);
  });

  test("that comes later counts, and so does a key", () => {
    const taps = [{ at: 40_000 }, null, { at: 40_100, detail: 0 }, { at: 40_800 }];
    assert.deepEqual(through(...taps), [40_000, 40_100, 40_800]);
  });
});

test("what Lan types in her form stays hers, though Nam has signed in in another tab", async () => {
  await newPhone();
  for (const who of [LAN, NAM]) await signIn(who);
  const original = globalThis.FormData;
  globalThis.FormData = class extends Map {
    constructor() {
      super([["note", "của Lan"]]);
    }
  };
  const form = { dataset: { draft: "visit:new:h12" }, isConnected: true, closest: () => page.main };
  keepDrafts();
  const typed = new Event("input");
  Object.defineProperty(typed, "target", { value: Object.assign(new Element(), { closest: () => form }) });
  page.dispatchEvent(typed);
  await flush();
  globalThis.FormData = original;
  assert.deepEqual(await drafts.load("lan", "visit:new:h12"), { note: ["của Lan"] });
  assert.equal(await drafts.load("nam", "visit:new:h12"), null);
});

test("a request says for whom its page was drawn, when it was tapped", async () => {
  const asked = [];
  hostRequests(
    async (request) => {
      asked.push(request.headers.get("X-Whose"));
      return new Response("");
    },
    async () => {},
  );
  const ctx = { request: { action: "/field/households/h12/mark" } };
  page.dispatchEvent(new CustomEvent("htmx:before:request", { detail: { ctx } }));
  page.main.dataset.whose = "nam";
  await ctx.fetch(ctx.request.action, { method: "POST", headers: {}, body: "id=1" });
  assert.deepEqual(asked, ["lan"]);
});

describe("a page that follows what changes", () => {
  /** Something has changed while Lan's page holds this; resolves with what was put in its place. */
  const comesUp = async (held, handle = async () => new Response("anew")) => {
    const swaps = [];
    const parts = held.split(" ");
    page.main.querySelector = (selector) => selector.split(", ").find((part) => parts.includes(part)) ?? null;
    followChanges({ swap: ({ text }) => void swaps.push(text) }, handle)();
    await new Promise((resolve) => setTimeout(resolve, 250));
    return swaps;
  };

  test("comes up anew by itself", async () => {
    assert.deepEqual(await comesUp(".row"), ["anew"]);
  });

  test("gives way to Lan, who has gone on while it was read", async () => {
    const slowly = {
      pull(stream) {
        location.href = "http://phone/field/households";
        stream.close();
      },
    };
    const slow = new ReadableStream(slowly, { highWaterMark: 0 });
    assert.deepEqual(await comesUp(".row", async () => new Response(slow, {})), []);
  });

  for (const [what, held] of [
    ["her tap is being saved", ".htmx-request"],
    ["she is told under a field what to mend", ".error"],
    ["she is told that the phone could not save", ".errors"],
  ]) {
    test(`leaves Lan's page alone while ${what}`, async () => {
      assert.deepEqual(await comesUp(held), []);
    });
  }
});
