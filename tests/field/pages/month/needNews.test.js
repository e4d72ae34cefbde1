// What came of the needs that Lan noted: said in Tháng này until she has put it away.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { putVisit, readyPhone } from "../../support/pageHarness.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const on = (day, changes) => ({ household_id: "h12", counted_on: day, occurred_at: `${day}T02:00:00Z`, ...changes });
const mai = (day, changes) => on(day, { recorded_by: "mai", ...changes });
const bills = (outcome) => ({ services: [{ code: "bills", outcome, people: 1 }] });
const noNeeds = { services: [] };
const news = async () => {
  await phone.sync();
  return (await phone.get("/field/month")).context.news;
};
const texts = async () => (await news()).map(({ label, text }) => `${label}: ${text}`);
const putAway = async () => phone.post("/field/month/needs", { seen: (await news()).map(({ key }) => key) });

test("a need that she noted and a teammate met is said in one line, and put away", async () => {
  putVisit(phone, "v1", on("2026-11-02", { ...noNeeds, recorded_by: "lan", needs: ["bills", "vneid_level_2"] }));
  assert.deepEqual(await texts(), []);
  putVisit(phone, "v2", mai("2026-11-20", bills("explained")));
  assert.deepEqual(await texts(), ["12 · Nguyễn Văn Đức: Trả điện, nước, học phí: Hoàng Thị Mai đã giúp 20/11/2026"]);
  assert.equal((await putAway()).location, "/field/month");
  assert.deepEqual(await texts(), []);
  putVisit(phone, "v3", mai("2026-11-21", { ...noNeeds, dropped_needs: ["vneid_level_2"] }));
  assert.deepEqual(await texts(), ["12 · Nguyễn Văn Đức: Làm mức 2: hộ không cần nữa, Hoàng Thị Mai ghi 21/11/2026"]);
});

test("nothing is said of a need that is still open, that she met herself, or that somebody else noted", async () => {
  putVisit(phone, "v1", on("2026-11-02", { ...noNeeds, recorded_by: "lan", needs: ["bills"] }));
  putVisit(phone, "v2", mai("2026-11-03", bills("come_back")));
  putVisit(phone, "v3", mai("2026-11-04", { ...bills("explained"), household_id: "h14" }));
  putVisit(phone, "v4", mai("2026-11-02", { ...noNeeds, household_id: "h16", needs: ["bills"] }));
  putVisit(phone, "v5", mai("2026-11-05", { ...bills("explained"), household_id: "h16" }));
  assert.deepEqual(await texts(), []);
  putVisit(phone, "v6", on("2026-11-06", { ...bills("did_it"), recorded_by: "lan" }));
  assert.deepEqual(await texts(), []);
});

test("a visit that the commune returned has met nothing, and what comes after the page was shown is said", async () => {
  putVisit(phone, "v1", on("2026-11-02", { ...noNeeds, recorded_by: "lan", needs: ["bills", "vietqr"] }));
  const review = { state: "returned", reason: "other", field: "", note: "", at: "2026-11-24T01:00:00Z" };
  putVisit(phone, "v2", mai("2026-11-20", { ...bills("explained"), review }));
  assert.deepEqual(await texts(), []);
  putVisit(phone, "v2", mai("2026-11-20", bills("explained")));
  const shown = (await news()).map(({ key }) => key);
  putVisit(phone, "v3", mai("2026-11-21", { ...noNeeds, dropped_needs: ["vietqr"] }));
  await phone.sync();
  await phone.post("/field/month/needs", { seen: shown });
  assert.equal((await news()).length, 1);
});
