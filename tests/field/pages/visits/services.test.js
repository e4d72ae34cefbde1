import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { OFFERED, putVisit, readyPhone, saveSetting, visitFields } from "../../support/pageHarness.js";

const FORM = "/field/households/h12/visit";
const QUICK = "/field/households/quick";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const choicesIn = ({ context }) => [...context.services, ...context.pillars.flatMap(({ services }) => services)];
const codesIn = (page) => choicesIn(page).map(({ code }) => code);

/** The commune changes a service, and the phone learns it. */
async function change(changes, code = "vneid_install") {
  const label = { vi: "Cài VNeID", en: "Install VNeID" };
  const row = { code, pillar: "eid", label, outcomes: ["did_it", "explained", "declined"], first: [], unit: "people" };
  phone.server.put("service", { ...row, order: 1, ...OFFERED, ...changes });
  await phone.sync();
}

describe("a service that is switched off", () => {
  beforeEach(async () => {
    phone = await readyPhone();
  });

  test("is not offered any more, and is again once it is on", async () => {
    assert.ok(codesIn(await phone.get(FORM)).includes("vneid_install"));
    await change({ active: false });
    assert.ok(!codesIn(await phone.get(FORM)).includes("vneid_install"));
    const { quick } = (await phone.get(QUICK)).context;
    assert.ok(!quick.pillars.flatMap(({ services }) => services).some(({ code }) => code === "vneid_install"));
    await change({});
    assert.ok(codesIn(await phone.get(FORM)).includes("vneid_install"));
  });

  test("is not set in Ghi nhanh any more", async () => {
    await saveSetting({ service: ["vneid_install"], outcome: ["did_it"] });
    const { action, id } = (await phone.get(QUICK)).context.rows[0];
    await change({ active: false });
    assert.equal((await phone.post(action, { id, result: "helped" })).status, 422);
    await change({});
    assert.notEqual((await phone.post(action, { id, result: "helped" })).status, 422);
  });

  test("stays in the form of a visit that has it, with its label everywhere", async () => {
    await phone.post(FORM, visitFields());
    await change({ active: false });
    const edit = await phone.get(`/field/visits/${visitFields().id}/edit`);
    const choice = choicesIn(edit).find(({ code }) => code === "vneid_install");
    assert.deepEqual([choice.label, choice.chosen], ["Cài VNeID", true]);
    putVisit(phone, "v1");
    await phone.sync();
    const { visits } = (await phone.get("/field/households/h12")).context;
    assert.deepEqual(visits.at(-1).services, ["Cài VNeID: Tự làm được, 2 người"]);
  });

  for (const [days, offered] of [
    [{ first_day: "2026-11-24" }, true],
    [{ first_day: "2026-11-25" }, false],
    [{ last_day: "2026-11-24" }, true],
    [{ last_day: "2026-11-23" }, false],
    [{ first_day: "2026-11-01", last_day: "2026-11-30" }, true],
  ]) {
    test(`with ${JSON.stringify(days)} it is ${offered ? "" : "not "}offered on 24 November`, async () => {
      await change(days);
      assert.equal(codesIn(await phone.get(FORM)).includes("vneid_install"), offered);
    });
  }
});
