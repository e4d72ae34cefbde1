// Visits of more than 60 days, and numbers that no follow-up needs, leave the phone; its lists say what they said.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { purgeOldVisits } from "../../../static/field/retention/oldVisits.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { letLanLead, putReturnedVisit, putVisit, readyPhone, visitFields } from "../support/pageHarness.js";
import { all } from "../support/phone.js";
import { generator } from "../support/random.js";

/** The model server's day is 24/11/2026: this is the first one that the phone has. */
const OLDEST = "2026-09-25";
const LISTS = [
  "/field/",
  ...["", "?show=new", "?show=follow_up", "?show=all", "?order=name", "?q=ngo"].map(
    (query) => `/field/households${query}`,
  ),
];
const HOUSEHOLDS = ["h12", "h14", "h16", "h5"];
/** @type {import("../support/pageHarness.js").Phone} */
let phone;
/** The server's visits by id. */
let visits;

const ids = async () => (await all("lan", "replica_visit")).map(({ id }) => id).sort();
const household = async (id) => (await all("lan", "replica_household")).find((row) => row.id === id);

/** What the lists say, and each household's page but for its history. */
async function said() {
  const pages = {};
  for (const address of LISTS) pages[address] = (await phone.get(address)).context;
  for (const id of HOUSEHOLDS) {
    const { context } = await phone.get(`/field/households/${id}`);
    const { follow_ups, open_needs, state, active } = context;
    pages[id] = { follow_ups, open_needs, state, active };
    const form = (await phone.get(`/field/households/${id}/visit`)).context;
    pages[`${id}/visit`] = { needs: form.needs, open_needs: form.open_needs };
  }
  return pages;
}

function visitOn(id, day, changes = {}) {
  const times = { counted_on: day, occurred_at: `${day}T02:00:00Z`, received_at: `${day}T09:00:00Z` };
  const row = putVisit(phone, id, { ...times, ...changes });
  visits.set(id, row);
  return row;
}

/** The row of a household is sent again, with the days of all visits that the server has until now. */
function sendAgain(id) {
  const order = ({ counted_on, occurred_at, id }) => counted_on + occurred_at + id;
  const counted = [...visits.values()]
    .filter(({ household_id, review }) => household_id === id && ["received", "accepted"].includes(review.state))
    .sort((one, other) => (order(one) < order(other) ? -1 : 1));
  const last = counted.at(-1);
  const met = counted.filter(({ result }) => result !== "not_home").at(-1);
  const days = last && {
    ...(last.counted_on === met?.counted_on ? {} : { last_counted_on: last.counted_on }),
    last_result: last.result,
    ...(last.follow_up_on ? { last_follow_up_on: last.follow_up_on } : {}),
  };
  const { house_no, alley, head_name } = phone.server.row("household", id);
  phone.server.household(id, { house_no, alley, head_name, met_on: met?.counted_on ?? null, ...days });
}

/** Some visit of some day at some household, with or without a follow-up or a need. */
async function putAnything(dice, id) {
  const pick = (...options) => options[Math.floor(dice() * options.length)];
  const day = new Date(Date.UTC(2026, 6, 1 + Math.floor(dice() * 140))).toISOString().slice(0, 10);
  const result = pick("helped", "not_home", "come_back", "refused");
  const state = pick("received", "accepted", "returned", "duplicate");
  const follow_up_on = result === "come_back" ? pick(null, "2026-11-25") : null;
  const household_id = pick("h12", "h14", "h16");
  const needs = pick(undefined, undefined, ["bills"], ["bills", "vietqr"]);
  const services =
    result === "helped" ? [{ code: pick("bills", "vietqr"), outcome: pick("did_it", "come_back"), people: 1 }] : [];
  const review = { state, reason: "other", field: "", note: "", at: `${day}T10:00:00Z` };
  visitOn(id, day, {
    household_id,
    result,
    follow_up_on,
    services,
    needs,
    review,
    recorded_by: pick("lan", "mai"),
  });
  if (follow_up_on) {
    const closed_by = pick(null, id);
    phone.server.put("follow_up", { id, household_id, due_on: follow_up_on, closed_by });
  }
  if (dice() < 0.2) sendAgain(household_id);
  if (dice() < 0.3) await phone.sync();
}

async function startPhone() {
  phone = await readyPhone();
  visits = new Map();
  for (const id of HOUSEHOLDS) sendAgain(id);
  await phone.sync();
}

beforeEach(startPhone);

test("visits of the last 60 days stay, older ones leave, and the household says the day all the same", async () => {
  visitOn("old", "2026-09-24");
  visitOn("kept", OLDEST, { household_id: "h14" });
  await phone.sync();
  const before = await said();
  await purgeOldVisits("lan");
  assert.deepEqual(await ids(), ["kept"]);
  assert.equal((await household("h12")).met_on, "2026-09-24");
  assert.deepEqual(await said(), before);
});

test("the lists say the same before and after, whatever the visits were", async () => {
  let purged = 0;
  const dice = generator(Number(process.env.SEED ?? 7));
  for (let round = 0; round < Number(process.env.ROUNDS ?? 25); round += 1) {
    await startPhone();
    for (let number = 0; number < 12; number += 1) await putAnything(dice, `v${round}-${number}`);
    await phone.sync();
    const before = await said();
    const had = (await ids()).length;
    await purgeOldVisits("lan");
    assert.deepEqual(await said(), before, `round ${round}`);
    purged += had - (await ids()).length;
  }
  assert.ok(purged > 20, `only ${purged} visits were purged`);
});

test("what its author has to correct or confirm stays, and so does what an operation of this phone changes", async () => {
  const day = { counted_on: "2026-08-01", occurred_at: "2026-08-01T02:00:00Z", received_at: "2026-08-01T03:00:00Z" };
  putReturnedVisit(phone, "returned", "other", day);
  visitOn("vouched", "2026-08-02", { recorded_by: "lan", vouched_by: "binh", disowned: false });
  visitOn("amended", "2026-08-03", { recorded_by: "lan", household_id: "h14" });
  visitOn("teammates", "2026-08-04", { review: { state: "returned", reason: "other", field: "", note: "", at: null } });
  await phone.sync();
  phone.offline = true;
  await phone.post("/field/visits/amended/edit", visitFields({ household_id: "h14" }));
  await purgeOldVisits("lan");
  assert.deepEqual(await ids(), ["amended", "returned", "vouched"]);
});

test("a number stays while somebody is to come, with or without a day, and leaves with the last appointment", async () => {
  for (const id of ["h12", "h14", "h16"]) phone.server.household(id, { met_on: null, phone: "+84900000009" });
  phone.server.household("asked", { met_on: "2026-11-20", last_result: "come_back", phone: "+84900000009" });
  phone.server.put("follow_up", { id: "f1", household_id: "h12", due_on: "2026-11-25", closed_by: null });
  phone.server.put("follow_up", { id: "f0", household_id: "h12", due_on: "2026-11-20", closed_by: "v9" });
  phone.server.put("follow_up", { id: "f2", household_id: "h14", due_on: "2026-11-20", closed_by: "v8" });
  await phone.sync();
  await purgeOldVisits("lan");
  const numbers = async () =>
    Promise.all(["h12", "h14", "h16", "asked"].map(async (id) => (await household(id)).phone));
  assert.deepEqual(await numbers(), ["+84900000009", null, null, "+84900000009"]);
  visitOn("since", "2026-11-22", { household_id: "asked", result: "helped" });
  await phone.sync();
  await purgeOldVisits("lan");
  assert.equal((await numbers())[3], null);
});

test("while a list is downloaded nothing is purged", async () => {
  visitOn("old", "2026-08-01");
  await phone.sync();
  await inAccount("lan", ["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const state = await meta.get("replica");
    await meta.put({ ...state, loading: { generation: state.generation + 1 } }, "replica");
  });
  await purgeOldVisits("lan");
  assert.ok((await ids()).includes("old"));
});

test("the form of a visit that left meanwhile is still saved", async () => {
  visitOn("old", "2026-08-01", { recorded_by: "lan" });
  await phone.sync();
  await purgeOldVisits("lan");
  assert.deepEqual(await ids(), []);
  const { status } = await phone.post("/field/visits/old/edit", visitFields({ note: "Ghi bổ sung", version: "1" }));
  assert.equal(status, 303);
  const [{ type, data }] = await all("lan", "outbox");
  assert.deepEqual([type, data.id, data.note], ["visit.amend", "old", "Ghi bổ sung"]);
});

test("a month of which visits have left says so, and gives no figures", async () => {
  await letLanLead(phone);
  visitOn("old", "2026-09-01", { recorded_by: "lan" });
  await phone.sync();
  const { context } = await phone.get("/field/month?back=2");
  assert.equal(
    context.incomplete,
    "Máy chỉ giữ lượt thăm của 60 ngày gần đây. Số của tháng này xem ở báo cáo, hỏi cán bộ.",
  );
  assert.deepEqual([context.totals, context.hamlets], [null, []]);
  const { incomplete, totals } = (await phone.get("/field/month?back=1")).context;
  assert.deepEqual([incomplete, totals.visits], ["", "0"]);
});
