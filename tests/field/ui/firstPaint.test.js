// A page that is painted without htmx: its forms must not be sent by the browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { firstPaint } from "../../../static/field/ui/screen.ts";

test("a page that is painted again is processed before its first frame, when it can be tapped", async () => {
  const main = { querySelector: () => null, dataset: {} };
  let onScreen = null;
  Object.assign(globalThis, {
    HTMLElement: class {},
    location: new URL("http://phone/field/"),
    history: { replaceState() {} },
    requestAnimationFrame() {}, // no frame is ever drawn
    DOMParser: class {
      parseFromString = () => ({ title: "", querySelector: () => main });
    },
    document: {
      getElementById: () => ({ ...main, replaceWith: (page) => void (onScreen = page) }),
      querySelectorAll: () => [],
      adoptNode: (page) => page,
    },
  });
  const processed = new Promise((resolve) => {
    const handle = async () => new Response("<main></main>");
    void firstPaint(handle, (page) => resolve([page, onScreen]));
  });
  assert.deepEqual(await processed, [main, main]);
});
