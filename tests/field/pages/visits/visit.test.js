import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { lansPhone, putReturnedVisit, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";
import { newId, record } from "../../support/phone.js";

const FORM = "/field/households/h12/visit";
const ID = "20000000-0000-4000-8000-000000000001";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const queued = () => outbox.queuedOperations("lan");
/** The sentences in the error box of a page. */
const errorTexts = ({ context }) => context.errors.map(({ text }) => text);

describe("recording", () => {
  beforeEach(async () => {
    phone = await readyPhone();
  });

  test("a visit is on the phone before the page says so", async () => {
    const { status, location } = await phone.post(FORM, visitFields({ note: "  Ca\u0300i  xong " }));
    assert.deepEqual([status, location], [303, `/field/visits/${ID}/saved`]);
    const [{ op_id, type, at, data }] = await queued();
    assert.deepEqual([op_id, type, at], [ID, "visit.record", "2026-11-24T03:00:00.000Z"]);
    assert.deepEqual(data, {
      id: ID,
      household_id: "h12",
      result: "helped",
      services: [{ code: "vneid_install", outcome: "did_it", people: 1 }],
      note: "Cài xong",
      follow_up_on: null,
      quick: false,
    });
  });

  test("a double tap saves once", async () => {
    const [one, two] = await Promise.all([phone.post(FORM, visitFields()), phone.post(FORM, visitFields())]);
    assert.equal(one.location, two.location);
    assert.equal((await queued()).length, 1);
  });

  test("the same form saved again with other content becomes an amendment", async () => {
    await phone.post(FORM, visitFields());
    await phone.post(FORM, visitFields({ note: "Thêm" }));
    assert.deepEqual(
      (await queued()).map(({ type, data }) => [type, data.id, data.note]),
      [
        ["visit.record", ID, ""],
        ["visit.amend", ID, "Thêm"],
      ],
    );
  });

  test("hidden fields are not sent: nobody home has no services, and no follow-up where nothing is needed", async () => {
    for (const [result, day] of [
      ["not_home", "2026-11-25"],
      ["not_needed", null],
    ]) {
      await phone.saveVisit(FORM, visitFields({ id: newId(), result, follow_up: "2026-11-25", note: "Chó dữ" }));
      const { data } = (await queued()).at(-1);
      assert.deepEqual([data.services, data.follow_up_on, data.note], [[], day, "Chó dữ"]);
    }
  });

  test("the number of an identity card is masked when its note is saved, and in the form nothing changes", async () => {
    const { context } = await phone.post(FORM, visitFields({ result: "", note: "Số 0123 4567 8901" }));
    assert.deepEqual([context.note, context.note_digits, context.note_error], ["Số 0123 4567 8901", true, ""]);
    assert.equal((await phone.post(FORM, visitFields({ note: "Số 0123 4567 8901" }))).status, 303);
    assert.equal((await phone.edit(ID, { note: "CMND 012.345.678, gọi 0912 345 678" })).status, 303);
    assert.deepEqual(
      (await queued()).map(({ data }) => data.note),
      ["Số ••••••••••••", "CMND •••••••••, gọi 0912 345 678"],
    );
  });

  test("come back takes one of the offered days, or a picked one", async () => {
    await phone.post(FORM, visitFields({ result: "come_back", service: [], follow_up: "2026-11-25" }));
    const picked = visitFields({
      id: ID.replace(/1$/, "2"),
      result: "come_back",
      service: [],
      follow_up: "pick",
      follow_up_on: "2026-12-24",
    });
    await phone.saveVisit(FORM, picked);
    assert.deepEqual(
      (await queued()).map(({ data }) => data.follow_up_on),
      ["2026-11-25", "2026-12-24"],
    );
  });

  for (const [wrong, sentence] of [
    [{ result: "" }, "Chọn một kết quả trước khi lưu."],
    [{ result: "constructor" }, "Chọn một kết quả trước khi lưu."],
    [{ service: [] }, "Chọn ít nhất một việc đã hướng dẫn."],
    [{ "outcome-vneid_install": "" }, "Chọn kết quả của việc “Cài VNeID”."],
    [{ "people-vneid_install": "0" }, "Ghi số từ 1 đến 20."],
    [{ "people-vneid_install": "21" }, "Ghi số từ 1 đến 20."],
    [{ "people-vneid_install": "1e1" }, "Ghi số từ 1 đến 20."],
    [{ note: "Đ".repeat(501) }, "Dài quá 500 ký tự. Viết ngắn lại."],
    [{ follow_up: "pick", follow_up_on: "" }, "Chọn ngày hẹn quay lại."],
    [{ follow_up: "pick", follow_up_on: "2026-02-30" }, "Chọn ngày hẹn quay lại."],
    [{ follow_up: "2026-11-23" }, "Ngày hẹn đã qua. Chọn ngày từ hôm nay trở đi."],
    [{ follow_up: "pick", follow_up_on: "2027-12-01" }, "Ngày hẹn xa quá một năm. Chọn ngày gần hơn."],
  ]) {
    test(`${JSON.stringify(wrong).slice(0, 60)} is not saved: ${sentence}`, async () => {
      const answer = await phone.post(FORM, visitFields(wrong));
      assert.equal(answer.status, 422);
      assert.deepEqual(errorTexts(answer), [sentence]);
      assert.deepEqual(await queued(), []);
    });
  }

  test("pasted text is saved line by line without invisible characters", async () => {
    await phone.post(FORM, visitFields({ note: "Cụ ông\u000b\u2068đi vắng\u2069\r\nhẹn\u0000 chiều" }));
    assert.equal((await queued())[0].data.note, "Cụ ông\nđi vắng\nhẹn chiều");
  });

  test("a note of 500 letters with two marks each is not too long", async () => {
    const { status } = await phone.post(FORM, visitFields({ note: "ệ".normalize("NFD").repeat(500) }));
    assert.equal(status, 303);
  });

  test("an invalid form is shown again with everything that was typed", async () => {
    const { context } = await phone.post(
      FORM,
      visitFields({ result: "", note: "Giữ lại", "people-vneid_install": "7" }),
    );
    assert.equal(context.note, "Giữ lại");
    assert.deepEqual([context.services[0].chosen, context.services[0].people], [true, "7"]);
  });

  test("a draft is shown again, and deleted by the save", async () => {
    await drafts.saveDraft("lan", "visit:new:h12", visitFields({ note: "Dở dang" }));
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.id, context.note, context.resumed], [ID, "Dở dang", true]);
    await phone.post(FORM, visitFields({ note: "Dở dang" }));
    assert.equal(await drafts.loadDraft("lan", "visit:new:h12"), null);
    assert.equal((await phone.get(FORM)).context.resumed, false);
  });

  test("Bỏ bản nháp names what is lost, asks, and deletes the draft", async () => {
    await drafts.saveDraft("lan", "visit:new:h12", visitFields({ note: "Dở dang" }));
    const asked = await phone.post("/field/drafts/discard", { draft: "visit:new:h12", address: FORM });
    const { context } = await phone.get(asked.location);
    assert.equal(context.subject, "Đã hỗ trợ · Cài VNeID · Dở dang");
    assert.equal((await phone.get(context.cancel)).context.note, "Dở dang");
    const { location } = await phone.post(context.action, { id: context.id });
    assert.equal(location, FORM);
    assert.equal((await phone.get(FORM)).context.note, "");
    assert.equal((await phone.get(asked.location)).location, FORM, "it is not asked for a second time");
  });

  test("Bỏ bản nháp does not ask if nothing was chosen or written", async () => {
    await drafts.saveDraft("lan", "visit:new:h12", { id: ID, household_id: "h12", note: "", follow_up: "" });
    const { location } = await phone.post("/field/drafts/discard", { draft: "visit:new:h12", address: FORM });
    assert.equal(location, FORM);
    assert.equal((await phone.get(FORM)).context.resumed, false);
  });

  test("nothing is preselected but one person", async () => {
    const { context } = await phone.get(FORM);
    const services = [...context.services, ...context.pillars.flatMap((pillar) => pillar.services)];
    assert.ok(context.results.every(({ chosen }) => !chosen));
    assert.ok(services.every((service) => !service.chosen && service.people === "1"));
    assert.equal(context.follow_up_open, false);
  });

  test("five services are in front, the others under Việc khác by pillar", async () => {
    const { context } = await phone.get(FORM);
    assert.equal(context.services.length, 5);
    assert.deepEqual(
      context.pillars.map(({ label }) => label),
      ["Định danh điện tử", "Việc khác"],
    );
  });

  test("Đã lưu trên máy becomes Đã gửi only when the server has it", async () => {
    await phone.post(FORM, visitFields());
    assert.equal((await phone.get(`/field/visits/${ID}/saved`)).context.sync_text, "Sẽ tự gửi khi có mạng.");
    await phone.sync();
    assert.equal((await phone.get(`/field/visits/${ID}/saved`)).context.sync_text, "Đã gửi 16:40");
  });

  test("the next household that was not visited is suggested", async () => {
    await phone.post(FORM, visitFields());
    const { context } = await phone.get(`/field/visits/${ID}/saved`);
    assert.equal(context.next.label, "14 · Trần Thị Mai");
  });
});

describe("amending", () => {
  beforeEach(async () => {
    phone = await lansPhone();
  });

  test("a returned visit opens with the commune's words and the field marked", async () => {
    putReturnedVisit(phone, "v1", "missing_information");
    await phone.sync();
    const { context } = await phone.get("/field/visits/v1/edit");
    const link = { id: "services", label: "Việc hướng dẫn" };
    assert.deepEqual(context.reasons, [{ text: "Thiếu thông tin: Ghi rõ việc đã làm", link }]);
    assert.equal(context.marked_field, "services");
  });

  test("an amendment names the version that it was made on", async () => {
    putReturnedVisit(phone, "v1", "missing_information", { version: 4 });
    await phone.sync();
    await phone.post("/field/visits/v1/edit", visitFields({ note: "Đã sửa" }));
    const [{ type, data }] = await queued();
    assert.deepEqual([type, data.id, data.base_version, data.note], ["visit.amend", "v1", 4, "Đã sửa"]);
  });

  test("Sai hộ moves the visit to another household", async () => {
    putReturnedVisit(phone, "v1", "wrong_household");
    await phone.sync();
    const { context } = await phone.get("/field/visits/v1/household?q=tran mai");
    assert.equal(context.rows[0].href, "/field/visits/v1/edit?household_id=h14");
    assert.equal((await phone.get(context.rows[0].href)).context.household.title, "Hộ Trần Thị Mai");
    await phone.post("/field/visits/v1/edit", visitFields({ household_id: "h14" }));
    assert.equal((await queued())[0].data.household_id, "h14");
  });

  test("a refused visit is recorded again in place of the refused operation, with its first time", async () => {
    await phone.sync();
    phone.server.decide = () => ({ status: "rejected", code: "outcome_not_allowed", fields: ["services"] });
    await phone.post(FORM, visitFields());
    await phone.sync();
    phone.now = new Date("2026-11-25T03:00:00.000Z");
    const { context } = await phone.get(`/field/visits/${ID}/edit`);
    assert.equal(context.marked_field, "services");
    await phone.post(
      `/field/visits/${ID}/edit`,
      visitFields({ id: ID.replace(/1$/, "9"), "outcome-vneid_install": "explained" }),
    );
    const [op, ...more] = await queued();
    assert.deepEqual([op.type, op.at, more.length], ["visit.record", "2026-11-24T03:00:00.000Z", 0]);
    assert.deepEqual(await outbox.refusedOperations("lan"), []);
  });

  test("a follow-up date that has passed can stay, but not be changed to another past date", async () => {
    putVisit(phone, "v1", { recorded_by: "lan", result: "come_back", follow_up_on: "2026-11-20" });
    await phone.sync();
    const fields = { id: ID, result: "come_back", note: "thêm", follow_up: "pick" };
    const moved = visitFields({ ...fields, follow_up_on: "2026-11-21" });
    assert.equal((await phone.post("/field/visits/v1/edit", moved)).status, 422);
    await phone.post("/field/visits/v1/edit", visitFields({ ...fields, follow_up_on: "2026-11-20" }));
    const [{ data }] = await queued();
    assert.deepEqual([data.note, data.follow_up_on], ["thêm", "2026-11-20"]);
  });

  test("Bỏ asks first, then withdraws", async () => {
    putVisit(phone, "v1", { recorded_by: "lan" });
    await phone.sync();
    const { context } = await phone.get("/field/visits/v1/withdraw");
    assert.deepEqual(await queued(), []);
    const { location } = await phone.post(context.action, { id: context.id });
    assert.equal(location, "/field/log?done=withdrawn");
    assert.deepEqual((await queued())[0].data, { id: "v1" });
  });

  test("another member's visit cannot be changed", async () => {
    putVisit(phone, "v1");
    await phone.sync();
    for (const verb of ["edit", "withdraw"]) {
      assert.equal((await phone.get(`/field/visits/v1/${verb}`)).status, 404);
      assert.equal((await phone.post(`/field/visits/v1/${verb}`, visitFields())).status, 404);
    }
    assert.deepEqual(await queued(), []);
  });

  test("the form shows the team's last visit", async () => {
    putVisit(phone, "v1");
    await phone.sync();
    assert.equal((await phone.get(FORM)).context.last_visit, "Tổ đã gặp 12/11/2026");
  });

  test("the form of an amendment does not show the visit itself as the last one", async () => {
    await phone.sync();
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    assert.equal((await phone.get(`/field/visits/${data.id}/edit`)).context.last_visit, "");
    assert.match((await phone.get(FORM)).context.last_visit, /^Đã gặp lúc \d\d:\d\d$/);
  });
});
