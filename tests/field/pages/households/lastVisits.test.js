// When a household was met: what its row says of visits that this phone does not have, and what this phone knows better.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { isMet } from "../../../../static/field/pages/households/householdStatus.ts";
import { lansPhone, putReturnedVisit, putVisit } from "../../support/pageHarness.js";
import { all, record, save, visit } from "../../support/phone.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await lansPhone();
});

/** What the list and the form of a new visit say of the household h12. */
async function lines() {
  const { rows } = (await phone.get("/field/households")).context;
  const form = (await phone.get("/field/households/h12/visit")).context;
  return [rows.find(({ href }) => href.endsWith("h12")).line, form.last_visit];
}

const put = (changes) => phone.server.household("h12", changes);
const today = async () => (await phone.get("/field/")).context.hamlets[0].line;
const met = async () => Number((await today()).split("/")[0]);

test("a household is met, absent or agreed to another visit by its row when its visits have left the phone", async () => {
  put({ met_on: null });
  await phone.sync();
  const before = await met();
  const history = async () => (await phone.get("/field/households/h12")).context.earlier;
  assert.deepEqual([...(await lines()), await history()], ["Chưa gặp", "", ""]);
  put({ met_on: "2025-03-02", guided_on: "2025-03-01", last_result: "helped" });
  await phone.sync();
  assert.equal(await history(), "Đã gặp 02/03/2025");
  assert.deepEqual(await lines(), ["Đã gặp 02/03/2025", "Đã gặp 02/03/2025"]);
  assert.equal(await met(), before + 1);
  const unvisited = (await phone.get("/field/households?show=unvisited")).context.rows;
  assert.ok(!unvisited.some(({ href }) => href.endsWith("h12")));
  put({ met_on: null, last_counted_on: "2025-03-02", last_result: "not_home" });
  await phone.sync();
  assert.deepEqual(await lines(), ["Vắng nhà 02/03/2025", "Vắng nhà 02/03/2025"]);
  put({ met_on: "2025-03-02", last_result: "come_back" });
  await phone.sync();
  assert.equal((await lines())[0], "Hẹn quay lại, chưa rõ ngày");
  put({ met_on: "2025-03-02", last_result: "come_back", last_follow_up_on: "2025-03-09" });
  await phone.sync();
  assert.equal((await lines())[0], "Đã gặp 02/03/2025", "its follow_up row says whether it is open");
});

test("a newer visit is said without a new row, and one that the row no longer counts is not", async () => {
  putVisit(phone, "v1", { counted_on: "2025-10-01", occurred_at: "2025-10-01T02:00:00.000Z" });
  put({ met_on: null });
  await phone.sync();
  assert.deepEqual(await lines(), ["Chưa gặp", ""], "returned after it had left the visits that phones get");
  putVisit(phone, "v2");
  await phone.sync();
  assert.deepEqual(await lines(), ["Đã gặp 12/11/2026", "Tổ đã gặp 12/11/2026"]);
});

test("of a row that an older server sent the visits of this phone say everything", async () => {
  putVisit(phone, "v1");
  put({});
  await phone.sync();
  assert.deepEqual(await lines(), ["Đã gặp 12/11/2026", "Tổ đã gặp 12/11/2026"]);
});

test("a row does not say met by the visit that its author is taking back here", async () => {
  putVisit(phone, "v0", {
    counted_on: "2026-10-05",
    occurred_at: "2026-10-05T02:00:00.000Z",
    result: "not_home",
    services: [],
  });
  putVisit(phone, "v1", { recorded_by: "lan" });
  put({ met_on: "2026-11-12", guided_on: "2026-11-12", last_result: "helped" });
  await phone.sync();
  const before = await met();
  assert.deepEqual(await lines(), ["Đã gặp 12/11/2026", "Đã gặp 12/11/2026"]);
  await save("lan", "visit.withdraw", { id: "v1" });
  assert.deepEqual(await lines(), ["Vắng nhà 05/10/2026", "Vắng nhà 05/10/2026"]);
  assert.equal(await met(), before - 1);
});

test("nor by one that is changed to nobody at home, or moved to another household", async () => {
  putVisit(phone, "v1", { recorded_by: "lan" });
  phone.server.household("h14");
  put({ met_on: "2026-11-12", guided_on: "2026-11-12", last_result: "helped" });
  await phone.sync();
  const amend = (changes) => save("lan", "visit.amend", { ...visit("h12", { id: "v1", ...changes }), base_version: 1 });
  await amend({ result: "not_home", services: [] });
  assert.deepEqual(await lines(), ["Vắng nhà 12/11/2026", "Vắng nhà 12/11/2026"]);
  await amend({ household_id: "h14" });
  assert.deepEqual(await lines(), ["Chưa gặp", ""]);
});

test("a visit of another day stays said whatever is taken back here", async () => {
  putVisit(phone, "v1", { recorded_by: "lan" });
  put({ met_on: "2026-11-20", last_result: "helped" });
  await phone.sync();
  await save("lan", "visit.withdraw", { id: "v1" });
  assert.deepEqual(await lines(), ["Đã gặp 20/11/2026", "Đã gặp 20/11/2026"]);
});

test("the form of a visit does not say of its household what is in the form", async () => {
  putVisit(phone, "v1", { recorded_by: "lan" });
  put({ met_on: "2026-11-12", last_result: "helped" });
  await phone.sync();
  assert.equal((await phone.get("/field/visits/v1/edit")).context.last_visit, "");
});

test("a returned visit counts for nothing until it is mended, and its mending is said at once", async () => {
  putReturnedVisit(phone, "v1", "missing_information");
  put({ met_on: null });
  await phone.sync();
  assert.deepEqual(await lines(), ["Chưa gặp", ""]);
  await save("lan", "visit.amend", { ...visit("h12", { id: "v1" }), base_version: 1 });
  assert.equal((await lines())[0], "Đã gặp 12/11/2026");
});

test("a visit of the row's own day that was approved does not hide a later one of that day", async () => {
  const at = (hour, changes) => ({ occurred_at: `2026-11-12T0${hour}:00:00.000Z`, ...changes });
  putVisit(phone, "v2", at(5, { result: "come_back", services: [] }));
  put({ met_on: "2026-11-12", last_result: "come_back" });
  putVisit(phone, "v1", at(2, { review: { state: "accepted", reason: "", field: "", note: "", at: null } }));
  await phone.sync();
  assert.equal((await lines())[0], "Hẹn quay lại, chưa rõ ngày");
});

test("what was recorded here and is not sent is said at once, with its time", async () => {
  put({ met_on: "2025-03-02", last_result: "helped" });
  await phone.sync();
  await record("lan", "h12", {}, { at: "2026-11-24T01:15:00.000Z" });
  assert.deepEqual(await lines(), ["Đã gặp lúc 08:15", "Đã gặp lúc 08:15"]);
  assert.equal((await all("lan", "outbox")).length, 1);
});

test("a save reads the last visits of one household anew", () => {
  const reads = [];
  const row = (id) => ({
    id,
    feed_seq: 1,
    get met_on() {
      reads.push(id);
      return null;
    },
  });
  const made = (id) => ({
    id,
    household_id: "h2",
    feed_seq: 2,
    result: "helped",
    step: "queued",
    occurred_at: "2026-11-24T02:00:00Z",
  });
  const before = {
    households: new Map(["h1", "h2", "h3"].map((id) => [id, row(id)])),
    visitsByHousehold: new Map([["h1", []]]),
    replaced: new Map(),
  };
  const met = (view) => [...view.households.keys()].filter((id) => isMet(view, id));
  assert.deepEqual([met(before), met(before)], [[], []]);
  assert.deepEqual(reads, ["h1", "h2", "h3"]);
  const after = { ...before, visitsByHousehold: new Map([...before.visitsByHousehold, ["h2", [made("v1")]]]) };
  assert.deepEqual([met(after), met(after)], [["h2"], ["h2"]]);
  assert.deepEqual(reads.slice(3), ["h2"]);
  assert.deepEqual(met({ ...after, visitsByHousehold: before.visitsByHousehold }), []);
});
