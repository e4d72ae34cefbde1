// After a restore of the server: what was never acknowledged is sent at once, and what an earlier epoch acknowledged at
// the phone's own time, within ten minutes.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import * as outbox from "../../../static/field/store/outbox.ts";
import { loadView } from "../../../static/field/store/view/replica.ts";
import { RESEND_WITHIN_MS, resendDelay, resendNow } from "../../../static/field/sync/backoff.ts";
import { unreachable } from "../support/modelServer.js";
import { minute, opIds, record, save } from "../support/phone.js";
import { now, recordMany, server, startPhone, storedIds, sync } from "../support/syncPhone.js";

const DELAY_MS = resendDelay("device-lan");
const later = (milliseconds) => ({ now: () => new Date(now().getTime() + milliseconds) });
const BEFORE = later(DELAY_MS - 1);
const AT = later(DELAY_MS);

beforeEach(startPhone);

/** The server forgets what it acknowledged since `backup`. Returns the op_ids that the phone then sends. */
async function restored(backup, epoch = "second") {
  server.restore(backup, epoch);
  return sentBy(() => sync());
}

/** The op_ids of the requests of some work, in order. */
async function sentBy(work) {
  const before = server.requests.length;
  await work();
  return server.requests.slice(before).flatMap(({ ops }) => ops.map(({ op_id }) => op_id));
}

/** Whether everything is acknowledged and on the server, applied once. */
async function assertAllSent(ids) {
  assert.deepEqual(await storedIds(), { queued: [], sent: [...ids].sort(), fixes: [] });
  for (const id of ids) assert.equal(server.applied.get(id), 1);
}

test("what was acknowledged is sent again at the phone's time and not before", async () => {
  const backup = server.backup();
  const known = await recordMany(3);
  await sync();
  assert.deepEqual(await restored(backup), []);
  assert.deepEqual((await storedIds()).queued, known.toSorted(), "it is where a person sees it");
  assert.deepEqual(await sentBy(() => sync(BEFORE)), []);
  assert.deepEqual(await sentBy(() => sync(AT)), known);
  await assertAllSent(known);
});

test("what was typed is sent at once, also what waited when the phone learned of the restore", async () => {
  const backup = server.backup();
  const known = await recordMany(3);
  await sync();
  server.restore(backup, "second");
  const waiting = await record("lan", "h1");
  assert.deepEqual(await sentBy(() => sync()), [waiting.op_id]);
  const typed = await record("lan", "h1");
  assert.deepEqual(await sync(), { outcome: "sent", sent: 1, left: 0 });
  assert.equal(server.applied.get(typed.op_id), 1);
  await sync(AT);
  await assertAllSent([...known, waiting.op_id, typed.op_id]);
});

test("what a typed operation builds upon goes before it, and nothing else", async () => {
  const backup = server.backup();
  const household = { id: "new", hamlet_id: "dong", head_name: "Hộ mới", house_no: "9", alley: "", phone: null };
  const added = await save("lan", "household.add", household);
  const visited = await record("lan", "new");
  const other = await record("lan", "h1");
  await sync();
  server.restore(backup, "second");
  await sync();
  const changed = await save("lan", "visit.amend", { ...visited.data, note: "mới", base_version: 1 });
  assert.deepEqual(await sentBy(() => sync()), [added.op_id, visited.op_id, changed.op_id]);
  assert.deepEqual((await storedIds()).queued, [other.op_id]);
});

test("a typed operation goes in the first request, however much waits", async () => {
  const backup = server.backup();
  await recordMany(700);
  await sync();
  await restored(backup);
  const typed = await record("lan", "h1");
  const before = server.requests.length;
  await sync();
  const { ops, queue } = server.requests[before];
  assert.deepEqual([ops.map(({ op_id }) => op_id), queue.oldest_at], [[typed.op_id], minute(0)]);
});

test("the server is told the numbers that wait, so that none counts as lost", async () => {
  const backup = server.backup();
  await recordMany(3);
  await sync();
  await restored(backup);
  await recordMany(2);
  const before = server.requests.length;
  await sync({ batch: 1 });
  const held = server.requests.slice(before).map(({ queue }) => queue.held.filter((number) => number <= 3));
  assert.deepEqual(held, [
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

describe("a phone that is closed before its time", () => {
  for (const [when, milliseconds] of [
    ["five days later", 5 * 86_400_000],
    ["31 days later", 31 * 86_400_000],
    ["with a clock that was set back", -86_400_000],
  ]) {
    test(`sends at its next start, ${when}`, async () => {
      const backup = server.backup();
      const known = await recordMany(3);
      await sync();
      await restored(backup);
      assert.deepEqual(await sentBy(() => sync(later(milliseconds))), known);
      await assertAllSent(known);
    });
  }

  test("sends at a start without a network later on", async () => {
    const backup = server.backup();
    const known = await recordMany(3);
    await sync();
    await restored(backup);
    await sync({ ...AT, fetch: unreachable });
    assert.deepEqual(await sentBy(() => sync(AT)), known);
  });
});

test("a second restore in between loses nothing, whatever the server had by then", async () => {
  const backup = server.backup();
  const known = await recordMany(3);
  await sync();
  await restored(backup);
  const typed = await record("lan", "h1");
  await sync();
  assert.deepEqual(await restored(backup, "third"), []);
  await sync(later(RESEND_WITHIN_MS));
  await assertAllSent([...known, typed.op_id]);
});

test("a second restore after the phone's time is waited for again", async () => {
  const backup = server.backup();
  const known = await recordMany(3);
  await sync();
  await restored(backup);
  await sync(AT);
  server.restore(backup, "third");
  assert.deepEqual(await sentBy(() => sync(AT)), []);
  assert.deepEqual(await sentBy(() => sync(later(2 * DELAY_MS))), known);
});

test("Gửi ngay during a run that has nothing to send has it send everything", async () => {
  const backup = server.backup();
  const known = await recordMany(3);
  await sync();
  await restored(backup);
  const fetch = async (...args) => {
    await resendNow("lan");
    return server.fetch(...args);
  };
  assert.deepEqual(await sentBy(() => sync({ fetch })), known);
  await assertAllSent(known);
});

test("a revoked phone sends again what it had sent", async () => {
  const backup = server.backup();
  const known = await recordMany(3);
  await sync();
  server.suspended = true;
  assert.deepEqual(await restored(backup), []);
  assert.equal((await outbox.unsentOperations("lan")).length, 3, "it does not say that all is sent");
  assert.deepEqual(await sentBy(() => sync(AT)), known);
});

test("meanwhile the screens show what waits", async () => {
  const backup = server.backup();
  const { data } = await record("lan", "h1");
  await sync();
  await restored(backup);
  assert.equal((await loadView("lan")).visits.get(data.id).step, "queued");
  assert.deepEqual(await outbox.counts("lan"), { queued: 0, fixes: 0 }, "the icon does not count it");
  assert.deepEqual(await opIds("lan", "sent"), []);
});

test("the delays of many phones are spread evenly over ten minutes", () => {
  const minutes = Array(10).fill(0);
  for (let number = 0; number < 2000; number += 1) {
    const delay = resendDelay(randomBytes(12).toString("base64url"));
    assert.ok(delay >= 0 && delay < RESEND_WITHIN_MS && Number.isInteger(delay));
    minutes[Math.floor(delay / 60_000)] += 1;
  }
  assert.ok(Math.min(...minutes) > 120 && Math.max(...minutes) < 280, String(minutes));
});
