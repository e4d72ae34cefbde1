// When the next run starts: Retry-After, failures, and the regular schedule.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { subscribe } from "../../../static/field/store/changes.ts";
import { nextDelay, schedule } from "../../../static/field/sync/engine.ts";
import { json, unreachable } from "../support/modelServer.js";
import { now, recordMany, server, startPhone, sync } from "../support/syncPhone.js";

beforeEach(startPhone);

test("after Retry-After no run calls the server before that time, not even on Gửi ngay", async () => {
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

test("a clock that is set back by a day does not make the phone wait for a day", async () => {
  const fetch = async () => json({ proto: 1, error: "busy" }, 503, { "Retry-After": "120" });
  await sync({ fetch });
  const yesterday = () => new Date(now().getTime() - 86_400_000);
  assert.equal((await sync({ now: yesterday })).outcome, "idle");
});

test("after failures the next run comes after a random delay that grows up to five minutes", async () => {
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

test("scheduled runs repeat until they are stopped", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  await sync();
  const stop = schedule("lan", { fetch: server.fetch, now });
  context.mock.timers.tick(60_000);
  await new Promise((resolve) => {
    const off = subscribe(({ kind }) => kind === "sync" && resolve(off()));
  });
  stop();
  context.mock.timers.tick(600_000);
  assert.equal(server.requests.length, 3); // the first run asks for the guides as well
});

test("a run that fails after a save is repeated after the delay of a failure, not of the schedule", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  await sync();
  const stop = schedule("lan", { fetch: server.fetch, now });
  await recordMany(1);
  await sync({ fetch: unreachable });
  context.mock.timers.tick(4_000);
  const { outcome } = await new Promise((resolve) => {
    const off = subscribe((change) => change.kind === "sync" && resolve(off() ?? change));
  });
  stop();
  assert.equal(outcome, "sent");
});
