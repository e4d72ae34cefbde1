// The outbox: numbering, saving twice, correcting and discarding.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { VERSIONS } from "../../../static/field/core/protocol.ts";
import { subscribe } from "../../../static/field/store/changes.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import * as drafts from "../../../static/field/store/drafts.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { findQueued, queuedKeys, removeQueued } from "../../../static/field/store/outboxStore.ts";
import { addSent } from "../../../static/field/store/sentStore.ts";
import {
  interceptWrites,
  KILLED,
  LAN,
  minute,
  newId,
  newPhone,
  opIds,
  record,
  save,
  signIn,
  visit,
} from "../support/phone.js";

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
});

/** Moves an operation out of the outbox, as sync/ does. */
function move(opId, to, more = {}) {
  return inAccount("lan", ["outbox", to], "readwrite", async (tx) => {
    const op = { ...(await findQueued(tx, opId)), ...more };
    removeQueued(tx, await queuedKeys(tx), [opId]);
    if (to === "sent") addSent(tx, [op]);
    else void tx.objectStore(to).put(op);
  });
}

test("Lan's saves are numbered without gaps, in the order of saving", async () => {
  const saved = await Promise.all([record("lan", "h1"), record("lan", "h2"), record("lan", "h3")]);
  assert.deepEqual(
    (await outbox.queuedOperations("lan")).map(({ op_id, seq }) => [op_id, seq]),
    saved.map(({ op_id }, index) => [op_id, index + 1]),
  );
});

test("operations are written in the newest version that the server knows", async () => {
  await record("lan", "h1");
  const [{ type, v }] = await outbox.queuedOperations("lan");
  assert.deepEqual([type, v], ["visit.record", VERSIONS["visit.record"]]);
});

test("an operation names the commune and the epoch it was made in", async () => {
  await record("lan", "h1");
  const [{ commune_id, epoch, v }] = await outbox.queuedOperations("lan");
  assert.deepEqual({ commune_id, epoch, v }, { commune_id: "yen-binh", epoch: "first", v: 2 });
});

test("a double tap on Lưu saves once, and uses one number", async () => {
  const saving = { id: newId(), type: "visit.record", data: visit("h1"), at: minute(0) };
  const saved = await Promise.all([outbox.append("lan", saving), outbox.append("lan", saving)]);
  assert.deepEqual(saved.map(({ already }) => already).sort(), [false, true]);
  await record("lan", "h2");
  assert.deepEqual(
    (await outbox.queuedOperations("lan")).map(({ seq }) => seq),
    [1, 2],
  );
});

for (const [store, more] of [
  ["sent", { acked_at: minute(1) }],
  ["fixes", { code: "invalid" }],
]) {
  test(`a second tap after the first operation has moved to ${store} does nothing`, async () => {
    const { op_id, data } = await record("lan", "h1");
    await move(op_id, store, more);
    const again = await outbox.append("lan", { id: op_id, type: "visit.record", data, at: minute(2) });
    assert.deepEqual(again, { already: true, differs: false, seq: 1 });
    assert.equal((await outbox.counts("lan")).queued, 0);
  });
}

test("saving again after Back with more text says that it differs, and keeps the draft", async () => {
  const { op_id, data } = await record("lan", "h1");
  await drafts.saveDraft("lan", "visit h1", { note: "hẹn chiều" });
  const saving = {
    id: op_id,
    type: "visit.record",
    data: { ...data, note: "hẹn chiều" },
    at: minute(2),
    draft: "visit h1",
  };
  assert.deepEqual(await outbox.append("lan", saving), { already: true, differs: true, seq: 1 });
  assert.deepEqual(await drafts.loadDraft("lan", "visit h1"), { note: "hẹn chiều" });
});

test("a save clears its draft in the same transaction", async () => {
  await drafts.saveDraft("lan", "visit h1", { note: "hẹn" });
  await record("lan", "h1", { note: "hẹn" }, { draft: "visit h1" });
  assert.equal(await drafts.loadDraft("lan", "visit h1"), null);
});

test("of a discarded refused operation the number is stored", async () => {
  const { op_id, seq } = await record("lan", "h1");
  await move(op_id, "fixes", { code: "household_unknown", fields: ["household_id"] });
  assert.deepEqual(
    (await outbox.refusedOperations("lan")).map(({ code, fields }) => [code, fields]),
    [["household_unknown", ["household_id"]]],
  );
  await outbox.discardRefused("lan", op_id);
  await outbox.discardRefused("lan", op_id);
  const discarded = await inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get("discarded"));
  assert.deepEqual(
    discarded.map((one) => [one.op_id, one.seq]),
    [[op_id, seq]],
  );
  assert.deepEqual(await outbox.counts("lan"), { queued: 0, fixes: 0 });
});

test("a correction replaces the refused operation in one transaction", async () => {
  const { op_id, data } = await record("lan", "h1");
  await move(op_id, "fixes", { code: "service_required" });
  const restore = interceptWrites((store, method) => {
    if (store === "outbox" && method === "add") throw KILLED;
  });
  await assert.rejects(save("lan", "visit.record", data, { replaces: [op_id] }), { name: "Killed" }).finally(restore);
  assert.deepEqual(await opIds("lan", "fixes"), [op_id]);
  const corrected = await save("lan", "visit.record", data, { replaces: [op_id] });
  assert.deepEqual([await opIds("lan", "fixes"), await opIds("lan", "outbox")], [[], [corrected.op_id]]);
});

test("a queued operation is not discarded", async () => {
  const { op_id } = await record("lan", "h1");
  await outbox.discardRefused("lan", op_id);
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("queued operations are counted", async () => {
  await record("lan", "h1");
  await record("lan", "h2");
  assert.deepEqual(await outbox.counts("lan"), { queued: 2, fixes: 0 });
});

test("a save is announced once it is durable", async () => {
  const changes = [];
  const stop = subscribe((change) => changes.push([change.kind, outbox.counts("lan")]));
  await record("lan", "h1").finally(stop);
  const [[kind, counts], ...others] = changes;
  assert.deepEqual([kind, (await counts).queued, others], ["outbox", 1, []]);
});
