// What became of a record stands beside it in a sentence, wherever it is shown.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lansPhone, readyPhone, returned, served } from "./pages_world.js";
import { all, newId, record, save } from "./phone.js";

/** @type {import("./pages_world.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const rows = async () => (await phone.get("/field/log")).context.days.flatMap(({ rows }) => rows);
const history = async (id) => (await phone.get(`/field/households/${id}`)).context.visits;
const said = ({ step: { text, why } }) => [text, why];

for (const [code, why] of [
  ["waiting", "Hộ này chưa có trên máy chủ, hoặc không còn được giao."],
  ["revoked", "Máy này đã bị thu hồi."],
  ["foreign_epoch", "Máy chủ vừa lấy lại dữ liệu cũ. Xã sẽ xem lại."],
  ["op_reused", "Trùng mã với bản ghi khác. Xã sẽ xem lại."],
  ["unappliable", "Máy chủ đã nhận nhưng chưa ghi vào sổ được. Xã sẽ xem lại."],
]) {
  test(`a visit kept apart as ${code} says why in the log and at its household`, async () => {
    phone.server.decide = () => ({ status: "quarantined", code });
    await record("lan", "h12");
    await phone.sync();
    assert.deepEqual((await rows()).map(said), [["Chờ xã xử lý", why]]);
    assert.deepEqual((await history("h12")).map(said), [["Chờ xã xử lý", why]]);
  });
}

test("an amendment of a visit that the server does not have says so", async () => {
  const visit = served(phone, "v1", { recorded_by: "lan" });
  await phone.sync();
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const { household_id, result, services } = visit;
  await save("lan", "visit.amend", { id: "v1", household_id, result, services, base_version: 1 });
  await phone.sync();
  assert.deepEqual((await rows()).map(said), [["Chờ xã xử lý", "Lượt này chưa có trên máy chủ."]]);
});

test("a visit that was taken in after all is one like any other", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  await record("lan", "h12");
  await phone.sync();
  const [op] = await all("lan", "sent");
  phone.server.takeIn(op);
  await phone.sync();
  assert.deepEqual((await rows()).map(said), [["Đã gửi 16:40", ""]]);
});

test("a visit that the commune drops says so, can not be changed and does not count", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const { op_id } = await record("lan", "h12", { follow_up_on: "2026-11-24" }, { at: phone.now.toISOString() });
  await phone.sync();
  assert.equal((await phone.get("/field/")).context.counts.reached, "1");
  phone.server.drop(op_id);
  await phone.sync();
  const [row] = await rows();
  assert.deepEqual([...said(row), row.href], ["Xã không nhận", "Xã không nhận lượt này.", "/field/households/h12"]);
  assert.equal((await history("h12"))[0].edit, "");
  const { counts, promises } = (await phone.get("/field/")).context;
  assert.deepEqual([counts.reached, counts.received, promises.count], ["0", "0", 0]);
});

test("what was dropped while the phone had forgotten its list stays dropped", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const { op_id } = await record("lan", "h12");
  await phone.sync();
  phone.server.drop(op_id);
  phone.server.hamlets.add("tay");
  await phone.sync();
  assert.deepEqual((await rows()).map(said), [["Xã không nhận", "Xã không nhận lượt này."]]);
});

test("another phone's dropped operation changes nothing here", async () => {
  await record("lan", "h12");
  await phone.sync();
  phone.server.drop(newId());
  await phone.sync();
  assert.deepEqual((await rows()).map(said), [["Đã gửi 16:40", ""]]);
});

test("a dropped amendment leaves the visit as it was", async () => {
  const visit = served(phone, "v1", { recorded_by: "lan", note: "Đã cài" });
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
    [shown.note, ...said(shown)],
    ["Đã cài", "Xã không nhận", "Xã không nhận lần sửa này. Lượt vẫn như trước."],
  );
  assert.equal(shown.edit, "/field/visits/v1/edit");
});

test("two changes of one household: the server's stays, and the commune chooses", async () => {
  phone.server.decide = () => ({ status: "conflict", code: "conflict", fields: ["alley"] });
  const { op_id } = await save("lan", "household.amend", { id: "h12", base_version: 1, alley: "Ngõ 4" });
  await phone.sync();
  const conflict = ["Chờ xã xử lý", "Người khác cũng vừa sửa chỗ này. Xã sẽ chọn."];
  assert.deepEqual((await rows()).map(said), [conflict]);
  const { context } = await phone.get("/field/households/h12");
  assert.deepEqual([context.address, said(context)], ["Số 12, Ngõ 3, Thôn Đông", conflict]);
  phone.server.household("h12", { head_name: "Nguyễn Văn Đức", house_no: "12A", version: 2 });
  await phone.sync();
  assert.deepEqual((await rows()).map(said), [conflict], "somebody else changed something else");
  phone.server.drop(op_id);
  await phone.sync();
  const dropped = ["Xã không nhận", "Xã không nhận lần sửa này."];
  assert.deepEqual((await rows()).map(said), [dropped]);
  phone.server.household("h12", { alley: "Ngõ 7", version: 3 });
  await phone.sync();
  assert.deepEqual((await rows()).map(said), [dropped], "whatever becomes of the household since");
  assert.equal((await phone.get("/field/households/h12")).context.step, null);
});

test("a new household that the commune drops is nobody's to go to", async () => {
  phone.server.decide = () => ({ status: "quarantined", code: "revoked" });
  const id = newId();
  const { op_id } = await save("lan", "household.add", { id, hamlet_id: "dong", head_name: "Vũ Văn Sơn" });
  await phone.sync();
  phone.server.drop(op_id);
  await phone.sync();
  assert.deepEqual((await rows()).map(said), [["Xã không nhận", "Xã không nhận hộ này."]]);
  assert.equal((await phone.get("/field/")).context.counts.households, "4");
});

test("what was done to households stays in the log after it was sent", async () => {
  await save("lan", "household.amend", { id: "h12", base_version: 1, alley: "Ngõ 4" });
  await phone.sync();
  const [row] = await rows();
  assert.deepEqual([row.summary, ...said(row)], ["Sửa thông tin hộ", "Đã gửi 16:40", ""]);
});

test("what the commune returned or found twice says why at its household", async () => {
  phone = await lansPhone();
  returned(phone, "v1", "missing_information");
  const review = { state: "duplicate", reason: "", field: "", note: "", at: "2026-11-23T02:00:00Z" };
  served(phone, "v2", { recorded_by: "lan", household_id: "h14", review });
  await phone.sync();
  assert.deepEqual((await history("h12")).map(said), [["Cần sửa", "Thiếu thông tin: Ghi rõ việc đã làm"]]);
  assert.deepEqual((await history("h14")).map(said), [["Trùng lượt", "Xã đã tính lượt khác."]]);
});

test("what the server refused says why at its household", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await record("lan", "h12");
  await phone.sync();
  const [shown] = await history("h12");
  assert.deepEqual(said(shown), ["Cần sửa", "Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại."]);
});
