// Links to an anchor on the same page, with the parts of a browser that they need.

import assert from "node:assert/strict";
import { test } from "node:test";
import { followAnchorLinks } from "../../../static/field/ui/anchorLinks.ts";

class FakeElement {
  constructor(ancestors = {}) {
    Object.assign(this, { ancestors, calls: [] });
  }

  closest(selector) {
    return this.ancestors[selector] ?? null;
  }

  getAttribute() {
    return this.href;
  }

  matches() {
    return false;
  }

  querySelector() {
    return this.field;
  }

  scrollIntoView() {
    this.calls.push("scrolled");
  }

  focus() {
    this.calls.push("focused");
  }
}

/** Taps a link. Whether the browser follows it itself; `anchors` are the page's elements by id. */
function tap(href, anchors) {
  Object.assign(globalThis, { Element: FakeElement, HTMLElement: FakeElement });
  const link = Object.assign(new FakeElement(), { href });
  const text = new FakeElement({ 'a[href^="#"]': href.startsWith("#") ? link : null });
  let follows = true;
  globalThis.document = {
    getElementById: (id) => anchors[id] ?? null,
    addEventListener: (_kind, listener) => listener({ target: text, preventDefault: () => void (follows = false) }),
  };
  followAnchorLinks();
  return follows;
}

test("a tap on an error opens the details element around its field and focuses the field", () => {
  const details = { open: false };
  const result = Object.assign(new FakeElement({ details }), { field: new FakeElement() });
  assert.equal(tap("#result", { result }), false);
  assert.deepEqual([result.calls, result.field.calls, details.open], [["scrolled"], ["focused"], true]);
});

test("every other link is left to the browser", () => {
  assert.equal(tap("/field/log", {}), true);
  assert.equal(tap("#nowhere", {}), true);
});
