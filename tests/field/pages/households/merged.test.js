// A household that was merged into another: everything that names it leads to the other.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { lansPhone, putVisit, visitFields } from "../../support/pageHarness.js";
import { newId, record, save } from "../../support/phone.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

/** The commune merges a household into another, with its visits and follow-ups. */
function merge(id = "h12", into = "h14") {
  const { server } = phone;
  server.tombstone("household", id, "dong", into);
  for (const { kind, row } of [...server.state.rows.values()]) {
    if (row.household_id === id) server.put(kind, { ...row, household_id: into });
  }
}

const history = async (id) => (await phone.get(`/field/households/${id}`)).context.visits.length;
const queued = () => outbox.queuedOperations("lan");

beforeEach(async () => {
  phone = await lansPhone();
  putVisit(phone, "v1");
  await phone.sync();
});

test("its address opens the other, with the visits of both", async () => {
  merge();
  await phone.sync();
  const { status, context } = await phone.get("/field/households/h12");
  assert.deepEqual([status, context.title, context.href], [200, "Hộ Trần Thị Mai", "/field/households/h14"]);
  assert.equal(context.visits.length, 1);
  const { rows } = (await phone.get("/field/households?show=all")).context;
  assert.ok(rows.every(({ href }) => !href.includes("h12")));
});

test("a change of it that was begun before is listed, saved as one of the other, and then gone", async () => {
  const { context } = await phone.get("/field/households/h12/edit");
  const was = Object.fromEntries(context.was.map(({ name, value }) => [`was_${name}`, value]));
  const typed = { ...was, head_name: context.head_name, house_no: context.house_no, alley: "Ngõ 9", phone: "" };
  await drafts.saveDraft("lan", "household:edit:h12", { id: context.id, version: "7", ...typed });
  merge();
  await phone.sync();
  const [{ href, label }] = (await phone.get("/field/")).context.drafts;
  assert.deepEqual([href, label], ["/field/households/h12/edit", "14 · Trần Thị Mai"]);
  const form = (await phone.get(href)).context;
  assert.equal(form.alley, "Ngõ 9");
  assert.equal((await phone.post(form.action, { id: form.id, ...typed })).location, "/field/households/h14?done=saved");
  // Only what she changed: the other household has a name and a number of its own.
  assert.deepEqual((await queued())[0].data, { id: "h14", alley: "Ngõ 9", base_version: 1 });
  assert.deepEqual((await phone.get("/field/")).context.drafts, []);
});

test("a queued visit is shown at the other, and sent as it was saved", async () => {
  await record("lan", "h12");
  const [before] = await queued();
  merge();
  phone.server.decide = () => ({ status: "retry" });
  await phone.sync();
  assert.equal(await history("h14"), 2);
  const { days } = (await phone.get("/field/log")).context;
  assert.equal(days[0].rows[0].label, "14 · Trần Thị Mai");
  assert.deepEqual(await queued(), [before]);
});

test("the draft of a visit continues at the other, and is saved once", async () => {
  await drafts.saveDraft("lan", "visit:new:h12", visitFields({ note: "Bà hỏi về mức 2" }));
  merge();
  await phone.sync();
  const { context } = await phone.get("/field/households/h14/visit");
  assert.deepEqual(
    [context.note, context.household.title, context.resumed],
    ["Bà hỏi về mức 2", "Hộ Trần Thị Mai", true],
  );
  const { location } = await phone.post(context.action, visitFields({ household_id: context.household.id }));
  assert.match(location, /saved$/);
  assert.equal((await queued())[0].data.household_id, "h14");
  assert.equal((await phone.get("/field/households/h14/visit")).context.resumed, false);
});

test("a form that was open during the merge is saved for the other", async () => {
  const { context } = await phone.get("/field/households/h12/visit");
  await drafts.saveDraft("lan", context.draft, visitFields());
  merge();
  await phone.sync();
  await phone.post(context.action, visitFields());
  assert.deepEqual(
    (await queued()).map(({ data }) => data.household_id),
    ["h14"],
  );
  assert.equal(await drafts.loadDraft("lan", "visit:new:h12"), null);
});

test("of two drafts, one of each household, both are shown, one after the other", async () => {
  await drafts.saveDraft("lan", "visit:new:h12", visitFields({ id: newId(), note: "Một" }));
  await drafts.saveDraft("lan", "visit:new:h14", visitFields({ id: newId(), note: "Hai" }));
  merge();
  await phone.sync();
  const notes = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const { context } = await phone.get("/field/households/h12/visit");
    notes.push(context.note);
    await phone.saveVisit(context.action, visitFields({ id: context.id, note: context.note }));
  }
  assert.deepEqual(notes, ["Hai", "Một"]);
  assert.equal((await queued()).length, 2);
});

test("a queued change of it is shown at the other", async () => {
  await save("lan", "household.amend", { id: "h12", base_version: 1, alley: "Ngõ 9" });
  merge();
  phone.server.decide = () => ({ status: "retry" });
  await phone.sync();
  const { context } = await phone.get("/field/households/h14");
  assert.deepEqual([context.address, context.step.text], ["Số 14, Ngõ 9, Thôn Đông", "Chưa gửi"]);
});

test("a change of it that was sent stays on screen, at the other", async () => {
  await save("lan", "household.amend", { id: "h12", base_version: 1, alley: "Ngõ 9" });
  merge();
  await phone.sync();
  const { context } = await phone.get("/field/households/h14");
  assert.deepEqual([context.address, context.step], ["Số 14, Ngõ 9, Thôn Đông", null]);
});

test("a conflict of it ends with the commune's choice", async () => {
  phone.server.decide = () => ({ status: "conflict", code: "conflict", fields: ["alley"] });
  const { op_id } = await save("lan", "household.amend", { id: "h12", base_version: 1, alley: "Ngõ 9" });
  await phone.sync();
  merge();
  await phone.sync();
  assert.equal((await phone.get("/field/households/h14")).context.step.text, "Chờ xã xử lý");
  phone.server.tombstone("accepted", op_id, "");
  phone.server.household("h14", { house_no: "14", head_name: "Trần Thị Mai", alley: "Ngõ 9", version: 2 });
  await phone.sync();
  assert.equal((await phone.get("/field/households/h14")).context.step, null);
  const [{ label, step }] = (await phone.get("/field/log")).context.days[0].rows;
  assert.deepEqual([label, step.text], ["14 · Trần Thị Mai", "Đã gửi 16:40"]);
});

test("a refused change of it is corrected at the other", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "phone_invalid", fields: ["phone"] });
  await save("lan", "household.amend", { id: "h12", base_version: 1, phone: "0900000008" });
  await phone.sync();
  merge();
  await phone.sync();
  const { edit } = (await phone.get("/field/log")).context.fixes[0];
  const { context } = await phone.get(edit);
  assert.deepEqual([context.refusal, context.phone], ["Số điện thoại chưa đúng. Xem lại các chữ số.", "0900 000 008"]);
  await phone.post(context.action, {
    id: context.id,
    head_name: "Trần Thị Mai",
    house_no: "14",
    alley: "Ngõ 3",
    phone: "0900000008",
    consent_at: "2026-11-24T02:59:00.000Z",
    consent_way: "device",
  });
  assert.deepEqual(await outbox.refusedOperations("lan"), []);
  const [{ data }] = await queued();
  assert.deepEqual([data.id, data.phone, data.consent.way], ["h14", "0900000008", "device"]);
});

test("one that was added on this phone and merged at once is the other", async () => {
  const id = newId();
  await save("lan", "household.add", { id, hamlet_id: "dong", head_name: "Trần Mai", house_no: "", alley: "" });
  await phone.sync();
  merge(id);
  await phone.sync();
  const { context } = await phone.get(`/field/households/${id}`);
  assert.equal(context.title, "Hộ Trần Thị Mai");
  assert.match((await phone.get("/field/")).context.hamlets[0].line, /\/4 /);
});

test("of a chain of merges the last household is shown for all", async () => {
  merge("h12", "h14");
  await phone.sync();
  merge("h14", "h16");
  await phone.sync();
  assert.equal((await phone.get("/field/households/h12")).context.title, "Hộ Lê Thị Ánh");
  assert.equal(await history("h12"), 1);
});

test("one whose merge was undone is shown again", async () => {
  merge();
  await phone.sync();
  phone.server.household("h12", { house_no: "12", head_name: "Nguyễn Văn Đức" });
  await phone.sync();
  assert.equal((await phone.get("/field/households/h12")).context.title, "Hộ Nguyễn Văn Đức");
});

test("a phone that downloads its list again follows merges too", async () => {
  merge();
  phone.server.hamlets.add("tay");
  await phone.sync();
  assert.equal((await phone.get("/field/households/h12")).context.title, "Hộ Trần Thị Mai");
});
