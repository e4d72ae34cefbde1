// Lan's signed-in phone and the server of her commune, for tests of sync. Each test file calls `beforeEach(startPhone)`.

import * as outbox from "../../../static/field/store/outbox.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { exchange } from "./exchange.js";
import { json, ModelServer } from "./modelServer.js";
import { LAN, minute, newId, newPhone, opIds, signIn, visit } from "./phone.js";

export const now = () => new Date("2026-11-24T10:15:00.000Z");

/** @type {ModelServer} The server of the current test. */
export let server;

/** A new phone on which Lan is signed in, and a new server with one household. */
export async function startPhone() {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer();
  server.household("h1");
  server.ownDays = { version: "none", months: [], records: [] };
}

/** One run of sync. */
export function sync(options = {}) {
  return runSync("lan", { fetch: server.fetch, now, ...options });
}

/** One exchange. */
export function exchangeOnce(fetch = server.fetch, options = {}) {
  return exchange("lan", { fetch, now, ...options });
}

/** Saves that many visits at once; returns their op_ids. */
export async function recordMany(count, changes = () => ({})) {
  const ops = Array.from({ length: count }, (_, index) => ({ op_id: newId(), data: visit("h1", changes(index)) }));
  await Promise.all(
    ops.map(({ op_id, data }) => outbox.append("lan", { id: op_id, type: "visit.record", data, at: minute(1) })),
  );
  return ops.map(({ op_id }) => op_id);
}

/** A network that answers every request with this body. */
export function answering(body, status) {
  return async () => (typeof body === "string" ? new Response(body, { status }) : json(body, status));
}

/** The server's answer, changed on the way. */
export function tampered(change) {
  return async (...args) => {
    const body = await (await server.fetch(...args)).json();
    return json(change(body) ?? body);
  };
}

/** The op_ids in each store of Lan's. */
export async function storedIds() {
  const [queued, sent, fixes] = await Promise.all(["outbox", "sent", "fixes"].map((store) => opIds("lan", store)));
  return { queued, sent, fixes };
}
