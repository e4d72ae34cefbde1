// The page of one visit: read first; its author corrects or withdraws it from there.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lansPhone, putReturnedVisit, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";

const ID = "20000000-0000-4000-8000-000000000001";
const LINKS = { edit: `/field/visits/${ID}/edit`, withdraw: `/field/visits/${ID}/withdraw` };
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const shown = async (id = ID) => (await phone.get(`/field/visits/${id}`)).context;

beforeEach(async () => {
  phone = await readyPhone();
});

test("Đã ghi and the household lead to the page, and saving leads back to what it shows", async () => {
  await phone.post("/field/households/h12/visit", visitFields({ note: "Bà ở nhà", need: ["bills"] }));
  const { days } = (await phone.get("/field/log")).context;
  const { visits } = (await phone.get("/field/households/h12")).context;
  const address = `/field/visits/${ID}`;
  assert.deepEqual([days[0].rows[0].href, visits[0].href], [address, address]);
  const { parent, household, title, who, result, services, needs, note, step, edit, withdraw } = await shown();
  assert.deepEqual([parent, household, title], ["/field/households/h12", "Hộ Nguyễn Văn Đức", "Lượt thăm 24/11/2026"]);
  assert.deepEqual([who, result.label, services], ["Mình ghi", "Đã hỗ trợ", ["Cài VNeID: Tự làm được, 1 người"]]);
  assert.deepEqual([needs, note, step.text], ["Trả điện, nước, học phí", "Bà ở nhà", "Chưa gửi"]);
  assert.deepEqual({ edit, withdraw }, LINKS);
  await phone.sync();
  await phone.edit(ID, { note: "Ông ở nhà" });
  assert.deepEqual([(await shown()).note, (await shown()).step.text], ["Ông ở nhà", "Chưa gửi"]);
});

test("a returned visit gives the supervisor's words, and Sửa is what to do next", async () => {
  phone = await lansPhone();
  putReturnedVisit(phone, "v1", "missing_information");
  await phone.sync();
  const { reason, step, correct, edit } = await shown("v1");
  assert.deepEqual([reason, step.why, correct], ["Thiếu thông tin: Ghi rõ việc đã làm", "", true]);
  assert.equal((await phone.get(edit)).context.marked_field, "services");
});

test("a refused visit gives the reason", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await phone.post("/field/households/h12/visit", visitFields());
  await phone.sync();
  const { reason, edit } = await shown();
  assert.match(reason, /không còn trong danh mục/);
  assert.equal(edit, LINKS.edit);
});

test("a teammate's visit can only be read, also one that was returned to her", async () => {
  phone = await lansPhone();
  putVisit(phone, "v1", { note: "CCCD 123456789012" });
  putReturnedVisit(phone, "v2", "missing_information", { recorded_by: "mai" });
  await phone.sync();
  const { who, note, edit, withdraw } = await shown("v1");
  assert.deepEqual([who, note, edit, withdraw], ["Hoàng Thị Mai", "CCCD ••••••••••12", "", ""]);
  const { reason, correct, edit: other } = await shown("v2");
  assert.deepEqual([reason, correct, other], ["", false, ""]);
});

test("Rút asks with Giữ lại as what to do next, and a withdrawn visit has no page any more", async () => {
  await phone.post("/field/households/h12/visit", visitFields());
  const { context } = await phone.get((await shown()).withdraw);
  assert.deepEqual([context.cancel, context.is_final], [`/field/visits/${ID}`, true]);
  assert.equal((await phone.post(context.action, { id: context.id })).location, "/field/log?done=withdrawn");
  assert.equal((await phone.get(`/field/visits/${ID}`)).location, "/field/log?done=withdrawn");
  assert.equal((await phone.get("/field/visits/v0")).status, 404);
});

test("a visit at a household that left the list is shown with a way to Đã ghi", async () => {
  phone = await lansPhone();
  putVisit(phone, "v1", { recorded_by: "lan", household_id: "gone", result: "come_back", services: [] });
  await phone.sync();
  const { parent, household, follow_up } = await shown("v1");
  assert.deepEqual(
    [parent, household, follow_up],
    ["/field/log", "Hộ không còn trong danh sách", "Hẹn quay lại, chưa rõ ngày"],
  );
});
