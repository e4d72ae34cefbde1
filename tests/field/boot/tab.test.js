// What a tab does besides showing pages: taps, drafts, the account of a request, refreshes. The document is a minimal one.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { interceptRequests } from "../../../static/field/server/interceptRequests.ts";
import * as drafts from "../../../static/field/store/drafts.ts";
import { autosaveDrafts, flush } from "../../../static/field/ui/forms/draftAutosave.ts";
import { enhanceForms } from "../../../static/field/ui/forms/formControls.ts";
import { refreshOnChange } from "../../../static/field/ui/screen.ts";
import { LAN, NAM, newPhone, signIn } from "../support/phone.js";

const main = () => ({ id: "main", dataset: { account: "lan", live: "outbox" }, querySelector: () => null });

/** A document that dispatches events, with one main element. */
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
  /** The times of the taps that are not dropped; each tap is `{at, x, detail, pointerType}`, `null` a new page. */
  const acceptedTaps = (...taps) => {
    enhanceForms();
    const times = [];
    page.addEventListener("click", ({ timeStamp }) => times.push(timeStamp));
    for (const tap of taps) {
      const event = new Event(tap ? "click" : "htmx:finally:swap", { cancelable: true });
      const { at, x = 100, detail = 1, pointerType } = tap ?? {};
      const properties = { timeStamp: at, clientX: x, clientY: 500, detail, pointerType };
      if (tap) for (const [name, value] of Object.entries(properties)) Object.defineProperty(event, name, { value });
      page.dispatchEvent(event);
    }
    return times;
  };

  for (const detail of [1, 2]) {
    test(`right after a page change, counted ${detail} by the browser, is dropped: it was meant for the page before`, () => {
      const at = detail * 5_000;
      assert.deepEqual(acceptedTaps({ at }, null, { at: at + 250, detail }, { at: at + 500, detail }), [at]);
    });
  }

  test("of a mouse is judged by its click count", () => {
    const mouse = (at, detail) => ({ at, detail, pointerType: "mouse" });
    const taps = [mouse(15_000, 1), null, mouse(15_200, 2), mouse(15_300, 1)];
    assert.deepEqual(acceptedTaps(...taps), [15_000, 15_300]);
  });

  test("on − or + is not dropped, however fast: the page has not changed", () => {
    const at = [20_000, 20_080, 20_160];
    assert.deepEqual(acceptedTaps(...at.map((one, index) => ({ at: one, detail: index + 1 }))), at);
  });

  test("on the next household is not dropped, however fast", () => {
    assert.deepEqual(acceptedTaps({ at: 30_000 }, null, { at: 30_300, x: 180 }), [30_000, 30_300]);
  });

  test("that comes later is not dropped, nor is a key", () => {
    const taps = [{ at: 40_000 }, null, { at: 40_100, detail: 0 }, { at: 40_800 }];
    assert.deepEqual(acceptedTaps(...taps), [40_000, 40_100, 40_800]);
  });
});

test("what Lan types in her form is saved as her draft, though Nam has signed in in another tab", async () => {
  await newPhone();
  for (const who of [LAN, NAM]) await signIn(who);
  const original = globalThis.FormData;
  globalThis.FormData = class extends Map {
    constructor() {
      super([["note", "của Lan"]]);
    }
  };
  const form = { dataset: { draft: "visit:new:h12" }, isConnected: true, closest: () => page.main };
  autosaveDrafts();
  const typed = new Event("input");
  Object.defineProperty(typed, "target", { value: Object.assign(new Element(), { closest: () => form }) });
  page.dispatchEvent(typed);
  await flush();
  globalThis.FormData = original;
  assert.deepEqual(await drafts.loadDraft("lan", "visit:new:h12"), { note: ["của Lan"] });
  assert.equal(await drafts.loadDraft("nam", "visit:new:h12"), null);
});

test("a request names the account that its page was rendered for at the time of the tap", async () => {
  const accounts = [];
  interceptRequests(
    async (request) => {
      accounts.push(request.headers.get("X-Account-Id"));
      return new Response("");
    },
    async () => {},
  );
  const ctx = { request: { action: "/field/households/h12/mark" } };
  page.dispatchEvent(new CustomEvent("htmx:before:request", { detail: { ctx } }));
  page.main.dataset.account = "nam";
  await ctx.fetch(ctx.request.action, { method: "POST", headers: {}, body: "id=1" });
  assert.deepEqual(accounts, ["lan"]);
});

describe("a page with data-live", () => {
  /** The pages that are swapped in after a change while Lan's page contains these elements. */
  const swapsAfterChange = async (selectors, handle = async () => new Response("anew")) => {
    const swaps = [];
    const parts = selectors.split(" ");
    page.main.querySelector = (selector) =>
      selector.split(", ").find((part) => parts.includes(part.replace(/:not.*/, ""))) ?? null;
    refreshOnChange({ swap: ({ text }) => void swaps.push(text) }, handle)();
    await new Promise((resolve) => setTimeout(resolve, 250));
    return swaps;
  };

  test("is refreshed after a change", async () => {
    assert.deepEqual(await swapsAfterChange(".row"), ["anew"]);
  });

  test("is not refreshed if Lan has opened another page meanwhile", async () => {
    const slowly = {
      pull(stream) {
        location.href = "http://phone/field/households";
        stream.close();
      },
    };
    const slow = new ReadableStream(slowly, { highWaterMark: 0 });
    assert.deepEqual(await swapsAfterChange(".row", async () => new Response(slow, {})), []);
  });

  for (const [what, selector] of [
    ["her tap is being saved", ".htmx-request"],
    ["it shows an error at a field", ".error"],
    ["it says that the phone could not save", ".errors"],
  ]) {
    test(`is not refreshed while ${what}`, async () => {
      assert.deepEqual(await swapsAfterChange(selector), []);
    });
  }
});
