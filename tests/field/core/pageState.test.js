// Copies of a module on one page, as its two bundles have them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as changes from "../../../static/field/store/changes.ts";
import * as db from "../../../static/field/store/db.ts";
import * as replica from "../../../static/field/store/view/replica.ts";
import { LAN, newPhone, record, signIn } from "../support/phone.js";
import { secondCopy } from "../support/secondBundle.js";

const CHANGE = { kind: "draft", account_id: "lan", draft: "visit:new:h12" };
const second = {
  changes: await secondCopy("store/changes.ts"),
  db: await secondCopy("store/db.ts"),
  replica: await secondCopy("store/view/replica.ts"),
};
const arrived = () => new Promise((resolve) => setTimeout(resolve, 50));

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
});

test("the copies are copies", () => {
  assert.notEqual(second.db.inAccount, db.inAccount);
  assert.notEqual(second.db.StorageFull, db.StorageFull);
});

test("what the second bundle announces to other tabs does not come back to its own page", async () => {
  const heard = [];
  const stop = changes.subscribe((change) => heard.push(change));
  second.changes.announceToOthers(CHANGE);
  await arrived();
  assert.deepEqual(heard, []);
  stop();
});

test("what the second bundle announces to all is heard on its page once, and at once", async () => {
  const heard = [];
  const stop = changes.subscribe((change) => heard.push(change));
  second.changes.announce(CHANGE);
  assert.deepEqual(heard, [CHANGE]);
  await arrived();
  assert.deepEqual(heard, [CHANGE]);
  stop();
});

test("a connection that one bundle has opened serves the other one, to read and to write", async () => {
  const [one, other] = [db, second.db];
  await one.inAccount("lan", ["guides"], "readwrite", async (tx) => one.putAll(tx, "guides", [{ id: "g1" }]));
  await other.inAccount("lan", ["guides"], "readwrite", async (tx) => other.putAll(tx, "guides", [{ id: "g2" }]));
  const read = (/** @type {import("../../../static/field/store/db.ts").Transaction} */ tx) =>
    tx.objectStore("guides").getAllKeys();
  assert.deepEqual(await one.inAccount("lan", ["guides"], "readonly", read), ["g1", "g2"]);
  assert.deepEqual(await other.inAccount("lan", ["guides"], "readonly", read), ["g1", "g2"]);
  const failing = async () => {
    throw new TypeError("no");
  };
  await assert.rejects(other.inAccount("lan", ["guides"], "readwrite", failing), { message: "no" });
});

test("a page that is left ends the transactions of both", async () => {
  const done = [db, second.db].map(({ inAccount }) => {
    let runs = 0;
    const work = async (tx) => {
      runs += 1;
      while (runs === 1) await tx.objectStore("guides").count();
      return tx.objectStore("guides").count();
    };
    return inAccount("lan", ["guides"], "readonly", work).then((count) => [runs, count]);
  });
  await arrived();
  db.interruptTransactions({ persisted: true });
  const waited = new Promise((resolve) => setTimeout(resolve, 500, "waited"));
  assert.notEqual(await Promise.race([Promise.all(done), waited]), "waited");
});

test("the list that one bundle has read is not read again by the other one", async () => {
  await record("lan", "h1");
  assert.equal(await second.replica.loadView("lan"), await replica.loadView("lan"));
});
