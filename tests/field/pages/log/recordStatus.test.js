// The status of a record, with its reason, wherever the record is shown.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lansPhone, putReturnedVisit, putVisit, readyPhone } from "../../support/pageHarness.js";
import { all, newId, record, save } from "../../support/phone.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const rows = async () => (await phone.get("/field/log")).context.days.flatMap(({ rows }) => rows);
const history = async (id) => (await phone.get(`/field/households/${id}`)).context.visits;
const stepTexts = ({ step: { text, why } }) => [text, why];

for (const [code, why] of [
  ["waiting", "Hộ này chưa có ở nơi nhận, hoặc không còn được giao."],
  ["revoked", "Máy này đã bị thu hồi."],
  ["foreign_epoch", "Nơi nhận vừa lấy lại dữ liệu cũ. Cán bộ sẽ xem lại."],
  ["newer", "Nơi nhận chưa được nâng cấp. Việc đã ghi này tự vào sổ sau."],
  ["op_reused", "Trùng mã với việc đã ghi khác. Cán bộ sẽ xem lại."],
  ["unappliable", "Đã gửi nhưng nơi nhận chưa ghi vào sổ được. Cán bộ sẽ xem lại."],
]) {
  test(`a visit quarantined as ${code} says why in the log and at its household`, async () => {
    phone.server.decide = () => ({ status: "quarantined", code });
    await record("lan", "h12");
    await phone.sync();
    assert.deepEqual((await rows()).map(stepTexts), [["Chờ xã xử lý", why]]);
    assert.deepEqual((await history("h12")).map(stepTexts), [["Chờ xã xử lý", why]]);
  });
}

test("an amendment of a visit that the server does not have says so", async () => {
  const visit = putVisit(phone, "v1", { recorded_by: "lan" });
  await phone.sync();
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const { household_id, result, services } = visit;
  await save("lan", "visit.amend", { id: "v1", household_id, result, services, base_version: 1 });
  await phone.sync();
  assert.deepEqual((await rows()).map(stepTexts), [["Chờ xã xử lý", "Lượt này chưa có ở nơi nhận."]]);
});

test("an accepted visit is like any other", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  await record("lan", "h12");
  await phone.sync();
  const [op] = await all("lan", "sent");
  phone.server.accept(op);
  await phone.sync();
  assert.deepEqual((await rows()).map(stepTexts), [["Đã gửi 16:40", ""]]);
});

test("a dropped visit says so, cannot be changed and does not count", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const at = phone.now.toISOString();
  const { op_id, data } = await record("lan", "h12", { follow_up_on: "2026-11-24" }, { at });
  await phone.sync();
  assert.match((await phone.get("/field/")).context.hamlets[0].line, /^1\//);
  phone.server.drop(op_id);
  await phone.sync();
  const [row] = await rows();
  assert.deepEqual(
    [...stepTexts(row), row.href],
    ["Không được nhận", "Cán bộ không nhận lượt này.", `/field/visits/${data.id}`],
  );
  const { context } = await phone.get(row.href);
  assert.deepEqual([context.step.why, context.edit, context.withdraw], ["Cán bộ không nhận lượt này.", "", ""]);
  const { hamlets, standing, due } = (await phone.get("/field/")).context;
  assert.match(hamlets[0].line, /^0\//);
  assert.match(`${standing.text} ${standing.detail}`, /đã gửi 0/);
  assert.equal(due.count, 0);
});

test("a visit dropped during a new download stays dropped", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const { op_id } = await record("lan", "h12");
  await phone.sync();
  phone.server.drop(op_id);
  phone.server.hamlets.add("tay");
  await phone.sync();
  assert.deepEqual((await rows()).map(stepTexts), [["Không được nhận", "Cán bộ không nhận lượt này."]]);
});

test("the dropped operation of another phone changes nothing here", async () => {
  await record("lan", "h12");
  await phone.sync();
  phone.server.drop(newId());
  await phone.sync();
  assert.deepEqual((await rows()).map(stepTexts), [["Đã gửi 16:40", ""]]);
});

test("a dropped amendment leaves the visit as it was", async () => {
  const visit = putVisit(phone, "v1", { recorded_by: "lan", note: "Đã cài" });
  await phone.sync();
  phone.server.decide = () => ({ status: "quarantined", code: "revoked" });
  const { household_id, result, services } = visit;
  const data = { id: "v1", household_id, result, services, note: "Khác", base_version: 1 };
  const { op_id } = await save("lan", "visit.amend", data);
  await phone.sync();
  phone.server.drop(op_id);
  await phone.sync();
  const [shown] = await history("h12");
  assert.deepEqual(
    [shown.note, ...stepTexts(shown)],
    ["Đã cài", "Không được nhận", "Cán bộ không nhận lần sửa này. Lượt vẫn như trước."],
  );
  assert.equal((await phone.get(shown.href)).context.edit, "/field/visits/v1/edit");
});

test("of two changes of a household field the server's is shown until the commune has chosen", async () => {
  phone.server.decide = () => ({ status: "conflict", code: "conflict", fields: ["alley"] });
  const { op_id } = await save("lan", "household.amend", { id: "h12", base_version: 1, alley: "Ngõ 4" });
  await phone.sync();
  const conflict = ["Chờ xã xử lý", "Người khác cũng vừa sửa chỗ này. Cán bộ sẽ chọn."];
  assert.deepEqual((await rows()).map(stepTexts), [conflict]);
  const { context } = await phone.get("/field/households/h12");
  assert.deepEqual([context.address, stepTexts(context)], ["Số 12, Ngõ 3, Thôn Đông", conflict]);
  phone.server.household("h12", { head_name: "Nguyễn Văn Đức", house_no: "12A", version: 2 });
  await phone.sync();
  assert.deepEqual((await rows()).map(stepTexts), [conflict], "somebody else changed something else");
  phone.server.drop(op_id);
  await phone.sync();
  const dropped = ["Không được nhận", "Cán bộ không nhận lần sửa này."];
  assert.deepEqual((await rows()).map(stepTexts), [dropped]);
  phone.server.household("h12", { alley: "Ngõ 7", version: 3 });
  await phone.sync();
  assert.deepEqual((await rows()).map(stepTexts), [dropped], "whatever becomes of the household since");
  assert.equal((await phone.get("/field/households/h12")).context.step, null);
});

test("a dropped new household is not in the list of households to visit", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "revoked" });
  const id = newId();
  const { op_id } = await save("lan", "household.add", { id, hamlet_id: "dong", head_name: "Vũ Văn Sơn" });
  await phone.sync();
  phone.server.drop(op_id);
  await phone.sync();
  assert.deepEqual((await rows()).map(stepTexts), [["Không được nhận", "Cán bộ không nhận hộ này."]]);
  assert.match((await phone.get("/field/")).context.hamlets[0].line, /\/4 /);
});

test("operations on households stay in the log after they are sent", async () => {
  await save("lan", "household.amend", { id: "h12", base_version: 1, alley: "Ngõ 4" });
  await phone.sync();
  const [row] = await rows();
  assert.deepEqual([row.summary, ...stepTexts(row)], ["Sửa thông tin hộ", "Đã gửi 16:40", ""]);
});

test("a returned visit and a duplicate give the reason at their household", async () => {
  phone = await lansPhone();
  putReturnedVisit(phone, "v1", "missing_information");
  const review = { state: "duplicate", reason: "", field: "", note: "", at: "2026-11-23T02:00:00Z" };
  putVisit(phone, "v2", { recorded_by: "lan", household_id: "h14", review });
  await phone.sync();
  assert.deepEqual((await history("h12")).map(stepTexts), [["Cần sửa", "Thiếu thông tin: Ghi rõ việc đã làm"]]);
  assert.deepEqual((await history("h14")).map(stepTexts), [["Trùng lượt", "Đã tính lượt khác."]]);
});

test("a refused visit gives the reason at its household", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await record("lan", "h12");
  await phone.sync();
  const [shown] = await history("h12");
  assert.deepEqual(stepTexts(shown), ["Cần sửa", "Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại."]);
});
