// What a leader writes for the report: its form, its state, and the month that it is for.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { letLanLead, readyPhone } from "../../support/pageHarness.js";

const FORM = "/field/remarks/new";
const ID = "20000000-0000-4000-8000-000000000001";
const FIELDS = { id: ID, kind: "difficulty", text: "Sóng yếu", about_on: "2026-11-24" };
const fieldsWith = (changes) => ({ ...FIELDS, ...changes });
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const queued = () => outbox.queuedOperations("lan");
const month = async (address = "/field/month") => (await phone.get(address)).context;
const errorsOf = ({ context }) => Object.fromEntries(context.errors.map(({ field, text }) => [field, text]));
/** The rows of Đã ghi: label, summary and step. */
async function logRows() {
  const { context } = await phone.get("/field/log");
  return context.days.flatMap(({ rows }) => rows.map(({ label, summary, step }) => [label, summary, step.kind]));
}

describe("a remark", () => {
  beforeEach(async () => {
    phone = await readyPhone();
    await letLanLead(phone);
  });

  test("is on the phone before the page says so, and listed with its state", async () => {
    const { location } = await phone.post(FORM, FIELDS);
    const [{ op_id, type, data }] = await queued();
    assert.deepEqual([op_id, type], [ID, "remark.record"]);
    assert.deepEqual(data, { id: ID, kind: "difficulty", text: "Sóng yếu", about_on: "2026-11-24" });
    const { message, remarks } = await month(location);
    assert.equal(message, "Đã lưu trên máy. Sẽ tự gửi khi có mạng.");
    assert.deepEqual(
      remarks.map(({ kind, text, step }) => [kind, text, step.kind]),
      [["Khó khăn, kiến nghị", "Sóng yếu", "queued"]],
    );
    assert.deepEqual(await logRows(), [["Sóng yếu", "Ý kiến cho báo cáo", "queued"]]);
    await phone.sync();
    assert.deepEqual(await logRows(), [["Sóng yếu", "Ý kiến cho báo cáo", "sent"]]);
    assert.equal(phone.server.row("remark", ID).text, "Sóng yếu");
  });

  test("is a leader's to begin", async () => {
    await letLanLead(phone, false);
    assert.equal((await phone.get(FORM)).status, 404);
    assert.equal((await month()).may_write, false);
  });

  test("has nothing preselected but this month", async () => {
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.text, context.kinds.filter(({ chosen }) => chosen)], ["", []]);
    assert.deepEqual(context.months, [
      { value: "2026-11-24", label: "Tháng này", days: "01/11/2026 – 30/11/2026", chosen: true },
      { value: "2026-10-31", label: "Tháng trước", days: "01/10/2026 – 31/10/2026", chosen: false },
    ]);
  });

  test("for the month before stands there", async () => {
    await phone.post(FORM, fieldsWith({ about_on: "2026-10-31" }));
    assert.deepEqual((await month()).remarks, []);
    assert.equal((await month("/field/month?back=1")).remarks.length, 1);
    const { context } = await phone.get(`/field/remarks/${ID}/edit`);
    assert.deepEqual(
      context.months.map(({ value, chosen }) => [value, chosen]),
      [
        ["2026-11-24", false],
        ["2026-10-31", true],
      ],
    );
  });

  test("that was saved stands first on the page of its month, before the figures", async () => {
    phone.server.monthStartDay = 15;
    await phone.sync();
    const older = { ...FIELDS, id: "20000000-0000-4000-8000-000000000002", text: "Xa", about_on: "2026-11-10" };
    await phone.post(FORM, older);
    const { location } = await phone.post(FORM, fieldsWith({ about_on: "2026-11-14" }));
    const shown = await month(location);
    assert.deepEqual([shown.title, shown.remarks_first], ["Tháng 11/2026", true]);
    assert.deepEqual(
      shown.remarks.map(({ text }) => text),
      ["Sóng yếu", "Xa"],
    );
    const again = await phone.post(`/field/remarks/${older.id}/edit`, { ...older, id: "e1", text: "Rất xa" });
    assert.equal((await month(again.location)).remarks[0].text, "Rất xa");
    assert.equal((await month("/field/month?back=1")).remarks_first, false);
  });

  test("that is not complete is asked for, field by field, and not saved", async () => {
    const page = await phone.post(FORM, { id: ID, text: " ", about_on: "2026-09-24" });
    assert.equal(page.status, 422);
    assert.deepEqual(errorsOf(page), { kind: "Chọn một loại.", text: "Ghi nội dung.", about_on: "Chọn tháng." });
    for (const text of ["a".repeat(1001), "Ông Đức 0912 345 678"]) {
      assert.deepEqual(Object.keys(errorsOf(await phone.post(FORM, fieldsWith({ text })))), ["text"]);
    }
    assert.deepEqual(await queued(), []);
  });

  test("saved twice by a double tap is one; saved again with other words it is amended", async () => {
    await Promise.all([phone.post(FORM, FIELDS), phone.post(FORM, FIELDS)]);
    await phone.post(FORM, fieldsWith({ text: "Sóng rất yếu" }));
    assert.deepEqual(
      (await queued()).map(({ type, data }) => [type, data.id, data.text]),
      [
        ["remark.record", ID, "Sóng yếu"],
        ["remark.amend", ID, "Sóng rất yếu"],
      ],
    );
  });

  test("is amended and withdrawn from its own form", async () => {
    await phone.post(FORM, FIELDS);
    await phone.sync();
    const { context } = await phone.get(`/field/remarks/${ID}/edit`);
    await phone.post(context.action, fieldsWith({ id: context.id, kind: "practice" }));
    const [{ type, data }] = await queued();
    assert.deepEqual([type, data.kind, data.base_version], ["remark.amend", "practice", 1]);
    await phone.sync();
    assert.equal((await month()).remarks[0].step.kind, "sent");
    const asked = (await phone.get(`/field/remarks/${ID}/withdraw`)).context;
    assert.equal(asked.subject, "Sóng yếu");
    const { location } = await phone.post(asked.action, { id: asked.id });
    assert.equal((await month(location)).message, "Đã bỏ. Ý kiến này không vào báo cáo.");
    assert.deepEqual(
      (await logRows()).map(([label, summary]) => [label, summary]),
      [["Ý kiến cho báo cáo", "Bỏ ý kiến"]],
    );
    await phone.sync();
    assert.equal(phone.server.row("remark", ID), undefined);
    assert.equal((await phone.get(`/field/remarks/${ID}/edit`)).status, 404);
  });

  test("that the server refuses stays with its words, and is corrected or discarded", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "leader_only", fields: [] });
    await phone.post(FORM, FIELDS);
    await phone.sync();
    phone.server.decide = () => null;
    const [fix] = (await phone.get("/field/log")).context.fixes;
    assert.deepEqual([fix.label, fix.edit], ["Sóng yếu", `/field/remarks/${ID}/edit`]);
    assert.match(fix.sentence, /tổ trưởng/);
    const { context } = await phone.get(fix.edit);
    await phone.post(context.action, fieldsWith({ id: context.id }));
    const [{ type, data }] = await queued();
    assert.deepEqual([type, data.id], ["remark.record", ID]);
    await phone.sync();
    assert.deepEqual((await phone.get("/field/log")).context.fixes, []);
  });

  test("above the number of a month stays with its words and can be saved again", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "too_many_remarks", fields: ["about_on"] });
    await phone.post(FORM, FIELDS);
    await phone.sync();
    const [fix] = (await phone.get("/field/log")).context.fixes;
    assert.match(fix.sentence, /Đã đủ số ý kiến của một tháng/);
    const { context } = await phone.get(fix.edit);
    assert.deepEqual([context.text, context.refusal], ["Sóng yếu", fix.sentence]);
    phone.server.decide = () => null;
    await phone.post(context.action, fieldsWith({ id: context.id }));
    await phone.sync();
    assert.deepEqual((await phone.get("/field/log")).context.fixes, []);
    assert.equal(phone.server.row("remark", ID).text, "Sóng yếu");
  });

  test("of a closed period goes on saying what was written", async () => {
    await phone.post(FORM, FIELDS);
    await phone.sync();
    phone.server.decide = () => ({ status: "rejected", code: "period_closed", fields: ["id"] });
    await phone.post(`/field/remarks/${ID}/edit`, fieldsWith({ id: "e1", text: "Sóng khỏe" }));
    await phone.sync();
    const [fix] = (await phone.get("/field/log")).context.fixes;
    assert.match(fix.sentence, /Kỳ này đã chốt/);
    assert.equal((await phone.get(fix.edit)).context.text, "Sóng khỏe");
  });

  test("keeps its draft until it is saved", async () => {
    await drafts.saveDraft("lan", "remark:new", fieldsWith({ text: "Sóng" }));
    assert.deepEqual(
      (await month()).drafts.map(({ href }) => href),
      [FORM],
    );
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.resumed, context.text, context.id], [true, "Sóng", ID]);
    await phone.post(FORM, fieldsWith({ text: "Sóng" }));
    assert.equal((await phone.get(FORM)).context.resumed, false);
  });
});
