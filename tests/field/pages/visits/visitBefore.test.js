// Như nhà trước: which services the form of a new visit offers to repeat, and that it knows no outcome.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import { OFFERED, putReturnedVisit, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";
import { newId, record } from "../../support/phone.js";

const FORM = "/field/households/h12/visit";
const YESTERDAY = "2026-11-23T09:00:00.000Z";
const TWO = [
  { code: "vneid_install", outcome: "did_it", people: 3 },
  { code: "scam_warning", outcome: "explained", people: 1 },
];
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const at = (minutes) => ({ at: new Date(phone.now.getTime() - minutes * 60_000).toISOString() });
const offered = async (address = FORM) => (await phone.get(address)).context.repeat;

beforeEach(async () => {
  phone = await readyPhone();
});

test("the services of the visit before are offered, and none of them is chosen", async () => {
  await record("lan", "h14", { services: TWO }, at(5));
  const { context } = await phone.get(FORM);
  assert.deepEqual(context.repeat, {
    codes: "vneid_install scam_warning",
    label: "Cài VNeID · Cảnh báo lừa đảo",
    chosen: false,
    answered: false,
  });
  const shown = [...context.services, ...context.pillars.flatMap(({ services }) => services)];
  assert.deepEqual(
    shown.filter(({ chosen, people, first }) => chosen || people !== "1" || first.some((one) => one.chosen)),
    [],
  );
});

test("nothing is offered before the first visit of the day with services at another household", async () => {
  await record("lan", "h14", { services: TWO }, { at: YESTERDAY });
  await record("lan", "h16", { result: "not_home", services: [] }, at(9));
  await record("lan", "h12", { services: TWO }, at(5));
  putVisit(phone, "of Mai", { household_id: "h5", occurred_at: phone.now.toISOString() });
  putReturnedVisit(phone, "returned", "wrong_household", { household_id: "h5", occurred_at: phone.now.toISOString() });
  await phone.sync();
  assert.equal(await offered(), null);
});

test("households where nobody was at home are passed over", async () => {
  await record("lan", "h5", {}, at(15));
  await record("lan", "h14", { services: TWO }, at(10));
  await record("lan", "h16", { result: "not_home", services: [] }, at(5));
  assert.equal((await offered()).codes, "vneid_install scam_warning");
});

test("a service that is not offered any more is left out", async () => {
  await record("lan", "h14", { services: TWO }, at(5));
  const { row } = [...phone.server.state.rows.values()].find(({ row }) => row.code === "scam_warning");
  phone.server.put("service", { ...row, ...OFFERED, active: false });
  await phone.sync();
  assert.equal((await offered()).codes, "vneid_install");
});

test("of a draft the chip says whether it has the services, and whether something was entered for one", async () => {
  await record("lan", "h14", { services: [TWO[0]] }, at(5));
  for (const [changes, chosen, answered] of [
    [{ service: ["vietqr"] }, false, false],
    [{ "outcome-vneid_install": "" }, true, false],
    [{}, true, true],
    [{ "outcome-vneid_install": "", "people-vneid_install": "2" }, true, true],
  ]) {
    await drafts.saveDraft("lan", "visit:new:h12", visitFields(changes));
    const { chosen: isChosen, answered: isAnswered } = await offered();
    assert.deepEqual([isChosen, isAnswered], [chosen, answered], JSON.stringify(changes));
  }
});

test("a visit that is corrected has no chip", async () => {
  await record("lan", "h14", { services: TWO }, at(5));
  const { data } = await record("lan", "h12", { id: newId() }, at(4));
  assert.equal(await offered(`/field/visits/${data.id}/edit`), null);
});

test("Hôm nay offers the household after the newest visit, until all are met", async () => {
  const next = async () => (await phone.get("/field/")).context.next;
  assert.equal(await next(), null);
  await record("lan", "h5", {}, { at: "2026-10-24T09:00:00.000Z" });
  assert.equal(await next(), null, "long ago");
  await record("lan", "h12", {}, { at: YESTERDAY });
  assert.deepEqual(await next(), { href: "/field/households/h14/visit", label: "14 · Trần Thị Mai" });
  for (const id of ["h14", "h16"]) await record("lan", id, {}, at(1));
  assert.equal(await next(), null);
});
