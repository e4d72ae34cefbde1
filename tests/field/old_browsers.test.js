// The oldest browsers here, Chrome 93 and Safari 15.4, lack what has come since: nothing may need it.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import * as accounts from "../../static/field/store/accounts.js";
import { json } from "./model_server.js";
import { emptyPhone, filled, readyPhone } from "./pages_world.js";
import { opIds } from "./phone.js";

/** By owner, what pages might be tempted to use; some of it Node itself cannot do without. */
const YOUNGER = [
  [AbortSignal, ["timeout", "any"]],
  [URLSearchParams.prototype, ["size"]],
  [URL, ["canParse", "parse"]],
  [Array, ["fromAsync"]],
  [Set.prototype, ["union", "intersection", "difference", "isSubsetOf"]],
  [Object, ["groupBy"]],
  [Map, ["groupBy"]],
  [Promise, ["withResolvers", "try"]],
];
const taken = [];
/** @type {import("./pages_world.js").Phone} */
let phone;

before(() => {
  for (const [owner, names] of YOUNGER) {
    for (const name of names) {
      const property = Object.getOwnPropertyDescriptor(owner, name);
      if (property) taken.push([owner, name, property]);
      delete owner[name];
    }
  }
});

after(() => {
  for (const [owner, name, property] of taken) Object.defineProperty(owner, name, property);
});

beforeEach(async () => {
  phone = await emptyPhone();
});

test("Lan signs in, and out", async () => {
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
  assert.equal(await accounts.current(), null);
});

test("she finds who was not reached yet, records and sends", async () => {
  phone = await readyPhone();
  const { filters } = (await phone.get("/field/households?q=duc&order=name")).context;
  assert.deepEqual(
    filters.map(({ href }) => href),
    [
      "/field/households?q=duc&show=unvisited&order=name",
      "/field/households?q=duc&show=promised&order=name",
      "/field/households?q=duc&order=name",
    ],
  );
  const { id } = filled();
  await phone.post("/field/households/h12/visit", filled());
  assert.equal((await phone.sync()).outcome, "sent");
  assert.deepEqual(await opIds("lan", "sent"), [id]);
  assert.equal((await phone.get("/field/log")).status, 200);
});
