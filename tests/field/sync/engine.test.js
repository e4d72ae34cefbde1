// A run of sync: until when it exchanges, how it ends, and that only one works at a time.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { subscribe } from "../../../static/field/store/changes.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { json, unreachable } from "../support/modelServer.js";
import {
  interceptWrites,
  KILLED,
  LAN,
  minute,
  NAM,
  newId,
  opIds,
  record,
  signIn,
  switchAccount,
  visit,
} from "../support/phone.js";
import { now, recordMany, server, startPhone, sync } from "../support/syncPhone.js";

beforeEach(startPhone);

test("1,000 queued visits are sent in two requests of 500, in the order of saving", async () => {
  const ids = await recordMany(1000);
  assert.deepEqual(await sync(), { outcome: "sent", sent: 1000, left: 0 });
  assert.deepEqual(
    server.requests.map(({ ops }) => ops.length),
    [500, 500],
  );
  const seqs = server.requests.flatMap(({ ops }) => ops.map(({ seq }) => seq));
  assert.deepEqual(
    seqs,
    ids.map((_, index) => index + 1),
  );
  assert.deepEqual((await opIds("lan", "sent")).length, 1000);
  assert.ok(ids.every((id) => server.applied.get(id) === 1));
});

test("with nothing to send a run fetches what is new and is idle", async () => {
  assert.deepEqual(await sync(), { outcome: "idle", sent: 0, left: 0 });
  assert.equal(server.requests.length, 2); // the list, and then the guides
});

test("a run announces its progress and how it ended", async () => {
  server.pageRows = 2;
  for (const id of ["h2", "h3", "h4", "h5"]) server.household(id);
  await recordMany(2);
  const changes = [];
  const stop = subscribe((change) => changes.push(change));
  await sync().finally(stop);
  const progress = changes
    .filter(({ kind }) => kind === "progress")
    .map(({ sent, total, received, left }) => [sent, total, received, left]);
  assert.deepEqual(progress, [
    [0, 2, 0, 0],
    [2, 2, 2, 5],
    [2, 2, 4, 3],
    [2, 2, 6, 1],
    [2, 2, 7, 0],
    [2, 2, 7, 0],
  ]);
  assert.deepEqual(changes.at(-1), { kind: "sync", account_id: "lan", outcome: "sent", sent: 2, left: 0 });
});

test("what is about to be sent is reported before the server has answered", async () => {
  await recordMany(3);
  const reported = [];
  let before;
  const fetch = async () => {
    before = [...reported];
    return unreachable();
  };
  await sync({ fetch, onProgress: (progress) => reported.push(progress) });
  assert.deepEqual(before, [{ sent: 0, total: 3, received: 0, left: 0 }]);
});

test("of two runs at once one works and the other ends", async () => {
  const ids = await recordMany(300);
  const ends = await Promise.all([sync(), sync()]);
  assert.deepEqual(ends.map(({ outcome }) => outcome).sort(), ["running", "sent"]);
  assert.equal(server.requests.flatMap(({ ops }) => ops).length, 300);
  assert.ok(ids.every((id) => server.applied.get(id) === 1));
});

test("the lock holds across tabs and the service worker", async () => {
  await recordMany(1);
  await navigator.locks.request("tung-nha-sync", async () => assert.equal((await sync()).outcome, "running"));
  assert.equal((await sync()).outcome, "sent");
});

test("without Web Locks, two tabs at once lose nothing and double nothing", async () => {
  const another = await import("../../../static/field/sync/engine.ts?another-tab");
  const ids = await recordMany(450);
  const options = { fetch: server.fetch, now, locks: undefined };
  await Promise.all([runSync("lan", options), another.runSync("lan", options)]);
  await sync();
  assert.deepEqual(await opIds("lan", "sent"), ids.toSorted());
  assert.deepEqual(await opIds("lan", "outbox"), []);
  assert.ok(ids.every((id) => server.applied.get(id) === 1));
});

test("a visit saved while a run is at its end is sent by that run", async () => {
  let later;
  const restore = interceptWrites((store) => {
    if (store !== "replica_household" || later) return;
    later = record("lan", "h1").then(() => sync());
  });
  assert.deepEqual(await sync().finally(restore), { outcome: "sent", sent: 1, left: 0 });
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

test("when Nam opens his account during Lan's run, it stops before its next request", async () => {
  await recordMany(750);
  await signIn(NAM);
  await signIn(LAN);
  const fetch = async (...args) => {
    const response = await server.fetch(...args);
    await switchAccount("nam");
    return response;
  };
  assert.deepEqual(await sync({ fetch }), { outcome: "sent", sent: 500, left: 250 });
  assert.equal(server.requests.length, 1);
  assert.deepEqual(new Set(server.requests.map(({ device_id }) => device_id)), new Set(["device-lan"]));
});

test("Nam's run sends Nam's queue with Nam's device", async () => {
  await recordMany(1);
  await signIn(NAM);
  await outbox.append("nam", { id: newId(), type: "visit.record", data: visit("t1"), at: minute(1) });
  await runSync("nam", { fetch: server.fetch, now });
  assert.deepEqual(
    server.requests.map(({ device_id, ops }) => [device_id, ops.length]),
    [
      ["device-nam", 1],
      ["device-nam", 0],
    ],
  );
});

test("operations that the server answers with retry end the run and stay queued", async () => {
  await recordMany(3);
  server.decide = ({ seq }) => (seq === 2 ? { status: "retry" } : null);
  assert.deepEqual(await sync(), { outcome: "busy", sent: 2, left: 1 });
});

test("a server that always resets does not keep the phone busy for ever", async () => {
  server.pageRows = 1;
  server.household("h2");
  const fetch = (...args) => {
    server.restore(server.backup(), `epoch ${server.requests.length}`);
    return server.fetch(...args);
  };
  assert.equal((await sync({ fetch })).outcome, "error");
  assert.ok(server.requests.length < 10);
});

test("nor does a server that announces more rows and sends none", async () => {
  const fetch = async (...args) => {
    const body = await (await server.fetch(...args)).json();
    return json({ ...body, more: true });
  };
  assert.equal((await sync({ fetch })).outcome, "error");
});

test("a phone without room ends the run as full, and the queue stays", async () => {
  await recordMany(2);
  const restore = interceptWrites((store) => {
    if (store === "replica_visit") throw new DOMException("no space", "QuotaExceededError");
  });
  assert.deepEqual(await sync().finally(restore), { outcome: "full", sent: 0, left: 2 });
});

test("the lock is released after an unexpected error", async () => {
  await recordMany(1);
  const restore = interceptWrites((store) => {
    if (store === "sent") throw KILLED;
  });
  await assert.rejects(sync(), { name: "Killed" }).finally(restore);
  assert.equal((await sync()).outcome, "sent");
});

test("a run deletes earlier generations of the replica", async () => {
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
