// Tháng này: own days, unfinished forms, the team, and a leader's figures.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { monthOf } from "../../../../static/field/pages/month/months.ts";
import { closeAccount } from "../../../../static/field/store/accounts.ts";
import { saveDraft } from "../../../../static/field/store/drafts.ts";
import { clearSignedOut } from "../../../../static/field/store/signedOut.ts";
import { replicaStatus } from "../../../../static/field/store/view/replica.ts";
import { letLanLead, putReturnedVisit, putVisit, readyPhone } from "../../support/pageHarness.js";
import { record, save } from "../../support/phone.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const month = async (address = "/field/month") => (await phone.get(address)).context;
const at = (day, more = {}) => ({
  occurred_at: `${day}T02:00:00Z`,
  counted_on: day,
  hamlet_id: "dong",
  recorded_by: "lan",
  ...more,
});

beforeEach(async () => {
  phone = await readyPhone();
});

test("own visits and sessions of the month are counted by day; a household counts once", async () => {
  putVisit(phone, "v1", at("2026-11-02", { household_id: "h12" }));
  putVisit(phone, "v2", at("2026-11-02", { household_id: "h14" }));
  putVisit(phone, "v3", at("2026-11-20", { household_id: "h12" }));
  putVisit(phone, "v4", at("2026-10-31", { household_id: "h12" }));
  putVisit(phone, "v5", at("2026-11-03", { household_id: "h16", recorded_by: "mai" }));
  await phone.sync();
  const { title, totals, days } = await month();
  assert.equal(title, "Tháng 11/2026");
  assert.deepEqual(totals, { days: "2", visits: "3", met: "2", guided: "2", sessions: "0" });
  assert.deepEqual(days, [
    { day: "02/11/2026", visits: "2", sessions: "0" },
    { day: "20/11/2026", visits: "1", sessions: "0" },
  ]);
  const earlier = await month((await month()).earlier);
  assert.deepEqual(
    [earlier.title, earlier.totals.visits, earlier.later],
    ["Tháng 10/2026", "1", "/field/month?back=0"],
  );
});

test("households are met unless nobody was at home, and guided by some outcomes alone", async () => {
  const one = (outcome) => [{ code: "vietqr", outcome, people: 1 }];
  putVisit(phone, "v1", at("2026-11-02", { household_id: "h12", result: "not_home", services: [] }));
  putVisit(phone, "v2", at("2026-11-02", { household_id: "h14", services: one("already_had") }));
  putVisit(phone, "v3", at("2026-11-02", { household_id: "h16", services: one("referred") }));
  await phone.sync();
  const { totals } = await month();
  assert.deepEqual([totals.visits, totals.met, totals.guided], ["3", "2", "1"]);
});

test("what the desk does not count is not counted, and what is not sent is named", async () => {
  putReturnedVisit(phone, "v1", "wrong_household");
  await phone.sync();
  await record("lan", "h14", {}, { at: "2026-11-24T02:30:00Z" });
  const { totals, waiting } = await month();
  assert.deepEqual([totals.visits, waiting], ["0", "Máy này còn 1 lượt chưa gửi, chưa tính ở đây."]);
  await phone.sync();
  assert.deepEqual([(await month()).totals.visits, (await month()).waiting], ["1", ""]);
});

const SAID = "Chưa nhận được số đã tính ở nơi nhận. Chỉ tính các lượt máy này có.";
const entry = (id, more = {}) => ({
  ...{ id, kind: "visit", day: "2026-11-02", state: "accepted", household: 0, met: true, guided: true },
  ...more,
});

test("after a change of team the month is what the server has counted, and what waits is named", async () => {
  putVisit(phone, "v1", at("2026-11-20", { household_id: "h12" }));
  await phone.sync();
  assert.deepEqual([(await month()).totals.visits, (await month()).without_own], ["1", SAID]);
  const days = [{ day: "2026-08-03", visits: 9, sessions: 1 }];
  phone.server.ownDays = {
    version: "one",
    months: [{ first: "2026-08-01", visits: 9, met: 8, guided: 7, sessions: 1, days }],
    records: [
      entry("b1"),
      entry("b2", { guided: false }),
      entry("b3", { state: "returned" }),
      entry("b4", { state: "withdrawn" }),
      entry("b5", { kind: "session", day: "2026-11-05", met: false, guided: false }),
      // The phone has its row, which is newer.
      entry("v1", { state: "returned" }),
    ],
  };
  await phone.sync();
  const { totals, without_own } = await month();
  assert.deepEqual(totals, { days: "3", visits: "3", met: "2", guided: "2", sessions: "1" });
  assert.equal(without_own, "");
  const august = await month("/field/month?back=3");
  assert.deepEqual(august.totals, { days: "1", visits: "9", met: "8", guided: "7", sessions: "1" });
  assert.deepEqual([august.incomplete, august.days], ["", [{ day: "03/08/2026", visits: "9", sessions: "1" }]]);
  assert.notEqual((await month("/field/month?back=2")).incomplete, "");
});

test("a correction that waits changes nothing until the server has it", async () => {
  putVisit(phone, "v1", at("2026-11-20", { household_id: "h12" }));
  await phone.sync();
  await save("lan", "visit.withdraw", { id: "v1" });
  const { totals, waiting } = await month();
  assert.deepEqual([totals.visits, waiting], ["1", "Máy này còn 1 thay đổi chưa gửi, chưa tính ở đây."]);
});

test("own days leave with a reset until they come anew, and with the account", async () => {
  phone.server.ownDays = { version: "one", months: [], records: [entry("b1")] };
  await phone.sync();
  await month();
  await phone.sync();
  assert.equal((await month()).totals.visits, "1");
  phone.server.ownDays = undefined;
  phone.server.hamlets = new Set(["dong", "tay"]);
  await phone.sync();
  assert.deepEqual([(await month()).totals.visits, (await month()).without_own], ["0", SAID]);
  phone.server.ownDays = { version: "two", months: [], records: [entry("b1")] };
  await phone.sync();
  assert.equal((await replicaStatus("lan")).own_days.version, "two");
  await closeAccount();
  await clearSignedOut();
  assert.equal((await replicaStatus("lan")).own_days, undefined);
});

test("forms that were begun are listed, and lead back to them", async () => {
  await saveDraft("lan", "visit:new:h12", { id: "1", note: "…" });
  await saveDraft("lan", "household:new", { id: "2" });
  await saveDraft("lan", "visit:new:gone", { id: "3" });
  await saveDraft("lan", "quick", { service: "vneid_install" });
  const { drafts } = await month();
  const forms = ["/field/households/gone/visit", "/field/households/h12/visit", "/field/households/new"];
  assert.deepEqual(drafts.map(({ href }) => href).sort(), forms);
  for (const { href } of drafts) assert.equal((await phone.get(href)).status, 200);
});

test("teammates are told apart by when they recorded last, without numbers", async () => {
  putVisit(phone, "v1", at("2026-11-20", { household_id: "h12", recorded_by: "mai" }));
  await phone.sync();
  assert.deepEqual((await month()).members, [{ name: "Hoàng Thị Mai", when: "Ghi gần nhất 20/11/2026" }]);
});

test("only a leader sees the figures of the team's hamlets", async () => {
  putVisit(phone, "v1", at("2026-11-20", { household_id: "h12", recorded_by: "mai" }));
  await phone.sync();
  assert.deepEqual((await month()).hamlets, []);
  await letLanLead(phone);
  const so_far = "Đến nay: đã gặp 1/4 hộ trong danh sách · 0 hẹn chưa đến · 0 quá hẹn";
  const row = { name: "Thôn Đông", visits: "1", met: "1", guided: "1", sessions: "0", so_far };
  assert.deepEqual((await month()).hamlets, [row]);
});

test("a leader sees how much of each hamlet was met so far, and which appointments are open or overdue", async () => {
  putVisit(phone, "v1", at("2026-10-20", { household_id: "h12" }));
  putVisit(phone, "v2", at("2026-11-20", { household_id: "h14", result: "not_home", services: [] }));
  phone.server.household("left", { state: "moved" });
  for (const [id, due_on] of [
    ["h14", "2026-11-23"],
    ["h16", "2026-11-24"],
    ["left", "2026-11-20"],
  ])
    phone.server.put("follow_up", { id: `f ${id}`, household_id: id, due_on, closed_by: null });
  await letLanLead(phone);
  const [{ so_far }] = (await month()).hamlets;
  assert.equal(so_far, "Đến nay: đã gặp 1/4 hộ trong danh sách · 1 hẹn chưa đến · 1 quá hẹn");
  const [earlier] = (await month("/field/month?back=1")).hamlets;
  assert.equal(earlier.so_far, "");
});

test("an address with nonsense shows this month, one far back the last that the phone may have", async () => {
  assert.equal((await month("/field/month?back=x")).title, "Tháng 11/2026");
  assert.equal((await month("/field/month?back=-3")).title, "Tháng 11/2026");
  const { title, earlier } = await month("/field/month?back=9999");
  assert.deepEqual([title, earlier], ["Tháng 11/2025", ""]);
});

test("a month that begins on another day has the name of the one in which it ends", async () => {
  phone.server.monthStartDay = 15;
  putVisit(phone, "v1", at("2026-11-14", { household_id: "h12" }));
  putVisit(phone, "v2", at("2026-11-15", { household_id: "h14" }));
  await phone.sync();
  const now = await month();
  assert.deepEqual([now.title, now.period, now.totals.visits], ["Tháng 12/2026", "15/11/2026 – 14/12/2026", "1"]);
  const before = await month("/field/month?back=1");
  assert.deepEqual(
    [before.title, before.period, before.totals.visits],
    ["Tháng 11/2026", "15/10/2026 – 14/11/2026", "1"],
  );
  phone.server.monthStartDay = undefined;
  await phone.sync();
  assert.deepEqual([(await month()).title, (await month()).period], ["Tháng 11/2026", ""]);
});

test("months are those of the desk, for every day on which they may begin", () => {
  const days = (/** @type {string} */ today, /** @type {number} */ back, /** @type {number} */ start) => {
    const { first, last, name } = monthOf(today, back, start);
    return [first, last, name].join(" ");
  };
  assert.equal(days("2026-11-14", 0, 15), "2026-10-15 2026-11-14 11/2026");
  assert.equal(days("2026-12-31", 0, 15), "2026-12-15 2027-01-14 01/2027");
  assert.equal(days("2027-01-01", 1, 15), "2026-11-15 2026-12-14 12/2026");
  assert.equal(days("2026-03-01", 1, 1), "2026-02-01 2026-02-28 02/2026");
  assert.equal(days("2026-03-28", 0, 28), "2026-03-28 2026-04-27 04/2026");
});
