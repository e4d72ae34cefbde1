// Còn cần gì?: what a household asked for and did not get yet, without a network.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";

const FORM = "/field/households/h12/visit";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const lastData = async () => (await outbox.queuedOperations("lan")).at(-1).data;
const needsOf = ({ needs = [], dropped_needs = [] }) => [needs, dropped_needs];
const openOnPage = async () => (await phone.get("/field/households/h12")).context.open_needs;
const ticked = ({ context }) => context.needs.filter(({ chosen }) => chosen).map(({ code }) => code);

/** Posts a visit and returns its id. */
async function record(fields) {
  phone.now = new Date(phone.now.getTime() + 60_000);
  const { status, location } = await phone.saveVisit(FORM, visitFields({ ...fields, id: phone.newId() }));
  assert.equal(status, 303);
  return location.split("/")[3];
}

beforeEach(async () => {
  phone = await readyPhone();
});

test("a need that was ticked is on the household's page and in the next form, ticked", async () => {
  await record({ need: ["vneid_level_2", "bills"] });
  assert.deepEqual(needsOf(await lastData()), [["vneid_level_2", "bills"], []]);
  for (const when of ["waiting", "sent"]) {
    assert.equal(await openOnPage(), "Làm mức 2 · Trả điện, nước, học phí", when);
    const form = await phone.get(FORM);
    assert.deepEqual(ticked(form), ["vneid_level_2", "bills"], when);
    assert.deepEqual(form.context.open_needs, ["vneid_level_2", "bills"], when);
    assert.equal(form.context.needs_open, false, "nothing was changed yet");
    await phone.sync();
  }
});

test("a visit that leaves open needs ticked says nothing of them, and one that unticks one drops it", async () => {
  await record({ need: ["vneid_level_2", "bills"] });
  await record({ open_need: ["vneid_level_2", "bills"], need: ["vneid_level_2", "bills"] });
  assert.deepEqual(needsOf(await lastData()), [[], []]);
  await record({ open_need: ["vneid_level_2", "bills"], need: ["bills"] });
  assert.deepEqual(needsOf(await lastData()), [[], ["vneid_level_2"]]);
  assert.equal(await openOnPage(), "Trả điện, nước, học phí");
});

test("showing the service closes the need, except with an outcome that leaves it open", async () => {
  await record({ need: ["bills"] });
  await record({ service: ["bills"], "outcome-bills": "come_back" });
  assert.equal(await openOnPage(), "Trả điện, nước, học phí");
  await record({ service: ["bills"], "outcome-bills": "explained" });
  assert.equal(await openOnPage(), "");
});

test("a teammate's need is shown, and not if the commune returned that visit", async () => {
  putVisit(phone, "v1", { recorded_by: "nam", needs: ["bills"], occurred_at: "2026-11-20T01:00:00Z" });
  await phone.sync();
  assert.equal(await openOnPage(), "Trả điện, nước, học phí");
  const review = { state: "returned", reason: "other", field: "", note: "", at: "2026-11-24T01:00:00Z" };
  putVisit(phone, "v1", { recorded_by: "nam", needs: ["bills"], review });
  await phone.sync();
  assert.equal(await openOnPage(), "");
});

test("amending a visit shows its own needs and keeps what it dropped", async () => {
  await record({ need: ["bills", "vietqr"] });
  const id = await record({ open_need: ["bills", "vietqr"], need: ["bills", "vneid_level_2"] });
  const form = await phone.get(`/field/visits/${id}/edit`);
  assert.deepEqual(ticked(form).sort(), ["bills", "vneid_level_2"]);
  assert.equal(form.context.needs_open, true);
  const fields = { need: ticked(form), open_need: form.context.open_needs, note: "Sửa" };
  await phone.post(`/field/visits/${id}/edit`, visitFields({ ...fields, id: phone.newId() }));
  assert.deepEqual(needsOf(await lastData()), [["vneid_level_2"], ["vietqr"]]);
});

test("nobody was at home: no needs are sent, whatever was ticked", async () => {
  await record({ result: "not_home", service: [], need: ["bills"] });
  assert.deepEqual(needsOf(await lastData()), [[], []]);
});
