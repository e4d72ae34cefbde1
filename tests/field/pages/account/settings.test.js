// Cài đặt, Kiểm tra trước khi đi and Trợ giúp.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { closeAccount, findAccount } from "../../../../static/field/store/accounts.ts";
import { emptyPhone, readyPhone } from "../../support/pageHarness.js";
import { all, record } from "../../support/phone.js";

const HOUR_MS = 3_600_000;
/** The model server's clock. */
const SERVER_TIME = Date.parse("2026-11-24T09:40:00.000Z");
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;
const { storage } = navigator;

const settings = async () => (await phone.get("/field/settings")).context;
const check = async () => {
  const { rows, ready, summary } = (await phone.get("/field/settings/check")).context;
  return { ready, summary, rows: Object.fromEntries(rows.map(({ label, ok, text }) => [label, [ok, text]])) };
};

/** What the browser says about its storage. */
function estimate(value) {
  Object.defineProperty(navigator, "storage", { configurable: true, value: { estimate: async () => value } });
}

beforeEach(async () => {
  phone = await readyPhone();
  phone.now = new Date(SERVER_TIME);
});

afterEach(() => Object.defineProperty(navigator, "storage", { configurable: true, value: storage }));

test("Chế độ ngoài nắng is switched on and off", async () => {
  assert.equal((await settings()).sunny, false);
  assert.equal((await phone.post("/field/settings/sunlight", { sunny: "on" })).location, "/field/settings");
  assert.equal((await settings()).sunny, true);
  await phone.post("/field/settings/sunlight", { sunny: "" });
  assert.equal(phone.sunny, false);
});

test("one of three text sizes is chosen; any other changes nothing", async () => {
  await phone.post("/field/settings/text", { size: "large" });
  assert.deepEqual(
    (await settings()).sizes.map(({ chosen }) => chosen),
    [false, true, false],
  );
  await phone.post("/field/settings/text", { size: "enormous" });
  assert.equal(phone.textSize, "large");
});

test("the page says whose phone it is and what is not sent", async () => {
  assert.deepEqual([(await settings()).name, (await settings()).unsent], ["Nguyễn Thị Lan", ""]);
  await record("lan", "h12");
  assert.equal((await settings()).unsent, "Còn 1 lượt chưa gửi.");
});

test("a phone with everything is ready", async () => {
  estimate({ quota: 2_000 * 2 ** 20, usage: 5 * 2 ** 20 });
  const { ready, summary, rows } = await check();
  assert.deepEqual([ready, summary], [true, "Máy đã sẵn sàng."]);
  assert.deepEqual(Object.keys(rows), [
    "Danh sách hộ",
    "Lượt đã ghi",
    "Giờ trên máy",
    "Chỗ trống",
    "Ứng dụng",
    "Ghi thử",
  ]);
  assert.deepEqual(rows["Danh sách hộ"], [true, "Đủ 4 hộ, lúc 16:40, 24/11/2026."]);
  assert.deepEqual(rows["Chỗ trống"], [true, "Còn đủ chỗ."]);
  assert.deepEqual(await all("lan", "drafts"), [], "the test record is deleted");
});

test("an old list, a queue, little room, a missing part and a new version each have a sentence", async () => {
  await record("lan", "h12");
  estimate({ quota: 100 * 2 ** 20, usage: 90 * 2 ** 20 });
  phone.now = new Date(SERVER_TIME + 50 * HOUR_MS);
  phone.stored = false;
  const { ready, summary, rows } = await check();
  assert.deepEqual([ready, summary], [false, "Có 4 mục cần xem trước khi đi."]);
  assert.deepEqual(rows["Danh sách hộ"], [false, "4 hộ, cũ 2 ngày. Hãy mở Hôm nay ở nơi có mạng."]);
  assert.deepEqual(rows["Lượt đã ghi"], [false, "Còn 1 lượt chưa gửi. Gửi trước khi đi thì yên tâm hơn."]);
  assert.deepEqual(rows["Chỗ trống"], [false, "Sắp hết chỗ. Hãy xóa bớt ảnh, phim."]);
  assert.match(rows["Ứng dụng"][1], /^Chưa lưu đủ trên máy\./);
  phone.updateReady = true;
  assert.match((await check()).rows["Ứng dụng"][1], /^Có bản mới\./);
});

test("a clock set back since the last exchange is found", async () => {
  phone.now = new Date(SERVER_TIME - HOUR_MS);
  assert.deepEqual((await check()).rows["Giờ trên máy"], [false, 'Giờ trên máy đang sai. Hãy bật "Tự động đặt giờ".']);
});

test("a clock ahead is found while the server answers", async () => {
  phone.now = new Date(SERVER_TIME + HOUR_MS);
  assert.equal((await check()).rows["Giờ trên máy"][0], true);
  phone.fetch = async () => new Response("", { headers: { Date: new Date(SERVER_TIME).toUTCString() } });
  assert.equal((await check()).rows["Giờ trên máy"][0], false);
  phone.now = new Date(SERVER_TIME + 60_000);
  assert.equal((await check()).rows["Giờ trên máy"][0], true);
});

test("a phone that cannot write says so", async () => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = () => {
    throw new Error("disk");
  };
  const { rows } = await check().finally(() => {
    IDBObjectStore.prototype.put = put;
  });
  assert.equal(rows["Ghi thử"][0], false);
});

test("Trợ giúp has the supervisors who may be called, by given name", async () => {
  phone.server.put("member", { id: "s1", name: "Lê Văn Xuân", phone: "+84900000077" });
  phone.server.put("member", { id: "s2", name: "Đỗ Thị An", phone: "+842053812345" });
  phone.server.put("member", { id: "s3", name: "Lê Thị Cúc", phone: "" });
  await phone.sync();
  assert.deepEqual((await phone.get("/field/help")).context.contacts, [
    { name: "Đỗ Thị An", phone: "+842053812345", shown: "02053812345" },
    { name: "Lê Văn Xuân", phone: "+84900000077", shown: "0900 000 077" },
  ]);
  const { members } = (await phone.get("/field/month")).context;
  assert.deepEqual(
    members.map(({ name }) => name),
    ["Hoàng Thị Mai"],
    "they are no teammates",
  );
});

test("Trợ giúp opens without an account too", async () => {
  phone = await emptyPhone();
  assert.equal((await phone.get("/field/help")).template, "field/help.html");
});

test("a revoked phone still has the supervisors to call, and the check says first that it was revoked", async () => {
  phone.server.put("member", { id: "s1", name: "Lê Văn Xuân", phone: "+84900000077" });
  phone.server.put("member", { id: "s2", name: "Lê Thị Cúc", phone: "" });
  await phone.sync();
  phone.server.suspended = true;
  await phone.sync();
  await phone.sync();
  assert.deepEqual(await all("lan", "replica_member"), []);
  assert.deepEqual((await phone.get("/field/help")).context.contacts, [
    { name: "Lê Văn Xuân", phone: "+84900000077", shown: "0900 000 077" },
  ]);
  const [first] = (await phone.get("/field/settings/check")).context.rows;
  assert.deepEqual(
    [first.label, first.ok, first.text],
    ["Máy đã bị thu hồi", false, "Máy này đã bị thu hồi. Cần dùng lại thì hỏi cán bộ, số gọi ở mục Trợ giúp."],
  );
  assert.deepEqual((await findAccount("lan"))?.contacts, [{ name: "Lê Văn Xuân", phone: "+84900000077" }]);
  await closeAccount();
  assert.equal((await findAccount("lan"))?.contacts, undefined);
});
