// The app does not need what the oldest supported browsers, Chrome 93 and Safari 15.4, do not have.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import * as accounts from "../../../static/field/store/accounts.ts";
import { json } from "../support/modelServer.js";
import { emptyPhone, readyPhone, visitFields } from "../support/pageHarness.js";
import { opIds } from "../support/phone.js";

/** Newer functions by owner, as far as Node works without them. */
const NEWER_FUNCTIONS = [
  [AbortSignal, ["timeout", "any"]],
  [URLSearchParams.prototype, ["size"]],
  [URL, ["canParse", "parse"]],
  [Array, ["fromAsync"]],
  [Set.prototype, ["union", "intersection", "difference", "isSubsetOf"]],
  [Object, ["groupBy"]],
  [Map, ["groupBy"]],
  [Promise, ["withResolvers", "try"]],
];
const removed = [];
/** @type {import("../support/pageHarness.js").Phone} */
let phone;

before(() => {
  for (const [owner, names] of NEWER_FUNCTIONS) {
    for (const name of names) {
      const property = Object.getOwnPropertyDescriptor(owner, name);
      if (property) removed.push([owner, name, property]);
      delete owner[name];
    }
  }
});

after(() => {
  for (const [owner, name, property] of removed) Object.defineProperty(owner, name, property);
});

beforeEach(async () => {
  phone = await emptyPhone();
});

test("Lan signs in and out", async () => {
  const account = { id: "lan", name: "Nguyễn Thị Lan", role: "volunteer" };
  const enrolled = {
    device_id: "device-lan",
    account,
    commune_id: "yen-binh",
    hamlets: [{ id: "dong", name: "Đông" }],
  };
  phone.fetch = async () => json(enrolled, 201);
  const fields = { invite: "10000001", phone: "0900000001" };
  assert.equal((await phone.post("/field/sign-in", fields)).location, "/field/first-download");
  assert.equal((await phone.post("/field/account/sign-out")).location, "/field/sign-in");
  assert.equal(await accounts.currentAccount(), null);
});

test("Lan searches the list, records a visit and sends it", async () => {
  phone = await readyPhone();
  const { filters } = (await phone.get("/field/households?q=duc&order=name")).context;
  assert.deepEqual(
    filters.map(({ href }) => href),
    [
      "/field/households?q=duc&show=unvisited&order=name",
      "/field/households?q=duc&show=follow_up&order=name",
      "/field/households?q=duc&show=met&order=name",
      "/field/households?q=duc&order=name",
    ],
  );
  const { id } = visitFields();
  await phone.post("/field/households/h12/visit", visitFields());
  assert.equal((await phone.sync()).outcome, "sent");
  assert.deepEqual(await opIds("lan", "sent"), [id]);
  assert.equal((await phone.get("/field/log")).status, 200);
});
