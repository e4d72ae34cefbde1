import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { deleteDB, openDB } from "idb";
import * as accounts from "../../static/field/store/accounts.js";
import { subscribe } from "../../static/field/store/changes.js";
import { inAccount, openAccount, StorageFull } from "../../static/field/store/db.js";
import * as drafts from "../../static/field/store/drafts.js";
import * as outbox from "../../static/field/store/outbox.js";
import { VERSIONS } from "../../static/field/sync/protocol.js";
import { setAside } from "../../static/field/sync/settle.js";
import {
  all,
  handOver,
  KILLED,
  LAN,
  minute,
  NAM,
  newId,
  newPhone,
  opIds,
  record,
  sabotage,
  save,
  signIn,
  visit,
} from "./phone.js";

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
});

/** What sync/ does with an operation, without a server. */
function move(opId, from, to, more = {}) {
  return inAccount("lan", [from, to], "readwrite", async (tx) => {
    const op = await tx.objectStore(from).get(opId);
    await Promise.all([tx.objectStore(from).delete(opId), tx.objectStore(to).put({ ...op, ...more })]);
  });
}

test("Lan's saves are numbered without gaps, in the order of saving", async () => {
  const saved = await Promise.all([record("lan", "h1"), record("lan", "h2"), record("lan", "h3")]);
  assert.deepEqual(
    (await outbox.pending("lan")).map(({ op_id, seq }) => [op_id, seq]),
    saved.map(({ op_id }, place) => [op_id, place + 1]),
  );
});

test("operations are written in the newest version that the server knows", () => {
  assert.deepEqual(outbox.WRITES, VERSIONS);
});

test("an operation names the commune and the epoch it was made in", async () => {
  await record("lan", "h1");
  const [{ commune_id, epoch, v }] = await outbox.pending("lan");
  assert.deepEqual({ commune_id, epoch, v }, { commune_id: "yen-binh", epoch: "first", v: 2 });
});

test("a double tap on Lưu saves once, and takes one number", async () => {
  const saving = { id: newId(), type: "visit.record", data: visit("h1"), at: minute(0) };
  const saved = await Promise.all([outbox.append("lan", saving), outbox.append("lan", saving)]);
  assert.deepEqual(saved.map(({ already }) => already).sort(), [false, true]);
  await record("lan", "h2");
  assert.deepEqual(
    (await outbox.pending("lan")).map(({ seq }) => seq),
    [1, 2],
  );
});

for (const [store, more] of [
  ["sent", { acked_at: minute(1) }],
  ["fixes", { code: "invalid" }],
]) {
  test(`a second tap after the first has come to ${store} does nothing`, async () => {
    const { op_id, data } = await record("lan", "h1");
    await move(op_id, "outbox", store, more);
    const again = await outbox.append("lan", { id: op_id, type: "visit.record", data, at: minute(2) });
    assert.deepEqual(again, { already: true, differs: false, seq: 1 });
    assert.equal((await outbox.counts("lan")).queued, 0);
  });
}

test("saving again after going back and writing more says that it differs, and keeps the draft", async () => {
  const { op_id, data } = await record("lan", "h1");
  await drafts.save("lan", "visit h1", { note: "hẹn chiều" });
  const saving = {
    id: op_id,
    type: "visit.record",
    data: { ...data, note: "hẹn chiều" },
    at: minute(2),
    draft: "visit h1",
  };
  assert.deepEqual(await outbox.append("lan", saving), { already: true, differs: true, seq: 1 });
  assert.deepEqual(await drafts.load("lan", "visit h1"), { note: "hẹn chiều" });
});

test("a save clears its draft in the same transaction", async () => {
  await drafts.save("lan", "visit h1", { note: "hẹn" });
  await record("lan", "h1", { note: "hẹn" }, { draft: "visit h1" });
  assert.equal(await drafts.load("lan", "visit h1"), null);
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

test("with no room left a save says so, and nothing has changed, not even the numbering", async () => {
  const heal = sabotage(() => {
    throw new DOMException("no space", "QuotaExceededError");
  });
  await assert.rejects(record("lan", "h1"), StorageFull).finally(heal);
  await record("lan", "h2");
  assert.deepEqual(
    (await outbox.pending("lan")).map(({ seq, data }) => [seq, data.household_id]),
    [[1, "h2"]],
  );
});

test("no room found only when the transaction completes is no room too", async () => {
  const heal = sabotage((_store, method, { transaction }) => {
    if (method === "put") setImmediate(() => transaction._abort("QuotaExceededError"));
  });
  await assert.rejects(record("lan", "h1"), StorageFull).finally(heal);
  assert.deepEqual(await outbox.counts("lan"), { queued: 0, fixes: 0, oldest_at: null });
});

test("a number taken for a save that failed is used by the next one", async () => {
  const heal = sabotage((store) => {
    if (store === "meta") throw KILLED;
  });
  await assert.rejects(record("lan", "h1"), { name: "Killed" }).finally(heal);
  assert.deepEqual(await all("lan", "outbox"), []);
  assert.equal((await record("lan", "h2")).seq, 1);
});

test("a lost connection is opened again, and the save goes through once", async () => {
  const original = IDBDatabase.prototype.transaction;
  let lost = 0;
  IDBDatabase.prototype.transaction = function (...args) {
    if (this.name !== "tungnha-lan" || lost > 0) return original.apply(this, args);
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

test("a connection that another tab's newer version closed is opened again", async () => {
  (await openAccount("lan")).close();
  await record("lan", "h1");
  assert.equal((await outbox.counts("lan")).queued, 1);
});

test("an open that failed is tried anew by the next call", async () => {
  await newPhone();
  const newer = await openDB("tungnha", 2);
  newer.close();
  await assert.rejects(accounts.current(), { name: "VersionError" });
  await deleteDB("tungnha");
  assert.equal(await accounts.current(), null);
});

test("a refused operation that is given up leaves its number behind", async () => {
  const { op_id, seq } = await record("lan", "h1");
  await move(op_id, "outbox", "fixes", { code: "household_unknown", fields: ["household_id"] });
  assert.deepEqual(
    (await outbox.fixes("lan")).map(({ code, fields }) => [code, fields]),
    [["household_unknown", ["household_id"]]],
  );
  await outbox.discard("lan", op_id);
  await outbox.discard("lan", op_id);
  const discarded = await inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get("discarded"));
  assert.deepEqual(
    discarded.map((one) => [one.op_id, one.seq]),
    [[op_id, seq]],
  );
  assert.deepEqual(await outbox.counts("lan"), { queued: 0, fixes: 0, oldest_at: null });
});

test("what mends a refused operation takes its place in one transaction", async () => {
  const { op_id, data } = await record("lan", "h1");
  await move(op_id, "outbox", "fixes", { code: "service_required" });
  const heal = sabotage((store, method) => {
    if (store === "outbox" && method === "add") throw KILLED;
  });
  await assert.rejects(save("lan", "visit.record", data, { replaces: [op_id] }), { name: "Killed" }).finally(heal);
  assert.deepEqual(await opIds("lan", "fixes"), [op_id]);
  const mended = await save("lan", "visit.record", data, { replaces: [op_id] });
  assert.deepEqual([await opIds("lan", "fixes"), await opIds("lan", "outbox")], [[], [mended.op_id]]);
});

test("discarding touches refused operations only", async () => {
  const { op_id } = await record("lan", "h1");
  await outbox.discard("lan", op_id);
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("what waits is counted, with the date of the oldest", async () => {
  await record("lan", "h1", {}, { at: minute(3) });
  await record("lan", "h2", {}, { at: minute(9) });
  assert.deepEqual(await outbox.counts("lan"), { queued: 2, fixes: 0, oldest_at: minute(3) });
});

test("a save is announced once it is durable", async () => {
  const heard = [];
  const stop = subscribe((change) => heard.push([change.kind, outbox.counts("lan")]));
  await record("lan", "h1").finally(stop);
  const [[kind, counts], ...others] = heard;
  assert.deepEqual([kind, (await counts).queued, others], ["outbox", 1, []]);
});

test("Nam does not see Lan's queue, and it stays when she signs out", async () => {
  await record("lan", "h1");
  await accounts.close();
  assert.equal(await accounts.current(), null);
  await signIn(NAM);
  assert.equal((await accounts.current()).account_id, "nam");
  assert.deepEqual(await outbox.pending("nam"), []);
  assert.equal(await accounts.unsentElsewhere(), 1);
  await handOver("lan");
  assert.equal((await outbox.pending("lan")).length, 1);
  assert.equal(await accounts.unsentElsewhere(), 0);
});

test("when Nam signs in, Lan's session has ended, because the phone has one cookie", async () => {
  await signIn(NAM);
  assert.deepEqual(
    (await accounts.list()).map(({ account_id, signed_in }) => [account_id, signed_in]),
    [
      ["lan", false],
      ["nam", true],
    ],
  );
});

test("Lan signs in again as the device she was, and the numbering goes on", async () => {
  await record("lan", "h1");
  const { life } = await accounts.current();
  assert.deepEqual(await accounts.introduction("090 000 0001"), { device_id: "device-lan", life, next_seq: 2 });
  await signIn(LAN, { next_seq: 1 });
  assert.equal((await record("lan", "h2")).seq, 2);
  await signIn(LAN, { next_seq: 40 });
  assert.equal((await record("lan", "h3")).seq, 40);
});

for (const number of ["+84 900 000 001", "0084900000001", "900.000.001"]) {
  test(`Lan is the device she was when she writes her number as ${number}`, async () => {
    assert.equal((await accounts.introduction(number)).device_id, "device-lan");
  });
}

test("what Lan has to mend counts as not sent when Nam signs in", async () => {
  const { op_id } = await record("lan", "h1");
  await setAside("lan", op_id, { code: "invalid", fields: [] }, new Date());
  await record("lan", "h2");
  await signIn(NAM);
  assert.equal(await accounts.unsentElsewhere(), 2);
});

test("a new phone tells the life its storage will have", async () => {
  const { life, ...rest } = await accounts.introduction(NAM.phone);
  assert.deepEqual(rest, {});
  assert.equal((await signIn(NAM)).life, life);
  assert.notEqual((await accounts.introduction("0900000003")).life, life);
});

test("signing in after a restore does not hide the new epoch from the next exchange", async () => {
  await signIn(LAN, { epoch: "second" });
  const state = await inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get("replica"));
  assert.equal(state.epoch, "first");
});

test("a draft is kept until it is cleared", async () => {
  await drafts.save("lan", "visit h1", { note: "a" });
  await drafts.save("lan", "visit h1", { note: "ab", services: ["x", "y"] });
  assert.deepEqual(await drafts.load("lan", "visit h1"), { note: "ab", services: ["x", "y"] });
  await drafts.clear("lan", "visit h1");
  assert.equal(await drafts.load("lan", "visit h1"), null);
});
