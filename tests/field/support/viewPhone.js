// Lan's signed-in phone and the server of her commune, for tests of what her screens show. Each test file calls
// `beforeEach(startPhone)`.

import { loadView } from "../../../static/field/store/view/replica.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { ModelServer } from "./modelServer.js";
import { LAN, minute, newPhone, signIn } from "./phone.js";

/** @type {ModelServer} The server of the current test. */
export let server;

/** A new phone on which Lan is signed in, and a new server with one household and two services. */
export async function startPhone() {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer();
  server.household("h1", { head_name: "Nguyễn Văn Đức", version: 3 });
  server.put("hamlet", { id: "dong", name: "Thôn Đông" });
  server.put("member", { id: "lan", name: "Nguyễn Thị Lan" });
  server.put("service", { code: "vietqr", order: 2, outcomes: [] });
  server.put("service", { code: "vneid_install", order: 1, outcomes: [] });
}

/** One run of sync. */
export function sync() {
  return runSync("lan", { fetch: server.fetch });
}

/** Puts a visit on the server; by default Nam's. */
export function putVisit(id, changes = {}) {
  return server.put("visit", {
    id,
    household_id: "h1",
    hamlet_id: "dong",
    recorded_by: "nam",
    occurred_at: minute(1),
    received_at: minute(2),
    result: "helped",
    services: [],
    note: "",
    follow_up_on: null,
    version: 1,
    review: { state: "received", reason: "", field: "", note: "", at: null },
    ...changes,
  });
}

/** The step that Lan's screens show for a visit. */
export async function stepOf(id) {
  return (await loadView("lan")).visits.get(id)?.step;
}
