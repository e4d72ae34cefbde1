// The pages that are shown at the start before the list has been read.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createServer } from "../../../../static/field/server/server.ts";
import * as accounts from "../../../../static/field/store/accounts.ts";
import { inAccount } from "../../../../static/field/store/db.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { clearSignedOut } from "../../../../static/field/store/signedOut.ts";
import { loadOpeningPage, openingPageStore } from "../../../../static/field/store/view/openingPages.ts";
import { eraseReplica } from "../../../../static/field/sync/scope.ts";
import { readyPhone, visitFields } from "../../support/pageHarness.js";
import { record } from "../../support/phone.js";

const LIST = "/field/households";
const TODAY = "2026-11-24";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
  const env = { ...phone.environment(), openingPageStore };
  phone.handle = createServer(env, (_template, context) => JSON.stringify(context));
});

const url = (path) => new URL(path, "https://ward.example");
const stored = async (day = TODAY, path = LIST) => (await loadOpeningPage("lan", url(path), day))?.html ?? null;

/** Opens the list, and waits until it is stored. */
async function openList() {
  const { html } = await phone.get(LIST);
  while ((await stored()) === null) await new Promise((resolve) => setTimeout(resolve, 5));
  return html;
}

test("the list is stored as it was rendered, and only without a query", async () => {
  const html = await openList();
  assert.match(html, /Nguyễn Văn Đức/);
  assert.equal(await stored(), html);
  for (const search of ["?q=duc", "?show=all"]) {
    await phone.get(LIST + search);
    assert.equal(await stored(TODAY, LIST + search), null);
  }
  assert.equal((await allPages()).length, 1);
});

for (const [what, change] of [
  ["a visit was saved", () => phone.post("/field/households/h12/visit", visitFields())],
  [
    "a refused visit was discarded",
    async () => {
      phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: [] });
      const { op_id } = await record("lan", "h12");
      await phone.sync();
      await openList();
      await outbox.discardRefused("lan", op_id);
    },
  ],
  [
    "the commune changed a household",
    async () => {
      phone.server.household("h12", { head_name: "Nguyễn Văn Đạt" });
      await phone.sync();
    },
  ],
]) {
  test(`it is not shown after ${what}`, async () => {
    await openList();
    await change();
    assert.equal(await stored(), null);
  });
}

test("it is not shown on another day: follow-ups are due by then", async () => {
  await openList();
  assert.equal(await stored("2026-11-25"), null);
});

test("a page whose records changed while it was rendered is not stored", async () => {
  const store = await openingPageStore("lan", url(LIST), TODAY, "vi");
  await record("lan", "h12");
  await store(new Response("before"));
  assert.deepEqual(await allPages(), []);
});

test("neither is one that was not found, nor one that redirects", async () => {
  for (const status of [303, 404]) {
    const store = await openingPageStore("lan", url(LIST), TODAY, "vi");
    await store(new Response(null, { status }));
  }
  assert.deepEqual(await allPages(), []);
});

const allPages = () => inAccount("lan", ["pages"], "readonly", (tx) => tx.objectStore("pages").getAll());

test("signing out deletes it", async () => {
  await openList();
  await accounts.closeAccount();
  await clearSignedOut();
  assert.deepEqual(await allPages(), []);
});

test("revoking the phone deletes it, and a page rendered before is not stored afterwards", async () => {
  await openList();
  const store = await openingPageStore("lan", url(LIST), TODAY, "vi");
  await eraseReplica("lan");
  await store(new Response("before"));
  assert.deepEqual(await allPages(), []);
});
