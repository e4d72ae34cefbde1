// The worker answers a start with the page that was shown last, in the shell.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fillShell } from "../../../service_worker/openingPage.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { openingPageStore } from "../../../static/field/store/view/openingPages.ts";
import { readyPhone, visitFields } from "../support/pageHarness.js";

const SHELL = '<head><title>Từng Nhà</title></head><body><main id="main"><h1>Đang mở…</h1></main><nav></nav></body>';
const LIST =
  '<title>Hộ dân &amp; &#34;x&#34; · Từng Nhà</title>\n<main id="main" data-account="lan">\n<h1>Hộ dân</h1>\n</main>\n';
const FILLED =
  '<head><title>Từng Nhà</title></head><body><main data-title="Hộ dân &amp; &#34;x&#34; · Từng Nhà" data-language="en" ' +
  'id="main" data-account="lan">\n<h1>Hộ dân</h1>\n</main><nav></nav></body>';
const url = (path) => new URL(path, "https://ward.example");
const shell = (text = SHELL) =>
  new Response(text, { headers: { "Content-Type": "text/html", "Content-Length": "9", "Content-Encoding": "br" } });
const answer = async (path, text) => (await fillShell(shell(text), url(path))).text();
/** @type {import("../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
  const store = await openingPageStore("lan", url("/field/households"), today(), "en");
  await store(new Response(LIST));
});

const today = () => new Date(Date.now() + 7 * 3600_000).toISOString().slice(0, 10);

test("the stored page stands in the shell, with its title and language, and with the shell's headers", async () => {
  assert.equal(await answer("/field/households"), FILLED);
  const { status, headers } = fillShell(shell(), url("/field/households"));
  assert.deepEqual([status, [...headers.keys()]], [200, ["content-type"]]);
});

test("every other address is answered with the shell as it is", async () => {
  for (const path of ["/field/", "/field/households?q=duc", "/field/households/h12", "/field/sign-in"]) {
    assert.equal(await answer(path), SHELL);
  }
  assert.equal(await answer("/field/households", "<h1>Chưa mở được</h1>"), "<h1>Chưa mở được</h1>");
});

test("so is one whose records have changed since", async () => {
  await phone.post("/field/households/h12/visit", visitFields());
  assert.equal(await answer("/field/households"), SHELL);
});

test("so is one whose page was stored on another day", async () => {
  await inAccount("lan", ["pages"], "readwrite", async (tx) => {
    const page = await tx.objectStore("pages").get("/field/households");
    await tx.objectStore("pages").put({ ...page, stamp: page.stamp.replace(today(), "2026-11-24") });
  });
  assert.equal(await answer("/field/households"), SHELL);
});

test("the head is sent before the database answers, and one that never does holds up the rest for half a second", async ({
  mock,
}) => {
  mock.method(IDBDatabase.prototype, "transaction", () => {
    throw new DOMException("no", "SecurityError");
  });
  assert.equal(await answer("/field/households"), SHELL);
  mock.restoreAll();
  mock.method(Promise, "all", () => new Promise(() => {})); // as a transaction that never ends
  const never = new Promise((resolve) => setTimeout(resolve, 3_000, {}));
  const began = performance.now();
  const reader = fillShell(shell(), url("/field/households")).body.getReader();
  const [head, rest] = [await reader.read(), reader.read()];
  assert.ok(performance.now() - began < 450);
  assert.equal(new TextDecoder().decode(head.value), SHELL.slice(0, SHELL.indexOf("<main")));
  assert.equal(
    new TextDecoder().decode((await Promise.race([rest, never])).value),
    SHELL.slice(SHELL.indexOf("<main")),
  );
  assert.ok(performance.now() - began >= 490);
});
