// The phone's own operations on the screens: visits and households from the save to the commune's decision.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { loadView } from "../../../../static/field/store/view/replica.ts";
import { minute, record, save } from "../../support/phone.js";
import { putVisit, server, startPhone, stepOf, sync } from "../../support/viewPhone.js";

beforeEach(startPhone);

test("a visit is on screen from the moment it is saved, and goes from Chưa gửi to Đã gửi", async () => {
  await sync();
  const { data } = await record("lan", "h1", { note: "Đã cài" }, { at: minute(5) });
  const { visits, visitsByHousehold } = await loadView("lan");
  const { step: queued, pending, sent_at, hamlet_id, recorded_by, occurred_at, note } = visits.get(data.id);
  assert.deepEqual({ queued, pending, sent_at }, { queued: "queued", pending: true, sent_at: null });
  assert.deepEqual([hamlet_id, recorded_by, occurred_at, note], ["dong", "lan", minute(5), "Đã cài"]);
  assert.deepEqual(
    visitsByHousehold.get("h1").map(({ id }) => id),
    [data.id],
  );
  await sync();
  const sent = (await loadView("lan")).visits.get(data.id);
  assert.deepEqual([sent.step, sent.pending, sent.sent_at], ["sent", false, "2026-11-24T09:40:00Z"]);
});

test("an amendment is on screen at once, queued, with the version it was made on", async () => {
  putVisit("v1", { recorded_by: "lan", version: 2 });
  await sync();
  await save("lan", "visit.amend", {
    id: "v1",
    household_id: "h1",
    result: "not_home",
    services: [],
    note: "",
    base_version: 2,
  });
  const visit = (await loadView("lan")).visits.get("v1");
  assert.deepEqual([visit.result, visit.step, visit.version, visit.occurred_at], ["not_home", "queued", 2, minute(1)]);
});

test("a visit recorded at the wrong household moves with its amendment", async () => {
  server.household("h2");
  putVisit("v1", { recorded_by: "lan" });
  await sync();
  await save("lan", "visit.amend", {
    id: "v1",
    household_id: "h2",
    result: "helped",
    services: [],
    note: "",
    base_version: 1,
  });
  const { visitsByHousehold } = await loadView("lan");
  assert.deepEqual(
    ["h1", "h2"].map((id) => visitsByHousehold.get(id).map((visit) => visit.id)),
    [[], ["v1"]],
  );
});

test("a return that comes while an amendment waits on the phone is not hidden by it", async () => {
  putVisit("v1", { recorded_by: "lan" });
  await sync();
  const content = { household_id: "h1", result: "helped", services: [], note: "" };
  await save("lan", "visit.amend", { id: "v1", ...content, base_version: 1, seen_return: null });
  const review = { state: "returned", reason: "other", field: "", note: "Nhà nào?", at: "2026-11-24T01:00:00Z" };
  putVisit("v1", { recorded_by: "lan", review });
  server.decide = () => ({ status: "retry" });
  await sync();
  const visit = (await loadView("lan")).visits.get("v1");
  assert.deepEqual([visit.step, visit.review.note], ["queued", "Nhà nào?"]);
  server.decide = () => null;
  await sync();
  assert.equal(await stepOf("v1"), "returned");
});

test("a withdrawn visit leaves the screen at once, and stays away when it is sent", async () => {
  await sync();
  const { data } = await record("lan", "h1");
  await save("lan", "visit.withdraw", { id: data.id });
  assert.equal(await stepOf(data.id), undefined);
  assert.deepEqual((await loadView("lan")).visitsByHousehold.get("h1"), []);
  await sync();
  assert.equal(await stepOf(data.id), undefined);
});

test("withdrawal is final: an amendment saved after it has no effect", async () => {
  await sync();
  const { data } = await record("lan", "h1");
  await save("lan", "visit.withdraw", { id: data.id });
  await save("lan", "visit.amend", { ...data, note: "sửa", base_version: 0 });
  assert.equal(await stepOf(data.id), undefined);
  await sync();
  assert.equal(await stepOf(data.id), undefined);
});

test("a refused visit needs a fix and stays on screen until it is discarded", async () => {
  server.decide = () => ({ status: "rejected", code: "service_required", fields: ["services"] });
  const { data, op_id } = await record("lan", "h1");
  await sync();
  const { step: now, cause, pending } = (await loadView("lan")).visits.get(data.id);
  assert.deepEqual([now, cause, pending], ["fix", { type: "visit.record", code: "service_required" }, true]);
  await outbox.discardRefused("lan", op_id);
  assert.equal(await stepOf(data.id), undefined);
});

test("a quarantined visit waits for the commune until it is accepted", async () => {
  server.decide = () => ({ status: "quarantined" });
  const { op_id, data } = await record("lan", "h1");
  await sync();
  const waiting = (await loadView("lan")).visits.get(data.id);
  assert.deepEqual([waiting.step, waiting.sent_at], ["waiting", "2026-11-24T09:40:00.000Z"]);
  server.tombstone("accepted", op_id, "");
  putVisit(data.id, { recorded_by: "lan" });
  await sync();
  assert.equal(await stepOf(data.id), "sent");
});

test("an accepted visit stays in the log even if its row is not in this phone's scope", async () => {
  server.decide = () => ({ status: "quarantined" });
  const { op_id, data } = await record("lan", "h1");
  await sync();
  server.tombstone("accepted", op_id, "");
  await sync();
  assert.equal(await stepOf(data.id), "sent");
});

test("a quarantined amendment waits until the decision on it, whatever else changes the visit", async () => {
  putVisit("v1", { recorded_by: "lan" });
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
  assert.equal(await stepOf("v1"), "waiting");
  putVisit("v1", { recorded_by: "lan", version: 2 });
  await sync();
  assert.equal(await stepOf("v1"), "waiting", "the row changed for another reason");
  server.tombstone("accepted", op_id, "");
  putVisit("v1", { recorded_by: "lan", version: 3 });
  await sync();
  assert.equal(await stepOf("v1"), "sent");
});

test("a household added on the phone is on the list at once", async () => {
  await sync();
  await save("lan", "household.add", {
    id: "h9",
    hamlet_id: "dong",
    head_name: "Lê Thị Ánh",
    house_no: "9",
  });
  const { data } = await record("lan", "h9");
  const { households, visits } = await loadView("lan");
  const { head_name, house_no, alley, phone, state, pending, step: now } = households.get("h9");
  assert.deepEqual(
    { head_name, house_no, alley, phone, state },
    { head_name: "Lê Thị Ánh", house_no: "9", alley: "", phone: null, state: "active" },
  );
  assert.deepEqual([pending, now, visits.get(data.id).hamlet_id], [true, "queued", "dong"]);
  await sync();
  const after = (await loadView("lan")).households.get("h9");
  assert.deepEqual([after.pending, after.step, after.version], [false, "sent", 1]);
});

test("a changed household shows what was changed; where the commune must choose, the server's value", async () => {
  await sync();
  server.decide = () => ({ status: "conflict", row: server.row("household", "h1") });
  await save("lan", "household.amend", { id: "h1", base_version: 3, house_no: "12A" });
  const before = (await loadView("lan")).households.get("h1");
  assert.deepEqual(
    [before.house_no, before.head_name, before.version, before.step],
    ["12A", "Nguyễn Văn Đức", 3, "queued"],
  );
  await sync();
  const after = (await loadView("lan")).households.get("h1");
  assert.deepEqual([after.house_no, after.step, after.pending], ["h1", "waiting", false]);
});
