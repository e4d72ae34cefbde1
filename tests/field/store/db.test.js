// The databases: durability of a save, a phone without room, and lost connections.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openDB } from "idb";
import * as accounts from "../../../static/field/store/accounts.ts";
import { interruptTransactions, openAccount, StorageFull } from "../../../static/field/store/db.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { all, interceptWrites, KILLED, LAN, newPhone, record, signIn } from "../support/phone.js";

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
});

test("a save is strictly durable, and said to be saved only when its transaction is complete", async () => {
  const transactions = [];
  const original = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...args) {
    const tx = original.apply(this, args);
    if (args[1] === "readwrite") transactions.push({ tx, complete: false });
    tx.addEventListener("complete", () =>
      transactions.filter((one) => one.tx === tx).forEach((one) => (one.complete = true)),
    );
    return tx;
  };
  await record("lan", "h1").finally(() => (IDBDatabase.prototype.transaction = original));
  assert.deepEqual(
    transactions.map(({ tx, complete }) => [tx.durability, complete]),
    [["strict", true]],
  );
});

test("a save without room throws StorageFull and changes nothing, not even the numbering", async () => {
  const restore = interceptWrites(() => {
    throw new DOMException("no space", "QuotaExceededError");
  });
  await assert.rejects(record("lan", "h1"), StorageFull).finally(restore);
  await record("lan", "h2");
  assert.deepEqual(
    (await outbox.queuedOperations("lan")).map(({ seq, data }) => [seq, data.household_id]),
    [[1, "h2"]],
  );
});

test("a save for which the room ends only at the commit throws StorageFull too", async () => {
  const restore = interceptWrites((_store, method, { transaction }) => {
    if (method === "put") setImmediate(() => transaction._abort("QuotaExceededError"));
  });
  await assert.rejects(record("lan", "h1"), StorageFull).finally(restore);
  assert.deepEqual(await outbox.counts("lan"), { queued: 0, fixes: 0 });
});

test("the number of a save that failed is used by the next one", async () => {
  const restore = interceptWrites((store) => {
    if (store === "meta") throw KILLED;
  });
  await assert.rejects(record("lan", "h1"), { name: "Killed" }).finally(restore);
  assert.deepEqual(await all("lan", "outbox"), []);
  assert.equal((await record("lan", "h2")).seq, 1);
});

test("a lost connection is opened again, and the operation is saved once", async () => {
  const original = IDBDatabase.prototype.transaction;
  let lost = 0;
  IDBDatabase.prototype.transaction = function (...args) {
    if (this.name !== "tung-nha-lan" || lost > 0) return original.apply(this, args);
    lost += 1;
    throw new DOMException(
      "Connection to Indexed Database server is lost. Refresh the page to try again",
      "UnknownError",
    );
  };
  await record("lan", "h1").finally(() => (IDBDatabase.prototype.transaction = original));
  assert.equal(lost, 1);
  assert.equal((await outbox.counts("lan")).queued, 1);
});

test("a page that is left in the middle of a save ends the transaction; it is saved once when the page goes on", async () => {
  const writing = new Promise((resolve) => {
    const restore = interceptWrites((_store, _method, { transaction }) => {
      restore();
      resolve(transaction);
    });
  });
  const saving = record("lan", "h1");
  const transaction = await writing;
  const aborted = new Promise((resolve) => transaction.addEventListener("abort", () => resolve(true)));
  interruptTransactions({ persisted: true });
  assert.equal(await aborted, true);
  await saving;
  assert.equal((await outbox.counts("lan")).queued, 1);
});

test("a connection that another tab's newer version closed is opened again", async () => {
  (await openAccount("lan")).close();
  await record("lan", "h1");
  assert.equal((await outbox.counts("lan")).queued, 1);
});

test("a database that another tab's newer version has upgraded is used further", async () => {
  await record("lan", "h1");
  const newer = await openDB("tung-nha-lan", 2, { upgrade: (db) => db.createObjectStore("next") });
  await record("lan", "h2");
  newer.close();
  assert.equal((await outbox.counts("lan")).queued, 2);
});

test("a database that could not be opened is opened by the next call", async () => {
  await newPhone();
  const original = IDBFactory.prototype.open;
  IDBFactory.prototype.open = () => {
    throw new DOMException("no disk", "UnknownError");
  };
  const failed = assert.rejects(accounts.currentAccount(), { name: "UnknownError" });
  await failed.finally(() => (IDBFactory.prototype.open = original));
  assert.equal(await accounts.currentAccount(), null);
});
