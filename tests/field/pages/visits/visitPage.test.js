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

test("Bỏ asks with Giữ lại as what to do next, and a withdrawn visit has no page any more", async () => {
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

/** A visit that the commune has accepted from an unsigned file. */
async function phoneWithUnsignedVisit() {
  const phone = await lansPhone();
  putVisit(phone, "v1", { recorded_by: "lan", vouched_by: "binh", disowned: false });
  await phone.sync();
  return phone;
}

test("her visit from an unsigned file is on Hôm nay, and Không phải tôi ghi says so to the commune", async () => {
  phone = await phoneWithUnsignedVisit();
  const { fixes } = (await phone.get("/field/")).context;
  assert.deepEqual([fixes.count, fixes.rows[0].href], [1, "/field/visits/v1"]);
  const { unsigned, disown } = await shown("v1");
  assert.match(unsigned, /tệp không có chữ ký.*cán bộ/);
  const asked = (await phone.get(disown)).context;
  assert.deepEqual([asked.title, asked.button], ["Không phải bạn ghi lượt này?", "Không phải tôi ghi"]);
  await phone.post(asked.action, { id: asked.id });
  assert.equal((await phone.get("/field/")).context.fixes.count, 0);
  await phone.sync();
  const { type, data } = phone.server.requests.at(-1).ops[0];
  assert.deepEqual([type, data], ["visit.withdraw", { id: "v1", disowned: true }]);
});

test("Đúng tôi ghi sends the same content, and so does nobody else", async () => {
  phone = await phoneWithUnsignedVisit();
  const { confirm } = await shown("v1");
  await phone.post(confirm, { id: "30000000-0000-4000-8000-000000000001" });
  await phone.sync();
  const { type, data } = phone.server.requests.at(-1).ops[0];
  assert.deepEqual([type, data.id, data.result, data.seen_return], ["visit.amend", "v1", "helped", null]);
  putVisit(phone, "v2", { recorded_by: "mai", vouched_by: "binh" });
  await phone.sync();
  assert.deepEqual((await shown("v2")).disown, "");
});

test("a visit that she disowned and that stays, because its month is closed, offers nothing more", async () => {
  phone = await lansPhone();
  putVisit(phone, "v1", { recorded_by: "lan", vouched_by: "binh", disowned: true });
  await phone.sync();
  assert.equal((await phone.get("/field/")).context.fixes.count, 0);
  const { unsigned, disown, confirm } = await shown("v1");
  assert.deepEqual([disown, confirm], ["", ""]);
  assert.match(unsigned, /không phải bạn ghi/);
});

test("another phone with her name is said until she says that it is hers, and the next one again", async () => {
  phone = await lansPhone();
  phone.server.otherPhone = { name: "Máy lạ", at: "2026-11-24T02:00:00.000Z", invited_by: "Hoàng Văn Bình" };
  await phone.sync();
  assert.equal((await phone.get("/field/")).context.other_phone, true);
  const { at, invited_by } = (await phone.get("/field/other-phone")).context;
  assert.equal(invited_by, "Hoàng Văn Bình");
  await phone.post("/field/other-phone", { at });
  assert.equal((await phone.get("/field/")).context.other_phone, false);
  phone.server.otherPhone = { ...phone.server.otherPhone, at: "2026-11-24T02:30:00.000Z" };
  await phone.sync();
  assert.equal((await phone.get("/field/")).context.other_phone, true);
});
