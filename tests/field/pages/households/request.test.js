// What a household asks about its data: saved on the phone, sent once, and in Đã ghi with its step.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { readyPhone } from "../../support/pageHarness.js";
import { newId } from "../../support/phone.js";

const FORM = "/field/households/h12/request";
const ID = "60000000-0000-4000-8000-000000000001";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const queued = () => outbox.queuedOperations("lan");
/** The rows of Đã ghi: where they lead, label, summary, step and reason. */
async function logRows() {
  const { context } = await phone.get("/field/log");
  return context.days.flatMap(({ rows }) =>
    rows.map(({ href, label, summary, step }) => [href, label, summary, step.kind, step.why]),
  );
}
const row = (step, why = "") => [
  "/field/households/h12",
  "12 · Nguyễn Văn Đức",
  "Bà con yêu cầu: Xóa dữ liệu",
  step,
  why,
];

describe("a household's request about its data", () => {
  beforeEach(async () => {
    phone = await readyPhone();
  });

  test("is on the phone before the page says so, and in the log with its step", async () => {
    const { location } = await phone.post(FORM, { id: ID, kind: "erase" });
    const [{ op_id, type, data }] = await queued();
    assert.deepEqual([op_id, type], [ID, "request.record"]);
    assert.deepEqual(data, { id: ID, household_id: "h12", kind: "erase" });
    const { context } = await phone.get(location);
    assert.equal(context.message, "Đã ghi yêu cầu. Cán bộ trả lời trong 2 ngày làm việc.");
    assert.deepEqual(await logRows(), [row("queued")]);
    await phone.sync();
    assert.deepEqual(await queued(), []);
    assert.equal(phone.server.applied.get(ID), 1);
    assert.deepEqual(await logRows(), [row("sent")]);
  });

  test("is acknowledged where the first answer was lost", async () => {
    await phone.post(FORM, { id: ID, kind: "erase" });
    phone.server.process((await queued())[0]);
    await phone.sync();
    assert.deepEqual(await queued(), []);
    assert.equal(phone.server.applied.get(ID), 1);
    assert.deepEqual(await logRows(), [row("sent")]);
  });

  test("is saved once by two taps, and another choice is another request", async () => {
    for (const kind of ["view", "view", "copy"]) await phone.post(FORM, { id: ID, kind });
    const saved = (await queued()).map(({ op_id, data }) => [op_id === data.id, data.kind]);
    assert.deepEqual(saved, [
      [true, "view"],
      [true, "copy"],
    ]);
  });

  test("has a kind, and none is chosen before", async () => {
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.kinds.length, context.kinds.filter(({ chosen }) => chosen)], [8, []]);
    const { status, context: wrong } = await phone.post(FORM, { id: newId(), kind: "" });
    assert.deepEqual([status, wrong.kind_error], [422, "Chọn một yêu cầu."]);
    assert.deepEqual(await queued(), []);
  });

  test("waits, is dropped or refused with the reason, and what is refused has no form to mend it", async () => {
    for (const [decision, step, why] of [
      [{ status: "quarantined", code: "waiting" }, "waiting", /Hộ này chưa có ở nơi nhận/],
      [{ status: "quarantined", code: "dropped" }, "dropped", /Cán bộ không nhận yêu cầu này/],
    ]) {
      phone = await readyPhone();
      phone.server.decide = () => decision;
      await phone.post(FORM, { id: ID, kind: "erase" });
      await phone.sync();
      const [[, , , kind, reason]] = await logRows();
      assert.equal(kind, step);
      assert.match(reason, why);
    }
    phone = await readyPhone();
    phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: ["kind"] });
    await phone.post(FORM, { id: ID, kind: "erase" });
    await phone.sync();
    const { context } = await phone.get("/field/log");
    const [{ label, edit, discard }] = context.fixes;
    assert.deepEqual([label, edit, discard], ["12 · Nguyễn Văn Đức", "", `/field/fixes/${ID}/discard`]);
    assert.equal((await phone.get(discard)).status, 200);
  });

  test("that finds no room keeps its choice on screen", async () => {
    const { add } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = function (...args) {
      if (this.name === "outbox") throw new DOMException("full", "QuotaExceededError");
      return add.apply(this, args);
    };
    const answer = await phone.post(FORM, { id: ID, kind: "object" }).finally(() => {
      IDBObjectStore.prototype.add = add;
    });
    assert.equal(answer.status, 422);
    assert.match(answer.context.failed[0].text, /Chưa lưu được\. Những gì vừa nhập vẫn còn ở đây\./);
    const chosen = answer.context.kinds.filter((kind) => kind.chosen);
    assert.deepEqual(
      chosen.map(({ value }) => value),
      ["object"],
    );
  });

  test("is of a household on this phone", async () => {
    assert.equal((await phone.get("/field/households/nobody/request")).status, 404);
  });
});
