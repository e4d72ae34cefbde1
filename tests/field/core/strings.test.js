// Texts in the language of the page.

import assert from "node:assert/strict";
import { test } from "node:test";

/** The module as a page has it in which `en` was chosen. */
async function stringsOf(catalog, chosen = "en") {
  const address = `data:text/javascript,export default ${encodeURIComponent(JSON.stringify(catalog))}`;
  const element = { dataset: { later: catalog ? address : "data:text/javascript,throw 1" } };
  Object.defineProperty(globalThis, "document", { configurable: true, value: { querySelector: () => element } });
  Object.defineProperty(globalThis, "localStorage", { configurable: true, value: { getItem: () => chosen } });
  try {
    return await import(`../../../static/field/core/strings.ts?${Math.random()}`);
  } finally {
    delete globalThis.document;
    delete globalThis.localStorage;
  }
}

const CATALOG = { Lưu: "Save", "%(n)s lượt": ["n", "%(n)s visit", "%(n)s visits"], "%(p)s %%": "%(p)s%%" };

test("a text is translated, in singular or plural", async () => {
  const { _, language } = await stringsOf(CATALOG);
  assert.equal(language, "en");
  const said = [_("Lưu"), _("%(n)s lượt", { n: 1 }), _("%(n)s lượt", { n: "1" }), _("%(n)s lượt", { n: "1,234" })];
  assert.deepEqual(said, ["Save", "1 visit", "1 visit", "1,234 visits"]);
  assert.equal(_("%(p)s %%", { p: 5 }), "5%");
  assert.equal(_("Chưa có"), "Chưa có");
});

test("without the choice, or without the catalog, the page is Vietnamese", async () => {
  for (const strings of [await stringsOf(CATALOG, ""), await stringsOf(CATALOG, null), await stringsOf(null)]) {
    assert.deepEqual([strings.language, strings._("Lưu")], ["vi", "Lưu"]);
  }
});
