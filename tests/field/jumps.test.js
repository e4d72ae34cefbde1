// Links to a place on the same page, with as much of a browser as they need.

import assert from "node:assert/strict";
import { test } from "node:test";
import { followJumps } from "../../static/field/jumps.js";

class Part {
  constructor(found = {}) {
    Object.assign(this, { found, done: [] });
  }

  closest(selector) {
    return this.found[selector] ?? null;
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
    this.done.push("seen");
  }

  focus() {
    this.done.push("focused");
  }
}

/** Taps a link; says whether the browser would have followed it itself. */
function tap(href, places) {
  Object.assign(globalThis, { Element: Part, HTMLElement: Part });
  const link = Object.assign(new Part(), { href });
  const text = new Part({ 'a[href^="#"]': href.startsWith("#") ? link : null });
  let follows = true;
  globalThis.document = {
    getElementById: (id) => places[id] ?? null,
    addEventListener: (_kind, listener) => listener({ target: text, preventDefault: () => void (follows = false) }),
  };
  followJumps();
  return follows;
}

test("Lan taps on an error: its field has the focus, its fold is open, and Back has no step more", () => {
  const fold = { open: false };
  const result = Object.assign(new Part({ details: fold }), { field: new Part() });
  assert.equal(tap("#result", { result }), false);
  assert.deepEqual([result.done, result.field.done, fold.open], [["seen"], ["focused"], true]);
});

test("every other link is left to the browser", () => {
  assert.equal(tap("/field/log", {}), true);
  assert.equal(tap("#nowhere", {}), true);
});
