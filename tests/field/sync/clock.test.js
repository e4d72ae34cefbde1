// Sending while the phone's clock is plainly wrong.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { runSync } from "../../../static/field/sync/engine.ts";
import { ModelServer, unreachable } from "../support/modelServer.js";
import { LAN, newPhone, opIds, record, signIn } from "../support/phone.js";

const RIGHT = new Date("2026-11-24T10:15:00.000Z");
const LOST = new Date("1970-01-02T00:00:00.000Z");
const AHEAD = new Date("2028-11-24T10:15:00.000Z");
/** @type {ModelServer} */
let server;

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer();
  server.household("h1");
  await record("lan", "h1");
});

/** The server, which says what time it is. */
const dated = async (address, init) => {
  const response = await server.fetch(address, init);
  response.headers.set("Date", RIGHT.toUTCString());
  return response;
};
const outcome = async (now, fetch = dated) => (await runSync("lan", { fetch, now: () => now })).outcome;

test("a phone in 1970 whom the server refuses says that the clock is wrong, and sets nothing aside", async () => {
  server.refuse = () => ({ status: 422, error: "invalid" });
  assert.equal(await outcome(LOST), "clock");
  assert.deepEqual([(await opIds("lan", "outbox")).length, await opIds("lan", "fixes")], [1, []]);
});

test("a phone in 1970 that no certificate satisfies says so too", async () => {
  assert.equal(await outcome(LOST, unreachable), "clock");
});

test("a phone two years ahead says so when it fails, and sends when it does not", async () => {
  server.refuse = () => ({ status: 400, error: "invalid" });
  assert.equal(await outcome(AHEAD), "clock");
  server.refuse = () => null;
  assert.equal(await outcome(AHEAD), "sent");
});

test("one visit that the server does not read is set aside, whatever the clock", async () => {
  server.refuse = ({ ops }) => (ops.length ? { status: 422, error: "invalid" } : null);
  assert.equal(await outcome(AHEAD), "idle");
  assert.deepEqual([await opIds("lan", "outbox"), (await opIds("lan", "fixes")).length], [[], 1]);
});

test("with the clock right a failure is what it was", async () => {
  assert.equal(await outcome(RIGHT, unreachable), "offline");
  server.refuse = () => ({ status: 422, error: "invalid" });
  assert.equal(await outcome(RIGHT), "error");
});
