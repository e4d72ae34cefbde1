// Every page of a revoked phone says what happened, what is still unsent, and whom to ask.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { render as renderLater } from "../../../../static/dist/field/laterTemplates.js";
import { render } from "../../../../static/dist/field/templates.js";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { readyPhone, visitFields } from "../../support/pageHarness.js";
import { record } from "../../support/phone.js";

const REVOKED = "Máy này đã bị thu hồi. Danh sách hộ đã xóa khỏi máy";
const ASK = "Cần dùng lại máy này thì hỏi cán bộ.";
const NEW_HOUSEHOLD = { head_name: "Vũ Thị Thắm", house_no: "7", alley: "", phone: "" };
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const revoke = async () => {
  phone.server.suspended = true;
  await phone.sync();
};

beforeEach(async () => {
  phone = await readyPhone();
  phone.render = render;
  phone.renderLater = renderLater;
});

describe("a revoked phone", () => {
  for (const address of ["/field/", "/field/log", "/field/households", "/field/households/quick"]) {
    test(`says so on ${address}, and does not offer to add households`, async () => {
      await revoke();
      const { status, text, html } = await phone.get(address);
      assert.equal(status, 200);
      for (const words of [REVOKED, ASK]) assert.ok(text.includes(words), text);
      assert.doesNotMatch(text, /Chưa có hộ nào|thêm hộ|0\/0/i);
      assert.doesNotMatch(html, /\/field\/households\/(new|quick)/);
    });
  }

  test("says how many visits are unsent", async () => {
    await revoke();
    assert.match((await phone.get("/field/households")).text, /Mọi lượt đã ghi đều đã gửi về\./);
    await record("lan", "h12");
    assert.match((await phone.get("/field/households")).text, /Còn 1 lượt chưa gửi\./);
  });

  for (const address of [
    "/field/households/new",
    "/field/households/h12",
    "/field/households/h12/edit",
    "/field/households/h12/visit",
  ]) {
    test(`shows no form that could not be saved at ${address}`, async () => {
      await revoke();
      const { status, text, html } = await phone.get(address);
      assert.deepEqual([status, html.includes("<form")], [200, false]);
      assert.ok(text.includes(REVOKED), text);
    });
  }

  test("saves a form that was open, and sends it: the commune decides", async () => {
    await revoke();
    assert.equal((await phone.post("/field/households/h12/visit", visitFields())).status, 303);
    const [{ op_id }] = await outbox.queuedOperations("lan");
    assert.match((await phone.get("/field/households")).text, /Còn 1 lượt chưa gửi\./);
    await phone.sync();
    assert.deepEqual([...phone.server.state.ledger], [[op_id, "quarantined"]]);
  });

  test("lists what was recorded without links that lead nowhere", async () => {
    await record("lan", "h12");
    await revoke();
    const { context, html } = await phone.get("/field/log");
    assert.deepEqual(
      context.days[0].rows.map(({ href }) => href),
      [""],
    );
    assert.doesNotMatch(html, /href="\/field\/(visits|households)\//);
  });

  test("offers to discard a refused operation, but not to correct it", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: [] });
    const { op_id } = await record("lan", "h12");
    await phone.sync();
    await revoke();
    const [{ edit, discard }] = (await phone.get("/field/log")).context.fixes;
    assert.deepEqual([edit, discard], ["", `/field/fixes/${op_id}/discard`]);
  });

  test("shows no separator where it has no hamlets", async () => {
    await revoke();
    assert.doesNotMatch((await phone.get("/field/account")).text, /0900000001 ·/);
  });

  test("that is allowed again shows its list", async () => {
    await revoke();
    phone.server.suspended = false;
    await phone.sync();
    assert.equal((await phone.get("/field/households")).context.total, "4");
  });
});

test("an account without a hamlet reads that it has none", async () => {
  phone.server.hamlets.clear();
  await phone.sync();
  assert.doesNotMatch((await phone.get("/field/households")).text, /0\/0/);
  const { status, context } = await phone.post("/field/households/new", NEW_HOUSEHOLD);
  assert.deepEqual([status, context.errors], [422, [{ field: "", text: "Chưa được giao thôn nào. Hỏi cán bộ." }]]);
});

test("a visit whose household has left the list can be corrected by choosing another household", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "household_unknown", fields: ["household_id"] });
  const { data } = await record("lan", "h12");
  phone.server.tombstone("household", "h12", "dong");
  await phone.sync();
  phone.server.decide = () => null;
  const { status, context } = await phone.get(`/field/visits/${data.id}/edit`);
  assert.deepEqual([status, context.household.title], [200, "Hộ không còn trong danh sách"]);
  await phone.edit(data.id, { household_id: "h14" });
  assert.equal((await outbox.queuedOperations("lan"))[0].data.household_id, "h14");
});
