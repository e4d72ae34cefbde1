// The next request is on its way while the answer of the one before is stored.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inAccount } from "../../../static/field/store/db.ts";
import { resendNow } from "../../../static/field/sync/backoff.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { json, unreachable } from "../support/modelServer.js";
import { watchOverlaps } from "../support/overlaps.js";
import { interceptWrites, LAN, NAM, signIn, switchAccount } from "../support/phone.js";
import { now, recordMany, server, startPhone, storedIds, sync } from "../support/syncPhone.js";

beforeEach(async () => {
  await startPhone();
  await sync(); // the first download is a reset, which nothing follows before it is stored
  server.requests.length = 0;
});

/** The server's fetch; `change` gets the number of the request, from 1, and its answer's body, and may replace it. */
function changing(change) {
  let number = 0;
  return async (...args) => {
    number += 1;
    const turn = number;
    const response = await server.fetch(...args);
    const body = await response.json();
    return json((await change(turn, body)) ?? body);
  };
}

/** The numbers of the operations in each request. */
const sentNumbers = () => server.requests.map(({ ops }) => ops.map(({ seq }) => seq));

/** How often the replica's state is written for one answer: its results, the next number and its page. */
const STATE_WRITES = 3;

/** Runs with batches of 2; returns how often the replica's state was written before each request, since the one before. */
async function writesBetween(fetch = server.fetch) {
  const writes = [];
  let count = 0;
  const restore = interceptWrites((store) => {
    if (store === "meta") count += 1;
  });
  const counting = (...args) => {
    writes.push(count);
    count = 0;
    return fetch(...args);
  };
  await sync({ fetch: counting, batch: 2 }).finally(restore);
  return writes;
}

/** Every operation was applied once, and all are acknowledged. */
async function assertAllSent(ids) {
  assert.deepEqual(await storedIds(), { queued: [], sent: ids.toSorted(), fixes: [] });
  assert.ok(ids.every((id) => server.applied.get(id) === 1));
}

test("the next request leaves before the answer is stored, and one is in flight at most", async () => {
  const ids = await recordMany(6);
  const { watched, overlaps } = watchOverlaps(server.fetch);
  assert.deepEqual(await writesBetween(watched), [0, 0, STATE_WRITES]);
  assert.deepEqual(sentNumbers(), [
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  assert.equal(overlaps(), 0);
  await assertAllSent(ids);
});

test("a request on its way names the position after the answer, and holds only what waits behind it", async () => {
  await recordMany(3);
  await sync({ batch: 2 });
  const [first, second] = server.requests;
  const { epoch, scope, cursor, queue } = second;
  assert.deepEqual([epoch, scope, cursor], ["first", server.scope, server.row("visit", first.ops[1].data.id).feed_seq]);
  assert.deepEqual([queue.count, queue.held, queue.next_seq], [1, [3], 4]);
  assert.equal(server.requests.length, 2);
});

for (const [what, change] of [
  [
    "an operation that is to be tried again",
    ({ results: [one, two], ...body }) => ({ ...body, results: [one, { ...two, status: "retry" }] }),
  ],
  ["no result for an operation", ({ results: [one], ...body }) => ({ ...body, results: [one] })],
  ["one page of several", (body) => ({ ...body, more: true })],
]) {
  test(`after an answer with ${what} the next request waits until it is stored`, async () => {
    const ids = await recordMany(4);
    server.household("h2");
    const writes = await writesBetween(changing((turn, body) => (turn === 1 ? change(body) : undefined)));
    assert.equal(writes[1], STATE_WRITES);
    await sync();
    await assertAllSent(ids);
  });
}

test("after a refused operation the next request waits, and names its number as held", async () => {
  await recordMany(4, (index) => ({ note: index === 0 ? "no" : "" }));
  server.decide = ({ data }) => (data.note === "no" ? { status: "rejected", code: "invalid" } : null);
  await sync({ batch: 2 });
  assert.deepEqual(server.requests[1].queue.held, [1, 3, 4]);
});

test("a request on its way that the server refuses is searched for the operation at fault", async () => {
  const ids = await recordMany(6, (index) => ({ note: index === 3 ? "poison" : "" }));
  server.refuse = ({ ops }) => ops.some(({ data }) => data.note === "poison") && { status: 422, error: "invalid" };
  await sync({ batch: 2 });
  const { queued, sent, fixes } = await storedIds();
  assert.deepEqual([queued, sent, fixes], [[], ids.filter((_, index) => index !== 3).toSorted(), [ids[3]]]);
});

test("when the answer before finds no room, the request on its way is aborted and everything is sent later", async () => {
  const ids = await recordMany(4);
  const signals = [];
  const fetch = (address, init) => {
    signals.push(init.signal);
    return server.fetch(address, init);
  };
  const restore = interceptWrites((store) => {
    if (store === "sent") throw new DOMException("full", "QuotaExceededError");
  });
  assert.deepEqual(await sync({ fetch, batch: 2 }).finally(restore), { outcome: "full", sent: 0, left: 4 });
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false, true],
  );
  assert.equal((await sync()).outcome, "sent");
  await assertAllSent(ids);
});

test("when another tab has applied an answer meanwhile, the request on its way is aborted", async () => {
  const ids = await recordMany(4);
  const signals = [];
  const fetch = async (address, init) => {
    signals.push(init.signal);
    if (signals.length === 2) await moveRevision();
    return server.fetch(address, init);
  };
  assert.equal((await sync({ fetch, batch: 2 })).outcome, "sent");
  await assertAllSent(ids);
});

/** As another tab without Web Locks does that applies an answer. */
const moveRevision = () =>
  inAccount("lan", ["meta"], "readwrite", async (tx) => {
    const state = await tx.objectStore("meta").get("replica");
    await tx.objectStore("meta").put({ ...state, revision: state.revision + 10 }, "replica");
  });

test("an account that is switched before the next request stops the run", async () => {
  await recordMany(4);
  await signIn(NAM);
  await signIn(LAN);
  const fetch = changing(() => switchAccount("nam"));
  await runSync("lan", { fetch, now, batch: 2 });
  assert.equal(server.requests.length, 1);
});

test("an account that is switched while a request is on its way: its answer is stored in its own database", async () => {
  const ids = await recordMany(4);
  await signIn(NAM);
  await signIn(LAN);
  const fetch = changing((turn) => (turn === 2 ? switchAccount("nam") : undefined));
  await runSync("lan", { fetch, now, batch: 2 });
  assert.equal(server.requests.length, 2);
  await signIn(LAN);
  await sync();
  await assertAllSent(ids);
});

test("an answer in a new epoch queues again what the epoch before had acknowledged", async () => {
  const ids = await recordMany(6);
  const backup = server.backup();
  const fetch = changing((turn) => {
    if (turn === 1) server.restore(backup, "second");
  });
  await sync({ fetch, batch: 2 });
  await resendNow("lan");
  await sync();
  await assertAllSent(ids);
});

test("without a network for the request on its way, what was acknowledged stays acknowledged", async () => {
  const ids = await recordMany(4);
  let requests = 0;
  const fetch = (...args) => {
    requests += 1;
    return requests === 1 ? server.fetch(...args) : unreachable();
  };
  assert.deepEqual(await sync({ fetch, batch: 2 }), { outcome: "offline", sent: 2, left: 2 });
  await sync();
  await assertAllSent(ids);
});
