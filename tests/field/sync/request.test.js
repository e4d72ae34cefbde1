// What a request contains, and how little of the queue is read for it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inAccount } from "../../../static/field/store/db.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { minute, newId, record, visit } from "../support/phone.js";
import { exchangeOnce, server, startPhone } from "../support/syncPhone.js";

beforeEach(startPhone);

test("the request names the device, the position in the feed, and the queue", async () => {
  const { op_id, data } = await record("lan", "h1", {}, { at: minute(2) });
  await exchangeOnce();
  const { device_key, ...request } = server.requests[0];
  assert.deepEqual(request, {
    proto: 1,
    build: "0.1.0",
    device_id: "device-lan",
    sent_at: "2026-11-24T10:15:00.000Z",
    epoch: "first",
    queue: { count: 1, oldest_at: minute(2), next_seq: 2, held: [1] },
    periods_version: 0,
    days_version: "",
    omit_result_rows: true,
    minimal_results: true,
    ops: [{ op_id, seq: 1, type: "visit.record", v: 2, commune_id: "yen-binh", at: minute(2), data, epoch: "first" }],
  });
  await exchangeOnce();
  const { scope, cursor, ops, device_key: again } = server.requests[1];
  assert.deepEqual({ scope, cursor, ops }, { scope: "scope-dong", cursor: 2, ops: [] });
  assert.deepEqual([again, device_key.length], [device_key, 88], "the public half of its key, at every run");
});

test("it names the closed periods that the phone has heard of, and the next one too", async () => {
  server.closedPeriods = { version: 4, periods: [] };
  await exchangeOnce();
  await exchangeOnce();
  assert.deepEqual(
    server.requests.map(({ periods_version }) => periods_version),
    [0, 4],
  );
});

test("held are the numbers of queued, refused and discarded operations", async () => {
  server.decide = ({ data }) => (data.note === "no" ? { status: "rejected", code: "invalid" } : null);
  const discarded = await record("lan", "h1", { note: "no" });
  await record("lan", "h1", { note: "no" });
  await record("lan", "h1");
  await exchangeOnce();
  await outbox.discardRefused("lan", discarded.op_id);
  await record("lan", "h1");
  await exchangeOnce();
  assert.deepEqual(server.requests[1].queue.held, [1, 2, 4]);
});

test("an implausible date is not named as the oldest", async () => {
  await record("lan", "h1", {}, { at: "1970-01-01T00:05:00.000Z" });
  await record("lan", "h1", {}, { at: minute(1) });
  await exchangeOnce();
  assert.equal(server.requests[0].queue.oldest_at, minute(1));
});

test("a batch is at most 500 operations and 512 KiB", async () => {
  for (let count = 0; count < 60; count += 1) await record("lan", "h1", { note: "ế".repeat(5000) });
  const sizes = [];
  while ((await exchangeOnce()).queued > 0);
  for (const request of server.requests) sizes.push(new TextEncoder().encode(JSON.stringify(request)).length);
  assert.equal(server.requests.length, 2);
  assert.ok(
    sizes.every((size) => size <= 512 * 1024),
    String(sizes),
  );
});

test("one operation over the limit is sent alone, for the server to refuse", async () => {
  await record("lan", "h1", { note: "x".repeat(600 * 1024) });
  await record("lan", "h1");
  await exchangeOnce();
  assert.equal(server.requests[0].ops.length, 1);
});

test("a long body is sent compressed", async () => {
  for (let count = 0; count < 5; count += 1) await record("lan", "h1");
  const encodings = [];
  await exchangeOnce((address, init) => {
    encodings.push(init.headers["Content-Encoding"], init.body.byteLength);
    return server.fetch(address, init);
  });
  assert.equal(encodings[0], "gzip");
  assert.ok(encodings[1] < JSON.stringify(server.requests[0]).length / 2);
});

/** Puts operations with these numbers into Lan's queue. */
const queueNumbers = (seqs) =>
  inAccount("lan", ["outbox"], "readwrite", async (tx) => {
    const operation = { type: "visit.record", v: 2, commune_id: "yen-binh", at: minute(1) };
    for (const seq of seqs) tx.objectStore("outbox").put({ ...operation, op_id: newId(), seq, data: visit("h1") });
  });

for (const [what, seqs] of [
  ["with no gap", Array.from({ length: 300 }, (_, index) => index + 7)],
  ["with one gap", [...Array(50).keys()].flatMap((n) => (n === 30 ? [] : [n + 1]))],
  ["without every second number", [1, 3, 5, 7, 9, 11]],
  ["with large gaps", [2, 900, 901, 5_000, 40_000]],
  ["of one", [12]],
]) {
  test(`held names exactly the numbers of a queue ${what}`, async () => {
    await queueNumbers(seqs);
    await exchangeOnce();
    const [{ queue, ops }] = server.requests;
    assert.deepEqual(queue.held, seqs);
    assert.equal(queue.count, seqs.length);
    assert.deepEqual(
      ops.map(({ seq }) => seq),
      seqs.slice(0, 500),
    );
  });
}

test("of a long queue only as much is read as fits into one request, and into the next while the first is sent", async ({
  mock,
}) => {
  await queueNumbers(Array.from({ length: 900 }, (_, index) => index + 1));
  const read = [];
  for (const owner of [IDBIndex.prototype, IDBObjectStore.prototype]) {
    const original = owner.getAll;
    mock.method(owner, "getAll", function (...args) {
      const request = original.apply(this, args);
      const { name } = this.objectStore ?? this;
      if (name === "outbox") request.addEventListener("success", () => read.push(request.result.length));
      return request;
    });
  }
  await exchangeOnce();
  assert.deepEqual([read, server.requests[0].queue.held.length], [[500, 400], 900]);
});
