import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inAddressOrder } from "../../static/field/pages/reach.js";
import { inAccount } from "../../static/field/store/db.js";
import * as outbox from "../../static/field/store/outbox.js";
import { book, status } from "../../static/field/store/replica.js";
import { run } from "../../static/field/sync/engine.js";
import { ModelServer } from "./model_server.js";
import { LAN, minute, NAM, newPhone, record, save, signIn } from "./phone.js";

/** @type {ModelServer} */
let server;

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
  server = new ModelServer();
  server.household("h1", { head_name: "Nguyễn Văn Đức", version: 3 });
  server.put("hamlet", { id: "dong", name: "Thôn Đông" });
  server.put("member", { id: "lan", name: "Nguyễn Thị Lan" });
  for (const [code, order] of [
    ["vietqr", 2],
    ["vneid_install", 1],
  ])
    server.put("service", { code, order, outcomes: [] });
});

const sync = () => run("lan", { fetch: server.fetch });

/** A teammate's or an older visit that the server has. */
function served(id, changes = {}) {
  const review = { state: "received", reason: "", field: "", note: "", at: null };
  const row = {
    id,
    household_id: "h1",
    hamlet_id: "dong",
    recorded_by: "nam",
    occurred_at: minute(1),
    services: [],
    note: "",
  };
  return server.put("visit", {
    ...row,
    received_at: minute(2),
    result: "helped",
    follow_up_on: null,
    version: 1,
    review,
    ...changes,
  });
}

async function step(id) {
  return (await book("lan")).visits.get(id)?.step;
}

test("before the first download there is no list; after it there is", async () => {
  assert.equal((await status("lan")).ready, false);
  await sync();
  const { households, hamlets, members, services } = await book("lan");
  assert.equal((await status("lan")).ready, true);
  assert.equal(households.get("h1").head_name, "Nguyễn Văn Đức");
  assert.deepEqual(
    hamlets.map(({ name }) => name),
    ["Thôn Đông"],
  );
  assert.equal(members.get("lan").name, "Nguyễn Thị Lan");
  assert.deepEqual(
    services.map(({ code }) => code),
    ["vneid_install", "vietqr"],
  );
});

test("a visit is on screen from the moment it is saved, and goes from Trên máy to Đã gửi", async () => {
  await sync();
  const { data } = await record("lan", "h1", { note: "Đã cài" }, { at: minute(5) });
  const { visits, visitsByHousehold } = await book("lan");
  const { step: queued, pending, sent_at, hamlet_id, recorded_by, occurred_at, note } = visits.get(data.id);
  assert.deepEqual({ queued, pending, sent_at }, { queued: "queued", pending: true, sent_at: null });
  assert.deepEqual([hamlet_id, recorded_by, occurred_at, note], ["dong", "lan", minute(5), "Đã cài"]);
  assert.deepEqual(
    visitsByHousehold.get("h1").map(({ id }) => id),
    [data.id],
  );
  await sync();
  const sent = (await book("lan")).visits.get(data.id);
  assert.deepEqual([sent.step, sent.pending, sent.sent_at], ["sent", false, "2026-11-24T09:40:00Z"]);
});

for (const state of ["accepted", "returned", "duplicate"]) {
  test(`the supervisor's decision ${state} is the visit's step`, async () => {
    served("v1", { review: { state, reason: "wrong_house", field: "household", note: "", at: minute(3) } });
    await sync();
    assert.equal(await step("v1"), state);
  });
}

test("an amendment is on screen at once, lends the version it stands on, and waits", async () => {
  served("v1", { recorded_by: "lan", version: 2 });
  await sync();
  await save("lan", "visit.amend", {
    id: "v1",
    household_id: "h1",
    result: "not_home",
    services: [],
    note: "",
    base_version: 2,
  });
  const visit = (await book("lan")).visits.get("v1");
  assert.deepEqual([visit.result, visit.step, visit.version, visit.occurred_at], ["not_home", "queued", 2, minute(1)]);
});

test("a visit noted at the wrong house moves with its amendment", async () => {
  server.household("h2");
  served("v1", { recorded_by: "lan" });
  await sync();
  await save("lan", "visit.amend", {
    id: "v1",
    household_id: "h2",
    result: "helped",
    services: [],
    note: "",
    base_version: 1,
  });
  const { visitsByHousehold } = await book("lan");
  assert.deepEqual(
    ["h1", "h2"].map((id) => visitsByHousehold.get(id).map((visit) => visit.id)),
    [[], ["v1"]],
  );
});

test("a withdrawn visit leaves the screen at once and does not come back when it is sent", async () => {
  await sync();
  const { data } = await record("lan", "h1");
  await save("lan", "visit.withdraw", { id: data.id });
  assert.equal(await step(data.id), undefined);
  assert.deepEqual((await book("lan")).visitsByHousehold.get("h1"), []);
  await sync();
  assert.equal(await step(data.id), undefined);
});

test("withdrawal is final: an amendment saved after it brings nothing back", async () => {
  await sync();
  const { data } = await record("lan", "h1");
  await save("lan", "visit.withdraw", { id: data.id });
  await save("lan", "visit.amend", { ...data, note: "sửa", base_version: 0 });
  assert.equal(await step(data.id), undefined);
  await sync();
  assert.equal(await step(data.id), undefined);
});

test("a refused visit needs a fix and stays on screen; given up, it goes", async () => {
  server.decide = () => ({ status: "rejected", code: "service_required", fields: ["services"] });
  const { data, op_id } = await record("lan", "h1");
  await sync();
  const { step: now, cause, pending } = (await book("lan")).visits.get(data.id);
  assert.deepEqual([now, cause, pending], ["fix", { type: "visit.record", code: "service_required" }, true]);
  await outbox.discard("lan", op_id);
  assert.equal(await step(data.id), undefined);
});

test("a visit in quarantine waits for the commune, until it is taken in", async () => {
  server.decide = () => ({ status: "quarantined" });
  const { op_id, data } = await record("lan", "h1");
  await sync();
  const waiting = (await book("lan")).visits.get(data.id);
  assert.deepEqual([waiting.step, waiting.sent_at], ["waiting", "2026-11-24T09:40:00.000Z"]);
  server.gone("accepted", op_id, "");
  served(data.id, { recorded_by: "lan" });
  await sync();
  assert.equal(await step(data.id), "sent");
});

test("what is taken in stays in the log though its row is not for this phone", async () => {
  server.decide = () => ({ status: "quarantined" });
  const { op_id, data } = await record("lan", "h1");
  await sync();
  server.gone("accepted", op_id, "");
  await sync();
  assert.equal(await step(data.id), "sent");
});

test("an amendment in quarantine waits too, and only the decision on it ends the waiting", async () => {
  served("v1", { recorded_by: "lan" });
  await sync();
  server.decide = () => ({ status: "quarantined" });
  const { op_id } = await save("lan", "visit.amend", {
    id: "v1",
    household_id: "h1",
    result: "not_home",
    services: [],
    note: "",
    base_version: 1,
  });
  await sync();
  assert.equal(await step("v1"), "waiting");
  served("v1", { recorded_by: "lan", version: 2 });
  await sync();
  assert.equal(await step("v1"), "waiting", "the row changed for another reason");
  server.gone("accepted", op_id, "");
  served("v1", { recorded_by: "lan", version: 3 });
  await sync();
  assert.equal(await step("v1"), "sent");
});

test("a household added at the door is on the list at once", async () => {
  await sync();
  await save("lan", "household.add", {
    id: "h9",
    hamlet_id: "dong",
    head_name: "Lê Thị Ánh",
    house_no: "9",
    phone_consent: false,
  });
  const { data } = await record("lan", "h9");
  const { households, visits } = await book("lan");
  const { head_name, house_no, alley, phone, state, pending, step: now } = households.get("h9");
  assert.deepEqual(
    { head_name, house_no, alley, phone, state },
    { head_name: "Lê Thị Ánh", house_no: "9", alley: "", phone: null, state: "active" },
  );
  assert.deepEqual([pending, now, visits.get(data.id).hamlet_id], [true, "queued", "dong"]);
  await sync();
  const after = (await book("lan")).households.get("h9");
  assert.deepEqual([after.pending, after.step, after.version], [false, "sent", 1]);
});

test("a changed household shows what was changed; where the commune must choose, the server's value", async () => {
  await sync();
  server.decide = () => ({ status: "conflict", row: server.row("household", "h1") });
  await save("lan", "household.amend", { id: "h1", base_version: 3, house_no: "12A" });
  const before = (await book("lan")).households.get("h1");
  assert.deepEqual(
    [before.house_no, before.head_name, before.version, before.step],
    ["12A", "Nguyễn Văn Đức", 3, "queued"],
  );
  await sync();
  const after = (await book("lan")).households.get("h1");
  assert.deepEqual([after.house_no, after.step, after.pending], ["h1", "waiting", false]);
});

test("a promise is open from the save on, and the next visit closes it", async () => {
  await sync();
  const first = await record("lan", "h1", { result: "come_back", follow_up_on: "2026-11-27" }, { at: minute(1) });
  const promise = async () => (await book("lan")).followUps.get(first.data.id);
  assert.deepEqual([(await promise()).due_on, (await promise()).closed_by], ["2026-11-27", null]);
  const second = await record("lan", "h1", {}, { at: minute(2) });
  assert.equal((await promise()).closed_by, second.data.id);
  await save("lan", "visit.withdraw", { id: second.data.id });
  assert.equal((await promise()).closed_by, null);
});

test("a teammate's promise is closed by Lan's visit, before anything is sent", async () => {
  served("v1", { follow_up_on: "2026-11-27" });
  server.put("follow_up", { id: "v1", household_id: "h1", due_on: "2026-11-27", closed_by: null });
  await sync();
  const { data } = await record("lan", "h1", {}, { at: minute(9) });
  assert.equal((await book("lan")).followUps.get("v1").closed_by, data.id);
});

test("amending the date away closes the promise", async () => {
  served("v1", { recorded_by: "lan", follow_up_on: "2026-11-27" });
  server.put("follow_up", { id: "v1", household_id: "h1", due_on: "2026-11-27", closed_by: null });
  await sync();
  await save("lan", "visit.amend", {
    id: "v1",
    household_id: "h1",
    result: "helped",
    services: [],
    follow_up_on: null,
    base_version: 1,
  });
  assert.equal((await book("lan")).followUps.get("v1").closed_by, "v1");
});

test("visits of a household stand newest first", async () => {
  served("v1", { occurred_at: "2026-11-24T01:01:00Z" });
  await sync();
  const later = await record("lan", "h1", {}, { at: "2026-11-24T01:01:00.500Z" });
  assert.deepEqual(
    (await book("lan")).visitsByHousehold.get("h1").map(({ id }) => id),
    [later.data.id, "v1"],
  );
});

test("the book is read once while nothing changes, and anew after a save in another tab", async () => {
  await sync();
  const first = await book("lan");
  assert.equal(await book("lan"), first);
  const other = {
    op_id: "from-another-tab",
    seq: 1,
    type: "household.amend",
    at: minute(1),
    data: { id: "h1", house_no: "7" },
  };
  await inAccount("lan", ["outbox", "meta"], "readwrite", (tx) =>
    Promise.all([tx.objectStore("outbox").put(other), tx.objectStore("meta").put(2, "next_seq")]),
  );
  assert.equal((await book("lan")).households.get("h1").house_no, "7");
  assert.equal(first.households.get("h1").house_no, "h1");
});

test("a visit leaves the order of the houses as it was worked out; a new house does not", async () => {
  await sync();
  const before = inAddressOrder(await book("lan"));
  const { data } = await record("lan", "h1");
  const after = await book("lan");
  assert.equal(after.visits.get(data.id)?.step, "queued");
  assert.equal(inAddressOrder(after), before);
  await save("lan", "household.add", { id: "h0", hamlet_id: "dong", head_name: "Lò Thị Ơn", phone_consent: false });
  const ids = (houses) => houses.map(({ id }) => id);
  assert.deepEqual(ids(inAddressOrder(await book("lan"))), ["h0", "h1"]);
  assert.deepEqual(ids(before), ["h1"]);
});

test("Nam's book holds nothing of Lan's", async () => {
  await sync();
  await record("lan", "h1");
  await book("lan");
  await signIn(NAM);
  const { households, visits } = await book("nam");
  assert.deepEqual([households.size, visits.size], [0, 0]);
});
