// Where the results of an answer move the operations, and that nothing is lost if it is interrupted.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { StorageFull } from "../../../static/field/store/db.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { loadView } from "../../../static/field/store/view/replica.ts";
import { moveToFixes } from "../../../static/field/sync/applyResults.ts";
import { resendNow } from "../../../static/field/sync/backoff.ts";
import { loseAnswers } from "../support/modelServer.js";
import { all, interceptWrites, KILLED, record, rejects, replica, save } from "../support/phone.js";
import { exchangeOnce, now, server, startPhone, storedIds, tampered } from "../support/syncPhone.js";

const DUE = "2026-11-30";

beforeEach(startPhone);

test("applied moves an operation to sent and its row to the replica", async () => {
  const { op_id, data } = await record("lan", "h1");
  const done = await exchangeOnce();
  assert.deepEqual([done.kind, done.acked, done.queued], ["done", 1, 0]);
  assert.deepEqual(await storedIds(), { queued: [], sent: [op_id], fixes: [] });
  const [{ status, acked_at, acked_epoch, version }] = await all("lan", "sent");
  assert.deepEqual([status, acked_at, acked_epoch, version], ["applied", "2026-11-24T09:40:00.000Z", "first", 1]);
  assert.deepEqual((await replica("lan", "visit")).rows.get(data.id), server.row("visit", data.id));
});

test("after a lost answer the repeat is a duplicate, applied once", async () => {
  const { op_id } = await record("lan", "h1");
  assert.equal((await exchangeOnce(loseAnswers(server))).kind, "offline");
  assert.deepEqual(await storedIds(), { queued: [op_id], sent: [], fixes: [] });
  await exchangeOnce();
  assert.deepEqual(await storedIds(), { queued: [], sent: [op_id], fixes: [] });
  assert.equal(server.applied.get(op_id), 1);
  assert.equal((await all("lan", "sent"))[0].status, "duplicate");
});

test("a rejected operation moves to fixes, with the reason", async () => {
  server.decide = () => ({ status: "rejected", code: "service_required", fields: ["services"] });
  const { op_id } = await record("lan", "h1");
  await exchangeOnce();
  assert.deepEqual(await storedIds(), { queued: [], sent: [], fixes: [op_id] });
  const [{ code, fields }] = await outbox.refusedOperations("lan");
  assert.deepEqual({ code, fields }, { code: "service_required", fields: ["services"] });
});

for (const status of ["conflict", "quarantined"]) {
  test(`${status} moves to sent: the server stores it, and the commune decides`, async () => {
    server.decide = () => ({ status });
    const { op_id } = await record("lan", "h1");
    await exchangeOnce();
    assert.deepEqual(await storedIds(), { queued: [], sent: [op_id], fixes: [] });
  });
}

for (const status of ["retry", "postponed", undefined]) {
  test(`status ${status} leaves the operation queued`, async () => {
    const { op_id } = await record("lan", "h1");
    await exchangeOnce(tampered(({ results }) => void (results[0].status = status)));
    assert.deepEqual(await storedIds(), { queued: [op_id], sent: [], fixes: [] });
  });
}

test("an operation without a result stays queued, and the others are acknowledged", async () => {
  const [queued, acked] = [await record("lan", "h1"), await record("lan", "h1")];
  await exchangeOnce(tampered(({ results }) => void results.shift()));
  assert.deepEqual(await storedIds(), { queued: [queued.op_id], sent: [acked.op_id], fixes: [] });
});

test("an operation between others that are acknowledged stays queued until it is acknowledged itself", async () => {
  const notes = ["", "retry", "", "retry", "retry", ""];
  const ops = [];
  for (const note of notes) ops.push(await record("lan", "h1", { note }));
  const [ids, waiting] = [ops, ops.filter((_op, place) => notes[place])].map((some) => some.map(({ op_id }) => op_id));
  server.decide = ({ data }) => (data.note ? { status: "retry" } : null);
  await exchangeOnce();
  assert.deepEqual((await storedIds()).queued.sort(), waiting.sort());
  server.decide = () => null;
  await exchangeOnce();
  const { queued, sent } = await storedIds();
  assert.deepEqual([queued, sent.sort()], [[], ids.sort()]);
});

/** Stops the phone at that write of an exchange with three operations; false if the exchange has fewer writes. */
async function killedAt(write) {
  await startPhone();
  server.decide = ({ data }) => (data.note === "no" ? { status: "rejected", code: "invalid" } : null);
  await record("lan", "h1", { follow_up_on: DUE });
  for (const note of ["no", ""]) await record("lan", "h1", { note });
  let writes = 0;
  const restore = interceptWrites(() => {
    writes += 1;
    if (writes === write) throw KILLED;
  });
  return rejects(exchangeOnce()).finally(restore);
}

test("a phone killed at any write after the answer loses nothing and doubles nothing", async () => {
  let write = 1;
  for (; await killedAt(write); write += 1) {
    const { queued, sent, fixes } = await storedIds();
    assert.equal(new Set([...queued, ...sent, ...fixes]).size, 3, `lost at write ${write}`);
    assert.equal(queued.length + sent.length + fixes.length, 3, `doubled at write ${write}`);
    const { rows } = await replica("lan", "visit");
    for (const { data } of await all("lan", "sent"))
      assert.ok(rows.has(data.id), `sent without its row at write ${write}`);
    const promised = [...(await loadView("lan")).followUps.values()].map(({ due_on }) => due_on);
    assert.deepEqual(promised, [DUE], `the promise is not shown at write ${write}`);
    await exchangeOnce();
    const after = await storedIds();
    assert.deepEqual([after.queued.length, after.sent.length, after.fixes.length], [0, 2, 1]);
    assert.deepEqual([...server.applied.values()], [1, 1]);
  }
  assert.ok(write > 10);
});

test("without room for the results the queue stays", async () => {
  const { op_id } = await record("lan", "h1");
  const restore = interceptWrites((store) => {
    if (store === "sent") throw new DOMException("no space", "QuotaExceededError");
  });
  await assert.rejects(exchangeOnce(), StorageFull).finally(restore);
  assert.deepEqual(await storedIds(), { queued: [op_id], sent: [], fixes: [] });
});

test("a save made while the answer is on its way stays in the queue", async () => {
  await record("lan", "h1");
  let later;
  await exchangeOnce(async (...args) => {
    const response = await server.fetch(...args);
    later = await record("lan", "h1");
    return response;
  });
  assert.deepEqual((await storedIds()).queued, [later.op_id]);
});

test("an operation moved to fixes while the answer is on its way is not in two stores", async () => {
  const { op_id } = await record("lan", "h1");
  await exchangeOnce(async (...args) => {
    const response = await server.fetch(...args);
    await moveToFixes("lan", op_id, { code: "invalid", fields: [] }, now());
    return response;
  });
  assert.deepEqual(await storedIds(), { queued: [], sent: [], fixes: [op_id] });
});

test("a row in a result is written only if it is newer", async () => {
  const { data } = await record("lan", "h1");
  await exchangeOnce();
  const row = server.row("visit", data.id);
  await save("lan", "visit.amend", { ...data, note: "mới", base_version: 1 });
  await exchangeOnce(
    tampered(({ results, changes }) => {
      results[0].row = { ...row, note: "cũ" };
      changes.visit = [];
    }),
  );
  assert.equal((await replica("lan", "visit")).rows.get(data.id).note, "");
});

test("a withdrawn visit leaves the replica with its acknowledgement", async () => {
  const { data } = await record("lan", "h1");
  await exchangeOnce();
  await save("lan", "visit.withdraw", { id: data.id });
  await exchangeOnce(tampered(({ changes }) => void (changes.tombstone = [])));
  assert.equal((await replica("lan", "visit")).rows.has(data.id), false);
});

test("after a restore, operations acknowledged before are moved back to the queue", async () => {
  const backup = server.backup();
  const first = await record("lan", "h1");
  await exchangeOnce();
  server.restore(backup, "second");
  const second = await record("lan", "h1");
  await exchangeOnce();
  assert.deepEqual(await storedIds(), { queued: [first.op_id], sent: [second.op_id], fixes: [] });
  const { row, ...again } = (await outbox.queuedOperations("lan"))[0];
  assert.deepEqual([again.acked_version, again.seq, again.epoch, "acked_at" in again], [1, 1, "first", false]);
  await resendNow("lan");
  await exchangeOnce();
  assert.deepEqual((await storedIds()).sent, [first.op_id, second.op_id].sort());
  assert.ok(server.row("visit", first.data.id));
});

test("a phone killed while it stores a new epoch requests the first page again", async () => {
  await record("lan", "h1");
  await exchangeOnce();
  server.restore(server.backup(), "second");
  const restore = interceptWrites((store) => {
    if (store === "replica_household") throw KILLED;
  });
  await assert.rejects(exchangeOnce(), { name: "Killed" }).finally(restore);
  await exchangeOnce();
  const { epoch, scope, cursor } = server.requests.at(-1);
  assert.deepEqual([epoch, scope, cursor], ["second", undefined, undefined]);
  assert.equal((await replica("lan", "household")).rows.size, 1);
});

test("the numbering continues from the server's, if that is higher", async () => {
  server.state.next_seq = 50;
  await exchangeOnce();
  assert.equal((await record("lan", "h1")).seq, 50);
});
