// The telephone number of a household on the phone: shown while there is an appointment, withdrawn with one tap.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { readyPhone } from "../../support/pageHarness.js";
import { record, save } from "../../support/phone.js";

const ID = "30000000-0000-4000-8000-000000000001";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const queued = () => outbox.queuedOperations("lan");
/** An open follow-up of the household. */
const openFollowUp = (household_id) =>
  phone.server.put("follow_up", { id: "f1", household_id, due_on: "2026-12-01", closed_by: null });

test("another number needs another consent, and an emptied one withdraws it", async () => {
  phone.server.household("called", { head_name: "Vũ Văn Sơn", phone: "+84987654321" });
  openFollowUp("called");
  await phone.sync();
  const typed = { id: ID, head_name: "Vũ Văn Sơn", house_no: "1", was_house_no: "1", was_phone: "+84987654321" };
  const { status } = await phone.post("/field/households/called/edit", { ...typed, phone: "0987654322" });
  assert.equal(status, 422);
  await phone.post("/field/households/called/edit", { ...typed, phone: "" });
  assert.deepEqual(
    (await queued()).map(({ data }) => data.phone),
    [""],
  );
});

test("a number is shown only while there is an appointment, and leaves with one tap, without a network", async () => {
  phone.server.household("called", { head_name: "Vũ Văn Sơn", phone: "+84987654321" });
  await phone.sync();
  const hidden = (await phone.get("/field/households/called")).context;
  assert.deepEqual([hidden.phone, (await phone.get("/field/households/called/edit")).context.phone], ["", ""]);
  await record("lan", "called", { result: "come_back", services: [] }, { at: phone.now.toISOString() });
  const { context } = await phone.get("/field/households/called");
  assert.equal(context.number, "0987 654 321");
  const { location } = await phone.post(context.withdraw, { id: ID });
  const after = (await phone.get(location)).context;
  assert.deepEqual([after.phone, after.withdraw], ["", ""]);
  assert.equal(after.message, "Đã xóa số điện thoại trên máy này. Nơi khác xóa ở lần liên lạc sau.");
  const [, { type, data }] = await queued();
  assert.deepEqual([type, data], ["household.amend", { id: "called", base_version: 1, phone: "" }]);
});

test("a caller's number finds the household that expects somebody, however it is typed, and nothing else", async () => {
  phone.server.household("called", { head_name: "Vũ Văn Sơn", house_no: "9", phone: "+84987654321" });
  await phone.sync();
  const list = async (q) => (await phone.get(`/field/households?q=${encodeURIComponent(q)}`)).context;
  const found = async (q) => (await list(q)).rows.map(({ label }) => label);
  assert.deepEqual(await found("0987654321"), [], "nobody is to come there: the number is not shown");
  openFollowUp("called");
  await phone.sync();
  for (const q of ["0987654321", "0987 654 321", "+84 987 654 321", "84987654321", "0987.654.321", "987-654-321"])
    assert.deepEqual(await found(q), ["9 · Vũ Văn Sơn"], q);
  const { rows, similar, empty, add } = await list("0987654322");
  assert.deepEqual([rows, similar, add], [[], false, "/field/households/new"]);
  assert.equal(empty, "Không thấy. Máy chỉ có số của hộ đang có hẹn.");
});

test("the log says that a number was left out", async () => {
  phone.server.decide = (op) => ({
    status: "applied",
    code: "phone_without_consent",
    fields: ["phone"],
    version: 2,
    op,
  });
  await save("lan", "household.amend", { id: "h14", base_version: 1, phone: "0900000008", phone_consent: true });
  await phone.sync();
  const { context } = await phone.get("/field/log");
  assert.equal(
    context.days[0].rows[0].summary,
    "Sửa thông tin hộ. Số điện thoại không được lưu: gia đình chưa đồng ý trên máy hoặc trên giấy.",
  );
});
