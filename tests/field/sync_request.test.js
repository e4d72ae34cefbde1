// What a request says of the queue, and how little of it is read for that.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inAccount } from "../../static/field/store/db.js";
import { exchange } from "../../static/field/sync/exchange.js";
import { ModelServer } from "./model_server.js";
import { LAN, minute, newId, newPhone, signIn, visit } from "./phone.js";

/** @type {ModelServer} */
let server;

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer();
});

const sync = () => exchange("lan", { fetch: server.fetch, now: () => new Date("2026-11-24T10:15:00.000Z") });

/** Puts operations of these numbers into Lan's queue. */
const queueNumbers = (seqs) =>
  inAccount("lan", ["outbox"], "readwrite", async (tx) => {
    const made = { type: "visit.record", v: 1, commune_id: "yen-binh", at: minute(1) };
    for (const seq of seqs) tx.objectStore("outbox").put({ ...made, op_id: newId(), seq, data: visit("h1") });
  });

for (const [what, seqs] of [
  ["with no gap", Array.from({ length: 300 }, (_, place) => place + 7)],
  ["with one gap", [...Array(50).keys()].flatMap((n) => (n === 30 ? [] : [n + 1]))],
  ["with every second one gone", [1, 3, 5, 7, 9, 11]],
  ["far apart", [2, 900, 901, 5_000, 40_000]],
  ["of one", [12]],
]) {
  test(`held names every number of a queue ${what}, and no other`, async () => {
    await queueNumbers(seqs);
    await sync();
    const [{ queue, ops }] = server.requests;
    assert.deepEqual(queue.held, seqs);
    assert.equal(queue.count, seqs.length);
    assert.deepEqual(
      ops.map(({ seq }) => seq),
      seqs.slice(0, 200),
    );
  });
}

test("of a long queue only as much is read as one request takes", async ({ mock }) => {
  await queueNumbers(Array.from({ length: 900 }, (_, place) => place + 1));
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
  await sync();
  assert.deepEqual([read, server.requests[0].queue.held.length], [[200], 900]);
});
