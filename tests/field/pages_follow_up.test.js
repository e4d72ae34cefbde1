// Hẹn quay lại: a day, or a plain word that it is not known; and the household stands under Hẹn lại either way.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as outbox from "../../static/field/store/outbox.js";
import { filled, lansPhone, readyPhone, served } from "./pages_world.js";

const FORM = "/field/households/h12/visit";
const ID = "20000000-0000-4000-8000-000000000001";
const UNDATED = "Hẹn quay lại, chưa rõ ngày";
const COME_BACK = { result: "come_back", service: [] };
/** @type {import("./pages_world.js").Phone} */
let phone;

const queued = () => outbox.pending("lan");
const promised = async () => (await phone.get("/field/households?show=promised")).context;
const rowOf = ({ rows }) => rows.map(({ label, reach, line }) => [label, reach, line]);

beforeEach(async () => {
  phone = await readyPhone();
});

describe("Hẹn quay lại", () => {
  test("is not saved without a day, and says at its place what to do", async () => {
    const { status, context } = await phone.post(FORM, filled(COME_BACK));
    const sentence = "Chọn ngày quay lại, hoặc bấm Chưa rõ ngày.";
    assert.deepEqual([status, context.follow_up_error], [422, sentence]);
    assert.deepEqual(context.errors, [{ field: "follow_up", text: sentence }]);
    assert.deepEqual([context.follow_up_open, context.come_back], [true, true]);
    assert.deepEqual(await queued(), []);
  });

  test("is saved with Chưa rõ ngày, and the household stands under Hẹn lại", async () => {
    assert.equal((await phone.post(FORM, filled({ ...COME_BACK, follow_up: "unknown" }))).status, 303);
    const [{ data }] = await queued();
    assert.deepEqual([data.result, data.follow_up_on], ["come_back", null]);
    for (const when of ["waiting", "sent"]) {
      const context = await promised();
      assert.deepEqual(rowOf(context), [["12 · Nguyễn Văn Đức", "promised", UNDATED]], when);
      assert.equal(context.filters.find(({ label }) => label === "Hẹn lại").count, "1");
      assert.deepEqual((await phone.get("/field/households/h12")).context.promises, [UNDATED]);
      await phone.sync();
    }
  });

  test("stands there no more once somebody was there again, whoever it was", async () => {
    await phone.post(FORM, filled({ ...COME_BACK, follow_up: "unknown" }));
    served(phone, "v2", { occurred_at: "2026-11-24T05:00:00Z" });
    await phone.sync();
    assert.deepEqual(rowOf(await promised()), []);
  });

  test("stands there as well where an older phone of the team saved it without a day", async () => {
    phone = await lansPhone();
    served(phone, "v1", { result: "come_back", services: [] });
    await phone.sync();
    assert.deepEqual(rowOf(await promised()), [["12 · Nguyễn Văn Đức", "promised", UNDATED]]);
  });

  test("stands there no more once the commune has found it twice, or sent it back", async () => {
    for (const state of ["duplicate", "returned"]) {
      phone = await lansPhone();
      const review = { state, reason: "other", field: "", note: "", at: null };
      served(phone, "v1", { result: "come_back", services: [], review });
      await phone.sync();
      assert.deepEqual(rowOf(await promised()), []);
    }
  });

  test("opened again says Chưa rõ ngày, and is saved so", async () => {
    await phone.post(FORM, filled({ ...COME_BACK, follow_up: "unknown" }));
    const { context } = await phone.get(`/field/visits/${ID}/edit`);
    assert.deepEqual([context.chosen_unknown, context.chosen_none, context.picked], [true, false, false]);
    await phone.edit(ID, { note: "Hỏi lại tuần sau" });
    const { note, follow_up_on } = (await queued()).at(-1).data;
    assert.deepEqual([note, follow_up_on], ["Hỏi lại tuần sau", null]);
  });

  test("with a day is due on it", async () => {
    await phone.post(FORM, filled({ ...COME_BACK, follow_up: "2026-11-25" }));
    assert.deepEqual(rowOf(await promised()), [["12 · Nguyễn Văn Đức", "promised", "Hẹn 25/11/2026"]]);
  });
});

test("with another result Chưa rõ ngày means no promise, also where it was tapped before", async () => {
  await phone.post(FORM, filled({ follow_up: "unknown" }));
  const [{ data }] = await queued();
  assert.deepEqual([data.result, data.follow_up_on], ["helped", null]);
  assert.deepEqual(rowOf(await promised()), []);
});

test("the chips stand under Kết quả where Hẹn quay lại is chosen, and at the end otherwise", async () => {
  phone.draw = (await import("../../static/dist/field/templates.js")).render;
  const order = (html) => ['id="result"', 'id="follow_up"', 'id="services"'].map((id) => html.indexOf(id));
  const [result, day, services] = order((await phone.post(FORM, filled(COME_BACK))).html);
  assert.ok(result < day && day < services);
  const [, last, before] = order((await phone.get(FORM)).html);
  assert.ok(before < last);
});
