// What the commune has each household asked once: one tap on its page.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { lansPhone, visitFields } from "../../support/pageHarness.js";

const BOTH = ["smart_device", "business"];
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await lansPhone();
  phone.server.questions = BOTH;
  await phone.sync();
  phone.offline = true;
});

const pageOf = async (address) => (await phone.get(address)).context;
const asked = ({ questions }) => questions.map(({ fact }) => fact);
const answers = async () =>
  (await outbox.queuedOperations("lan")).filter(({ type }) => type === "household.amend").map(({ data }) => data);

/** Taps an answer of the question on the page of household 12; where it leads to. */
async function tap(context, fact, value) {
  const { action, id } = context.questions.find((one) => one.fact === fact);
  return (await phone.post(action, { id, value })).location;
}

const PAGE = "/field/households/h12";

test("one tap answers, once", async () => {
  const context = await pageOf(PAGE);
  assert.deepEqual(asked(context), BOTH);
  assert.notEqual(context.questions[0].id, context.questions[1].id);
  assert.equal(await tap(context, "smart_device", "no"), `${PAGE}?done=saved`);
  await tap(context, "smart_device", "no");
  assert.deepEqual(asked(await pageOf(PAGE)), ["business"]);
  assert.deepEqual(await answers(), [{ id: "h12", base_version: 1, smart_device: "no" }]);
});

test("an answer survives a restart without a network, is sent once, and stays answered", async () => {
  await tap(await pageOf(PAGE), "smart_device", "no");
  phone.restart();
  assert.deepEqual(asked(await pageOf(PAGE)), ["business"]);
  phone.offline = false;
  await phone.sync();
  await phone.sync();
  assert.deepEqual(await answers(), []);
  assert.equal(phone.server.row("household", "h12").version, 2);
  const { questions, facts, step } = await pageOf(PAGE);
  assert.deepEqual([asked({ questions }), step], [["business"], null]);
  assert.deepEqual(
    facts.map(({ text, change }) => [text, change]),
    [["Thiết bị thông minh: Không", "Sửa thành: Có"]],
  );
});

test("nobody is asked at a household that has left, or what the commune does not want", async () => {
  assert.deepEqual(asked(await pageOf("/field/households/h12")), BOTH);
  await phone.post("/field/households/h12/state/moved", { id: "s1" });
  assert.deepEqual(asked(await pageOf("/field/households/h12")), []);
  phone.offline = false;
  phone.server.questions = undefined;
  await phone.sync();
  assert.deepEqual(asked(await pageOf("/field/households/h14")), []);
});

test("what another phone has answered is not asked again, and a wrong answer is changed on the household's page", async () => {
  phone.server.household("h14", { house_no: "14", head_name: "Trần Thị Mai", version: 2, business: "yes" });
  phone.offline = false;
  await phone.sync();
  const { questions, facts } = await pageOf("/field/households/h14");
  assert.deepEqual(asked({ questions }), ["smart_device"]);
  const [{ action, id, value }] = facts;
  const { location } = await phone.post(action, { id, value });
  assert.equal(location, "/field/households/h14?done=saved");
  assert.equal((await pageOf(location)).facts[0].text, "Hộ kinh doanh: Không");
  assert.deepEqual(await answers(), [{ id: "h14", base_version: 2, business: "no" }]);
});

test("what there is not to ask or to answer is stored nowhere", async () => {
  for (const [fact, value] of [
    ["smart_device", "maybe"],
    ["smart_device", ""],
    ["head_name", "yes"],
    ["toString", "yes"],
  ]) {
    const { status } = await phone.post(`/field/households/h12/facts/${fact}`, { id: "a1", value });
    assert.equal(status, 404, `${fact} ${value}`);
  }
  assert.deepEqual(await answers(), []);
});

test("the form of a visit asks nothing of it", async () => {
  assert.doesNotMatch(JSON.stringify(await pageOf("/field/households/h12/visit")), /facts|smart_device/);
  assert.equal((await phone.post("/field/households/h12/visit", visitFields())).status, 303);
});
