// What counts as an acknowledgement, and what an acknowledgement does.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { assign, list } from "../../static/field/store/accounts.js";
import { StorageFull } from "../../static/field/store/db.js";
import * as outbox from "../../static/field/store/outbox.js";
import { exchange } from "../../static/field/sync/exchange.js";
import { setAside } from "../../static/field/sync/settle.js";
import { json, losing, ModelServer, unreachable } from "./model_server.js";
import {
  all,
  dies,
  KILLED,
  LAN,
  minute,
  NAM,
  newPhone,
  opIds,
  record,
  replica,
  sabotage,
  save,
  signIn,
} from "./phone.js";

const now = () => new Date("2026-11-24T10:15:00.000Z");
/** @type {ModelServer} */
let server;

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer();
  server.household("h1");
});

const sync = (fetch = server.fetch, more = {}) => exchange("lan", { fetch, now, ...more });
const answering = (body, status) => async () =>
  typeof body === "string" ? new Response(body, { status }) : json(body, status);

/** The answer the server would give now, changed. */
function tampered(change) {
  return async (...args) => {
    const body = await (await server.fetch(...args)).json();
    return json(change(body) ?? body);
  };
}

async function places() {
  const [queued, sent, fixes] = await Promise.all(["outbox", "sent", "fixes"].map((store) => opIds("lan", store)));
  return { queued, sent, fixes };
}

test("the request says who asks, from where on, and what waits", async () => {
  const { op_id, data } = await record("lan", "h1", {}, { at: minute(2) });
  await sync();
  assert.deepEqual(server.requests[0], {
    proto: 1,
    build: "0.1.0",
    device_id: "device-lan",
    sent_at: "2026-11-24T10:15:00.000Z",
    epoch: "first",
    queue: { count: 1, oldest_at: minute(2), next_seq: 2, held: [1] },
    once: true,
    ops: [{ op_id, seq: 1, type: "visit.record", v: 2, commune_id: "yen-binh", at: minute(2), data, epoch: "first" }],
  });
  await sync();
  const { scope, cursor, ops } = server.requests[1];
  assert.deepEqual({ scope, cursor, ops }, { scope: "scope-dong", cursor: 2, ops: [] });
});

test("held are the numbers waiting, refused and given up", async () => {
  server.decide = ({ data }) => (data.note === "no" ? { status: "rejected", code: "invalid" } : null);
  const given = await record("lan", "h1", { note: "no" });
  await record("lan", "h1", { note: "no" });
  await record("lan", "h1");
  await sync();
  await outbox.discard("lan", given.op_id);
  await record("lan", "h1");
  await sync();
  assert.deepEqual(server.requests[1].queue.held, [1, 2, 4]);
});

test("a phone that lost its clock does not have its whole queue refused", async () => {
  await record("lan", "h1", {}, { at: "1970-01-01T00:05:00.000Z" });
  await record("lan", "h1", {}, { at: minute(1) });
  await sync();
  assert.equal(server.requests[0].queue.oldest_at, minute(1));
});

test("applied moves an operation to sent and its row to the replica", async () => {
  const { op_id, data } = await record("lan", "h1");
  const done = await sync();
  assert.deepEqual([done.kind, done.acked, done.queued], ["done", 1, 0]);
  assert.deepEqual(await places(), { queued: [], sent: [op_id], fixes: [] });
  const [{ status, acked_at, acked_epoch, version }] = await all("lan", "sent");
  assert.deepEqual([status, acked_at, acked_epoch, version], ["applied", "2026-11-24T09:40:00.000Z", "first", 1]);
  assert.deepEqual((await replica("lan", "visit")).rows.get(data.id), server.row("visit", data.id));
});

test("an answer that is lost costs nothing: the repeat is a duplicate, applied once", async () => {
  const { op_id } = await record("lan", "h1");
  assert.equal((await sync(losing(server))).kind, "offline");
  assert.deepEqual(await places(), { queued: [op_id], sent: [], fixes: [] });
  await sync();
  assert.deepEqual(await places(), { queued: [], sent: [op_id], fixes: [] });
  assert.equal(server.applied.get(op_id), 1);
  assert.equal((await all("lan", "sent"))[0].status, "duplicate");
});

test("rejected goes to what needs a fix, with the reason", async () => {
  server.decide = () => ({ status: "rejected", code: "service_required", fields: ["services"] });
  const { op_id } = await record("lan", "h1");
  await sync();
  assert.deepEqual(await places(), { queued: [], sent: [], fixes: [op_id] });
  const [{ code, fields }] = await outbox.fixes("lan");
  assert.deepEqual({ code, fields }, { code: "service_required", fields: ["services"] });
});

for (const status of ["conflict", "quarantined"]) {
  test(`${status} is sent: the server keeps it, and the commune decides`, async () => {
    server.decide = () => ({ status });
    const { op_id } = await record("lan", "h1");
    await sync();
    assert.deepEqual(await places(), { queued: [], sent: [op_id], fixes: [] });
  });
}

for (const status of ["retry", "postponed", undefined]) {
  test(`status ${status} keeps the operation`, async () => {
    const { op_id } = await record("lan", "h1");
    await sync(tampered(({ results }) => void (results[0].status = status)));
    assert.deepEqual(await places(), { queued: [op_id], sent: [], fixes: [] });
  });
}

const unbelievable = {
  "a portal's page with status 200": answering("<html>Wi-Fi miễn phí. Đăng nhập</html>", 200),
  "a portal's JSON with status 200": answering({ ok: true }, 200),
  "results without proto": tampered((body) => void delete body.proto),
  "results of another proto": tampered((body) => void (body.proto = 2)),
  "our answer with status 202": async (...args) => json(await (await server.fetch(...args)).json(), 202),
  "a gateway's HTML 502": answering("<html>Bad gateway</html>", 502),
  "an operation nobody sent": tampered((body) => void (body.results[0].op_id = "another")),
  "an operation nobody sent beside ours": tampered(
    (body) => void body.results.push({ op_id: "another", status: "applied" }),
  ),
  "no result at all": tampered((body) => void (body.results = [])),
  "no list of results": tampered((body) => void delete body.results),
  null: answering("null", 200),
  nothing: answering("", 200),
  "no network": unreachable,
};
for (const [name, fetch] of Object.entries(unbelievable)) {
  test(`${name} acknowledges nothing`, async () => {
    const { op_id } = await record("lan", "h1");
    await sync(fetch);
    assert.deepEqual(await places(), { queued: [op_id], sent: [], fixes: [] });
    await sync();
    assert.deepEqual(await places(), { queued: [], sent: [op_id], fixes: [] });
    assert.equal(server.applied.get(op_id), 1);
  });
}

test("a missing result keeps its operation, and the others are acknowledged", async () => {
  const [kept, acked] = [await record("lan", "h1"), await record("lan", "h1")];
  await sync(tampered(({ results }) => void results.shift()));
  assert.deepEqual(await places(), { queued: [kept.op_id], sent: [acked.op_id], fixes: [] });
});

test("an answer cut after any byte acknowledges nothing", async () => {
  const { op_id } = await record("lan", "h1");
  let whole;
  await sync(async (...args) => {
    whole = await (await server.fetch(...args)).text();
    return unreachable();
  });
  const bytes = new TextEncoder().encode(whole);
  for (let length = 0; length < bytes.length; length += 1) {
    await sync(async () => new Response(bytes.slice(0, length), { status: 200 }));
    assert.deepEqual(await opIds("lan", "outbox"), [op_id], `cut after ${length} bytes`);
  }
  assert.deepEqual((await replica("lan", "household")).rows.size, 0);
  await sync(async () => new Response(bytes, { status: 200 }));
  assert.deepEqual(await places(), { queued: [], sent: [op_id], fixes: [] });
});

test("rows that make no sense are not stored, but what was acknowledged is", async () => {
  const { op_id } = await record("lan", "h1");
  const result = await sync(tampered(({ changes }) => void changes.household.push({ id: "h2" })));
  assert.equal(result.kind, "fault");
  assert.deepEqual(await places(), { queued: [], sent: [op_id], fixes: [] });
  assert.equal((await replica("lan", "household")).stored, 0);
});

/** Kills the phone at that write of an exchange with three operations; false if the exchange has fewer writes. */
async function killedAt(write) {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer();
  server.household("h1");
  server.decide = ({ data }) => (data.note === "no" ? { status: "rejected", code: "invalid" } : null);
  for (const note of ["", "no", ""]) await record("lan", "h1", { note });
  let writes = 0;
  const heal = sabotage(() => {
    writes += 1;
    if (writes === write) throw KILLED;
  });
  return dies(sync()).finally(heal);
}

test("a phone killed at any write after the answer loses nothing and doubles nothing", async () => {
  let write = 1;
  for (; await killedAt(write); write += 1) {
    const { queued, sent, fixes } = await places();
    assert.equal(new Set([...queued, ...sent, ...fixes]).size, 3, `lost at write ${write}`);
    assert.equal(queued.length + sent.length + fixes.length, 3, `doubled at write ${write}`);
    const { rows } = await replica("lan", "visit");
    for (const { data } of await all("lan", "sent"))
      assert.ok(rows.has(data.id), `sent without its row at write ${write}`);
    await sync();
    const after = await places();
    assert.deepEqual([after.queued.length, after.sent.length, after.fixes.length], [0, 2, 1]);
    assert.deepEqual([...server.applied.values()], [1, 1]);
  }
  assert.ok(write > 10);
});

test("with no room for the rows the queue is as before", async () => {
  const { op_id } = await record("lan", "h1");
  const heal = sabotage((store) => {
    if (store === "sent") throw new DOMException("no space", "QuotaExceededError");
  });
  await assert.rejects(sync(), StorageFull).finally(heal);
  assert.deepEqual(await places(), { queued: [op_id], sent: [], fixes: [] });
});

test("a save made while the answer is on its way stays in the queue", async () => {
  await record("lan", "h1");
  let later;
  await sync(async (...args) => {
    const response = await server.fetch(...args);
    later = await record("lan", "h1");
    return response;
  });
  assert.deepEqual((await places()).queued, [later.op_id]);
});

test("an operation set aside while the answer is on its way is not in two places", async () => {
  const { op_id } = await record("lan", "h1");
  await sync(async (...args) => {
    const response = await server.fetch(...args);
    await setAside("lan", op_id, { code: "invalid", fields: [] }, now());
    return response;
  });
  assert.deepEqual(await places(), { queued: [], sent: [], fixes: [op_id] });
});

test("a row in a result is written only if it is newer", async () => {
  const { data } = await record("lan", "h1");
  await sync();
  const row = server.row("visit", data.id);
  await save("lan", "visit.amend", { ...data, note: "mới", base_version: 1 });
  await sync(
    tampered(({ results, changes }) => {
      results[0].row = { ...row, note: "cũ" };
      changes.visit = [];
    }),
  );
  assert.equal((await replica("lan", "visit")).rows.get(data.id).note, "");
});

test("a withdrawn visit leaves the replica with its acknowledgement", async () => {
  const { data } = await record("lan", "h1");
  await sync();
  await save("lan", "visit.withdraw", { id: data.id });
  await sync(tampered(({ changes }) => void (changes.gone = [])));
  assert.equal((await replica("lan", "visit")).rows.has(data.id), false);
});

test("after a restore, what was acknowledged before goes back into the queue, moved and not copied", async () => {
  const night = server.backup();
  const first = await record("lan", "h1");
  await sync();
  server.restore(night, "second");
  const second = await record("lan", "h1");
  await sync();
  assert.deepEqual(await places(), { queued: [first.op_id], sent: [second.op_id], fixes: [] });
  const { row, ...again } = (await outbox.pending("lan"))[0];
  assert.deepEqual([again.got, again.seq, again.epoch, "acked_at" in again], [1, 1, "first", false]);
  await sync();
  assert.deepEqual((await places()).sent, [first.op_id, second.op_id].sort());
  assert.ok(server.row("visit", first.data.id));
});

test("a phone killed while it learns of a restore asks for page one again", async () => {
  await record("lan", "h1");
  await sync();
  server.restore(server.backup(), "second");
  const heal = sabotage((store) => {
    if (store === "replica_household") throw KILLED;
  });
  await assert.rejects(sync(), { name: "Killed" }).finally(heal);
  await sync();
  const { epoch, scope, cursor } = server.requests.at(-1);
  assert.deepEqual([epoch, scope, cursor], ["second", undefined, undefined]);
  assert.equal((await replica("lan", "household")).rows.size, 1);
});

test("the server's numbering, if it is ahead, is gone on with", async () => {
  server.state.next_seq = 50;
  await sync();
  assert.equal((await record("lan", "h1")).seq, 50);
});

test("a batch is at most 200 operations and 512 KiB", async () => {
  for (let count = 0; count < 60; count += 1) await record("lan", "h1", { note: "ế".repeat(5000) });
  const sizes = [];
  while ((await sync()).queued > 0);
  for (const request of server.requests) sizes.push(new TextEncoder().encode(JSON.stringify(request)).length);
  assert.equal(server.requests.length, 2);
  assert.ok(
    sizes.every((size) => size <= 512 * 1024),
    String(sizes),
  );
});

test("one operation over the limit goes alone, for the server to judge", async () => {
  await record("lan", "h1", { note: "x".repeat(600 * 1024) });
  await record("lan", "h1");
  await sync();
  assert.equal(server.requests[0].ops.length, 1);
});

test("a long body travels compressed", async () => {
  for (let count = 0; count < 5; count += 1) await record("lan", "h1");
  const encodings = [];
  await sync((address, init) => {
    encodings.push(init.headers["Content-Encoding"], init.body.byteLength);
    return server.fetch(address, init);
  });
  assert.equal(encodings[0], "gzip");
  assert.ok(encodings[1] < JSON.stringify(server.requests[0]).length / 2);
});

test("a request without an answer is given up, and the queue stays", async () => {
  const { op_id } = await record("lan", "h1");
  const hanging = (_address, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  assert.equal((await sync(hanging, { patience: 20 })).kind, "offline");
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("it is given up after 30 seconds", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const aborted = [];
  const result = await sync((_address, { signal }) => {
    for (const wait of [29_999, 1]) {
      mock.timers.tick(wait);
      aborted.push(signal.aborted);
    }
    return unreachable();
  });
  assert.deepEqual([result.kind, aborted], ["offline", [false, true]]);
});

test("Lan's queue does not travel once Nam has signed in on this phone", async () => {
  await record("lan", "h1");
  await signIn(NAM);
  assert.deepEqual(await sync(), { kind: "sign_in", code: "sign_in" });
  assert.deepEqual(server.requests, []);
});

test("the account keeps the hamlets the server names", async () => {
  server.hamlets = new Set(["tay"]);
  await sync();
  const [lan] = await list();
  assert.deepEqual(lan.hamlets, [{ id: "tay", name: "Thôn tay" }]);
});

test("names that a phone killed in between has not kept come with the next answer", async () => {
  await sync();
  await assign("lan", [{ id: "dong", name: "Thôn cũ" }]);
  await sync();
  const [lan] = await list();
  assert.deepEqual(lan.hamlets, [{ id: "dong", name: "Thôn dong" }]);
});

for (const [status, code] of [
  [401, "sign_in"],
  [401, "other_device"],
]) {
  test(`${status} ${code} asks for a sign-in and keeps the queue`, async () => {
    const { op_id } = await record("lan", "h1");
    assert.deepEqual(await sync(answering({ proto: 1, error: code }, status)), { kind: "sign_in", code });
    assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
  });
}

test("426 says which build is needed", async () => {
  assert.deepEqual(await sync(answering({ proto: 1, min_build: "2.0.0" }, 426)), {
    kind: "update",
    min_build: "2.0.0",
  });
});

test("Retry-After is seconds or a date, and nobody waits longer than an hour", async () => {
  const asked = { 90: 90_000, "Tue, 24 Nov 2026 10:17:00 GMT": 120_000, 999999: 3_600_000, soon: 0 };
  for (const [header, wait] of Object.entries(asked)) {
    const busy = async () => json({ proto: 1, error: "busy" }, 429, { "Retry-After": header });
    assert.deepEqual(await sync(busy), { kind: "busy", wait });
  }
});
