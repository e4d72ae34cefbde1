import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { readyPhone } from "../../support/pageHarness.js";

const FORM = "/field/sessions/new";
const ID = "20000000-0000-4000-8000-000000000001";
const FIELDS = { id: ID, place: "Nhà văn hóa", held_on: "2026-11-24", service: ["vietqr", "bills"], people: "30" };
const fieldsWith = (changes) => ({ ...FIELDS, ...changes });
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const queued = () => outbox.queuedOperations("lan");
const errorsOf = ({ context }) => Object.fromEntries(context.errors.map(({ field, text }) => [field, text]));
/** The rows of Đã ghi: label, summary and step. */
async function logRows() {
  const { context } = await phone.get("/field/log");
  return context.days.flatMap(({ rows }) => rows.map(({ label, summary, step }) => [label, summary, step.kind]));
}

describe("an outreach session", () => {
  beforeEach(async () => {
    phone = await readyPhone();
  });

  test("is on the phone before the page says so, and listed with its state", async () => {
    const { location } = await phone.post(FORM, FIELDS);
    const [{ op_id, type, data }] = await queued();
    assert.deepEqual([op_id, type], [ID, "outreach.record"]);
    assert.deepEqual(data, {
      id: ID,
      hamlet_id: "dong",
      place: "Nhà văn hóa",
      held_on: "2026-11-24",
      services: ["vietqr", "bills"],
      people: 30,
    });
    const { context } = await phone.get(location);
    assert.equal(context.message, "Đã lưu trên máy. Sẽ tự gửi khi có mạng.");
    assert.deepEqual(await logRows(), [["Nhà văn hóa", "Buổi tuyên truyền, 24/11/2026", "queued"]]);
    await phone.sync();
    assert.deepEqual(await logRows(), [["Nhà văn hóa", "Buổi tuyên truyền, 24/11/2026", "sent"]]);
    assert.equal(phone.server.row("outreach_session", ID).people, 30);
  });

  test("has nothing preselected but the day, today", async () => {
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.held_on, context.people, context.place], ["2026-11-24", "", ""]);
    assert.deepEqual(
      context.services.filter(({ chosen }) => chosen),
      [],
    );
  });

  test("without a count has no number of people, which is not zero", async () => {
    await phone.post(FORM, fieldsWith({ people: "" }));
    assert.equal((await queued())[0].data.people, null);
  });

  test("that is not complete is asked for, field by field, and not saved", async () => {
    const wrong = { place: " ", held_on: "2026-11-25", service: [], people: "0" };
    const page = await phone.post(FORM, fieldsWith(wrong));
    assert.equal(page.status, 422);
    assert.deepEqual(Object.keys(errorsOf(page)), ["place", "held_on", "services", "people"]);
    for (const day of ["2026-09-24", "2026-02-30", ""]) {
      assert.deepEqual(Object.keys(errorsOf(await phone.post(FORM, fieldsWith({ held_on: day })))), ["held_on"]);
    }
    for (const people of ["2001", "1.5", "abc", "-1"]) {
      assert.deepEqual(Object.keys(errorsOf(await phone.post(FORM, fieldsWith({ people })))), ["people"]);
    }
    assert.deepEqual(await queued(), []);
  });

  test("saved twice by a double tap is one; saved again with other content it is amended", async () => {
    await Promise.all([phone.post(FORM, FIELDS), phone.post(FORM, FIELDS)]);
    await phone.post(FORM, fieldsWith({ people: "31" }));
    assert.deepEqual(
      (await queued()).map(({ type, data }) => [type, data.id, data.people]),
      [
        ["outreach.record", ID, 30],
        ["outreach.amend", ID, 31],
      ],
    );
  });

  test("is amended from its own form, which has what was recorded", async () => {
    await phone.post(FORM, FIELDS);
    await phone.sync();
    const { context } = await phone.get(`/field/sessions/${ID}/edit`);
    assert.deepEqual([context.place, context.people], ["Nhà văn hóa", "30"]);
    await phone.post(context.action, fieldsWith({ id: context.id, place: "Sân trường" }));
    const [{ type, data }] = await queued();
    assert.deepEqual([type, data.place, data.base_version], ["outreach.amend", "Sân trường", 1]);
    assert.deepEqual(await logRows(), [["Sân trường", "Buổi tuyên truyền, 24/11/2026", "queued"]]);
  });

  test("is withdrawn after a question, on the phone and on the server", async () => {
    await phone.post(FORM, FIELDS);
    await phone.sync();
    const { context } = await phone.get(`/field/sessions/${ID}/withdraw`);
    assert.equal(context.subject, "Nhà văn hóa");
    const { location } = await phone.post(context.action, { id: context.id });
    assert.equal(location, "/field/log?done=session_withdrawn");
    assert.deepEqual(
      (await logRows()).map(([label, summary]) => [label, summary]),
      [["Buổi tuyên truyền", "Bỏ buổi tuyên truyền"]],
    );
    await phone.sync();
    assert.equal(phone.server.row("outreach_session", ID), undefined);
    assert.equal((await phone.get(`/field/sessions/${ID}/edit`)).status, 404);
  });

  test("that the server refuses is corrected, or discarded", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
    await phone.post(FORM, FIELDS);
    await phone.sync();
    phone.server.decide = () => null;
    const [fix] = (await phone.get("/field/log")).context.fixes;
    assert.deepEqual([fix.label, fix.edit], ["Nhà văn hóa", `/field/sessions/${ID}/edit`]);
    const { context } = await phone.get(fix.edit);
    assert.match(context.refusal, /danh mục/);
    await phone.post(context.action, fieldsWith({ id: context.id, service: "vietqr" }));
    const [{ type, data }] = await queued();
    assert.deepEqual([type, data.id, data.services], ["outreach.record", ID, ["vietqr"]]);
    await phone.sync();
    assert.deepEqual((await phone.get("/field/log")).context.fixes, []);
  });

  test("in a hamlet that is no longer the team's is given another one", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "hamlet_unknown", fields: ["hamlet_id"] });
    await phone.post(FORM, FIELDS);
    await phone.sync();
    const { context } = await phone.get(`/field/sessions/${ID}/edit`);
    assert.deepEqual(
      context.hamlets.map(({ id }) => id),
      ["dong"],
    );
  });

  test("keeps its draft until it is saved", async () => {
    await drafts.saveDraft("lan", "session:new", fieldsWith({ place: "Sân" }));
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.resumed, context.place, context.people, context.id], [true, "Sân", "30", ID]);
    await phone.post(FORM, fieldsWith({ place: "Sân" }));
    assert.equal((await phone.get(FORM)).context.resumed, false);
  });

  test("of a teammate is not listed here and cannot be changed", async () => {
    const row = { id: "s1", hamlet_id: "dong", recorded_by: "nam", place: "Sân", held_on: "2026-11-20" };
    const times = { occurred_at: "2026-11-20T02:00:00Z", received_at: "2026-11-20T02:00:00Z" };
    phone.server.put("outreach_session", { ...row, ...times, services: ["vietqr"], people: 5, version: 1 });
    await phone.sync();
    assert.deepEqual(await logRows(), []);
    assert.equal((await phone.get("/field/sessions/s1/edit")).status, 404);
  });

  test("leaves the phone with its hamlet", async () => {
    await phone.post(FORM, FIELDS);
    await phone.sync();
    phone.server.hamlets = new Set(["tay"]);
    await phone.sync();
    assert.deepEqual(await logRows(), []);
  });
});
