import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { subscribe } from "../../static/field/store/changes.js";
import { inAccount } from "../../static/field/store/db.js";
import * as outbox from "../../static/field/store/outbox.js";
import { nextDelay, run, schedule } from "../../static/field/sync/engine.js";
import { json, ModelServer, unreachable } from "./model_server.js";
import {
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
  signIn,
  visit,
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

const sync = (tools = {}) => run("lan", { fetch: server.fetch, now, ...tools });

/** Saves that many visits in one go. */
async function recordMany(count, changes = () => ({})) {
  const ops = Array.from({ length: count }, (_, place) => ({ op_id: newId(), data: visit("h1", changes(place)) }));
  await Promise.all(
    ops.map(({ op_id, data }) => outbox.append("lan", { id: op_id, type: "visit.record", data, at: minute(1) })),
  );
  return ops.map(({ op_id }) => op_id);
}

test("1,000 queued visits drain in five requests of 200, in the order of saving", async () => {
  const ids = await recordMany(1000);
  assert.deepEqual(await sync(), { outcome: "sent", sent: 1000, left: 0 });
  assert.deepEqual(
    server.requests.map(({ ops }) => ops.length),
    [200, 200, 200, 200, 200],
  );
  const seqs = server.requests.flatMap(({ ops }) => ops.map(({ seq }) => seq));
  assert.deepEqual(
    seqs,
    ids.map((_, place) => place + 1),
  );
  assert.deepEqual((await opIds("lan", "sent")).length, 1000);
  assert.ok(ids.every((id) => server.applied.get(id) === 1));
});

test("with nothing to send a run fetches what is new and is idle", async () => {
  assert.deepEqual(await sync(), { outcome: "idle", sent: 0, left: 0 });
  assert.equal(server.requests.length, 1);
});

test("a run tells how far it is, and how it ended", async () => {
  server.pageRows = 2;
  for (const id of ["h2", "h3", "h4", "h5"]) server.household(id);
  await recordMany(2);
  const heard = [];
  const stop = subscribe((change) => heard.push(change));
  await sync().finally(stop);
  const progress = heard
    .filter(({ kind }) => kind === "progress")
    .map(({ sent, total, received, left }) => [sent, total, received, left]);
  assert.deepEqual(progress, [
    [0, 2, 0, 0],
    [2, 2, 2, 5],
    [2, 2, 4, 3],
    [2, 2, 6, 1],
    [2, 2, 7, 0],
  ]);
  assert.deepEqual(heard.at(-1), { kind: "sync", account_id: "lan", outcome: "sent", sent: 2, left: 0 });
});

test("what Lan's phone is about to send is told before the server has answered", async () => {
  await recordMany(3);
  const told = [];
  let before;
  const fetch = async () => {
    before = [...told];
    return unreachable();
  };
  await sync({ fetch, onProgress: (progress) => told.push(progress) });
  assert.deepEqual(before, [{ sent: 0, total: 3, received: 0, left: 0 }]);
});

test("two runs at once: one works, the other leaves it to it", async () => {
  const ids = await recordMany(300);
  const ends = await Promise.all([sync(), sync()]);
  assert.deepEqual(ends.map(({ outcome }) => outcome).sort(), ["running", "sent"]);
  assert.equal(server.requests.flatMap(({ ops }) => ops).length, 300);
  assert.ok(ids.every((id) => server.applied.get(id) === 1));
});

test("the lock is taken across tabs and the service worker", async () => {
  await recordMany(1);
  await navigator.locks.request("tungnha-sync", async () => assert.equal((await sync()).outcome, "running"));
  assert.equal((await sync()).outcome, "sent");
});

test("where there are no locks, two tabs at once still lose nothing and double nothing", async () => {
  const another = await import("../../static/field/sync/engine.js?another-tab");
  const ids = await recordMany(450);
  const tools = { fetch: server.fetch, now, locks: undefined };
  await Promise.all([run("lan", tools), another.run("lan", tools)]);
  await sync();
  assert.deepEqual(await opIds("lan", "sent"), ids.toSorted());
  assert.deepEqual(await opIds("lan", "outbox"), []);
  assert.ok(ids.every((id) => server.applied.get(id) === 1));
});

test("a visit saved while a run is at its end is sent by that run", async () => {
  let later;
  const heal = sabotage((store) => {
    if (store !== "replica_household" || later) return;
    later = record("lan", "h1").then(() => sync());
  });
  assert.deepEqual(await sync().finally(heal), { outcome: "sent", sent: 1, left: 0 });
  assert.equal((await later).outcome, "running");
});

test("offline, the queue stays", async () => {
  await recordMany(3);
  assert.deepEqual(await sync({ fetch: unreachable }), { outcome: "offline", sent: 0, left: 3 });
});

test("a sign-in that has ended stops the run, and the queue stays", async () => {
  await recordMany(3);
  const fetch = async () => json({ proto: 1, error: "other_device" }, 401);
  assert.deepEqual(await sync({ fetch }), { outcome: "sign_in", code: "other_device", sent: 0, left: 3 });
});

test("when Nam takes the phone in the middle of Lan's run, it stops before its next request", async () => {
  await recordMany(450);
  await signIn(NAM);
  await signIn(LAN);
  const fetch = async (...args) => {
    const response = await server.fetch(...args);
    await handOver("nam");
    return response;
  };
  assert.deepEqual(await sync({ fetch }), { outcome: "sent", sent: 200, left: 250 });
  assert.equal(server.requests.length, 1);
  assert.deepEqual(new Set(server.requests.map(({ device_id }) => device_id)), new Set(["device-lan"]));
});

test("Nam's run sends Nam's queue with Nam's device", async () => {
  await recordMany(1);
  await signIn(NAM);
  await outbox.append("nam", { id: newId(), type: "visit.record", data: visit("t1"), at: minute(1) });
  await run("nam", { fetch: server.fetch, now });
  assert.deepEqual(
    server.requests.map(({ device_id, ops }) => [device_id, ops.length]),
    [["device-nam", 1]],
  );
});

/** Refuses, as a whole, every request with such an operation. */
const refusing =
  (status, error) =>
  ({ ops }) =>
    ops.some(({ data }) => data.note === "poison") && { status, error, fields: ["ops"] };

for (const [status, error] of [
  [400, "invalid"],
  [413, "too_large"],
  [422, "invalid"],
  [500, "internal"],
]) {
  test(`the one operation that makes every request a ${status} goes to what needs a fix, and the queue goes on`, async () => {
    const ids = await recordMany(250, (place) => ({ note: place === 77 ? "poison" : "" }));
    server.refuse = refusing(status, error);
    assert.deepEqual(await sync(), { outcome: "sent", sent: 249, left: 0 });
    const [fix, ...others] = await outbox.fixes("lan");
    assert.deepEqual([fix.op_id, fix.code, fix.fields, others.length], [ids[77], error, ["ops"], 0]);
    assert.ok(server.requests.length < 25, `${server.requests.length} requests`);
    assert.ok(ids.every((id, place) => (server.applied.get(id) ?? 0) === Number(place !== 77)));
  });
}

test("two such operations both go there", async () => {
  const ids = await recordMany(40, (place) => ({ note: place === 3 || place === 39 ? "poison" : "" }));
  server.refuse = refusing(422, "invalid");
  assert.equal((await sync()).sent, 38);
  assert.deepEqual(await opIds("lan", "fixes"), [ids[3], ids[39]].sort());
});

test("a server that refuses even an empty exchange is at fault, not the operation", async () => {
  const ids = await recordMany(5);
  server.refuse = () => ({ status: 500, error: "internal" });
  assert.deepEqual(await sync(), { outcome: "fault", code: "internal", fields: [], sent: 0, left: 5 });
  assert.deepEqual(await opIds("lan", "outbox"), ids.toSorted());
});

test("a fault that passes while the empty exchange is made refuses no operation", async () => {
  const [id] = await recordMany(1);
  server.refuse = ({ ops }) => ops.length > 0 && server.requests.length < 2 && { status: 500, error: "internal" };
  assert.deepEqual(await sync(), { outcome: "sent", sent: 1, left: 0 });
  assert.deepEqual(await opIds("lan", "sent"), [id]);
});

test("a portal's 422 halves nothing and refuses nothing", async () => {
  await recordMany(2);
  let requests = 0;
  const fetch = async () => {
    requests += 1;
    return new Response("<html>", { status: 422 });
  };
  assert.deepEqual([await sync({ fetch }), requests], [{ outcome: "offline", sent: 0, left: 2 }, 1]);
});

test("operations the server wants later end the run, and are kept", async () => {
  await recordMany(3);
  server.decide = ({ seq }) => (seq === 2 ? { status: "retry" } : null);
  assert.deepEqual(await sync(), { outcome: "busy", sent: 2, left: 1 });
});

test("a server that always starts anew does not keep the phone busy for ever", async () => {
  server.pageRows = 1;
  server.household("h2");
  const fetch = (...args) => {
    server.restore(server.backup(), `epoch ${server.requests.length}`);
    return server.fetch(...args);
  };
  assert.equal((await sync({ fetch })).outcome, "fault");
  assert.ok(server.requests.length < 10);
});

test("a server that promises more and gives nothing does not either", async () => {
  const fetch = async (...args) => {
    const body = await (await server.fetch(...args)).json();
    return json({ ...body, more: true });
  };
  assert.equal((await sync({ fetch })).outcome, "fault");
});

test("after Retry-After no tab calls before its time, not even on Gửi ngay", async () => {
  await recordMany(1);
  const fetch = async () => json({ proto: 1, error: "busy" }, 503, { "Retry-After": "120" });
  assert.equal((await sync({ fetch })).outcome, "busy");
  assert.equal(
    nextDelay(() => 0, now().getTime()),
    120_000,
  );
  const soon = () => new Date(now().getTime() + 119_000);
  assert.equal((await sync({ now: soon })).outcome, "busy");
  assert.equal(server.requests.length, 0);
  const then = () => new Date(now().getTime() + 121_000);
  assert.equal((await sync({ now: then })).outcome, "sent");
});

test("a clock set back by a day does not make the phone wait for a day", async () => {
  const fetch = async () => json({ proto: 1, error: "busy" }, 503, { "Retry-After": "120" });
  await sync({ fetch });
  const yesterday = () => new Date(now().getTime() - 86_400_000);
  assert.equal((await sync({ now: yesterday })).outcome, "idle");
});

test("after failures the next run comes at a random time, the longer the more there were, within five minutes", async () => {
  await sync();
  assert.equal(
    nextDelay(() => 0.5),
    60_000,
  );
  const delays = [];
  for (let failure = 0; failure < 10; failure += 1) {
    await sync({ fetch: unreachable });
    delays.push(nextDelay(() => 1));
  }
  assert.deepEqual(delays, [4000, 8000, 16000, 32000, 64000, 128000, 256000, 300000, 300000, 300000]);
  assert.equal(
    nextDelay(() => 0.25),
    75_000,
  );
  await sync();
  assert.equal(
    nextDelay(() => 0.5),
    60_000,
  );
});

test("scheduled runs go on until they are stopped", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  await sync();
  const stop = schedule("lan", { fetch: server.fetch, now });
  context.mock.timers.tick(60_000);
  await new Promise((resolve) => {
    const off = subscribe(({ kind }) => kind === "sync" && resolve(off()));
  });
  stop();
  context.mock.timers.tick(600_000);
  assert.equal(server.requests.length, 2);
});

test("a phone without room says so, and the queue stays", async () => {
  await recordMany(2);
  const heal = sabotage((store) => {
    if (store === "replica_visit") throw new DOMException("no space", "QuotaExceededError");
  });
  assert.deepEqual(await sync().finally(heal), { outcome: "full", sent: 0, left: 2 });
});

test("the lock is free again after a fault nobody expected", async () => {
  await recordMany(1);
  const heal = sabotage((store) => {
    if (store === "sent") throw KILLED;
  });
  await assert.rejects(sync(), { name: "Killed" }).finally(heal);
  assert.equal((await sync()).outcome, "sent");
});

test("a run leaves nothing of an earlier generation behind", async () => {
  await sync();
  server.restore(server.backup(), "second");
  await sync();
  const rows = await inAccount("lan", ["replica_household"], "readonly", (tx) =>
    tx.objectStore("replica_household").getAll(),
  );
  assert.deepEqual(
    rows.map(({ g }) => g),
    [2],
  );
});
