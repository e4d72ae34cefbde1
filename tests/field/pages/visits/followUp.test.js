// Hẹn quay lại: with a date or with Chưa rõ ngày; in both cases the household is listed under Hẹn quay lại.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { lansPhone, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";

const FORM = "/field/households/h12/visit";
const ID = "20000000-0000-4000-8000-000000000001";
const UNDATED = "Hẹn quay lại, chưa rõ ngày";
const COME_BACK = { result: "come_back", service: [] };
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const queued = () => outbox.queuedOperations("lan");
const followUpList = async () => (await phone.get("/field/households?show=follow_up")).context;
const rowOf = ({ rows }) => rows.map(({ label, status, line }) => [label, status, line]);

beforeEach(async () => {
  phone = await readyPhone();
});

describe("Hẹn quay lại", () => {
  test("is not saved without a day, and the field says what to do", async () => {
    const { status, context } = await phone.post(FORM, visitFields(COME_BACK));
    const sentence = "Chọn ngày quay lại, hoặc bấm Chưa rõ ngày.";
    assert.deepEqual([status, context.follow_up_error], [422, sentence]);
    assert.deepEqual(context.errors, [{ field: "follow_up", text: sentence }]);
    assert.deepEqual([context.follow_up_open, context.come_back], [true, true]);
    assert.deepEqual(await queued(), []);
  });

  test("is saved with Chưa rõ ngày, and the household is listed under Hẹn quay lại", async () => {
    assert.equal((await phone.post(FORM, visitFields({ ...COME_BACK, follow_up: "unknown" }))).status, 303);
    const [{ data }] = await queued();
    assert.deepEqual([data.result, data.follow_up_on], ["come_back", null]);
    for (const when of ["waiting", "sent"]) {
      const context = await followUpList();
      assert.deepEqual(rowOf(context), [["12 · Nguyễn Văn Đức", "follow_up", UNDATED]], when);
      assert.equal(context.filters.find(({ label }) => label === "Hẹn quay lại").count, "1");
      assert.deepEqual((await phone.get("/field/households/h12")).context.follow_ups, [UNDATED]);
      await phone.sync();
    }
  });

  for (const [name, fields, summary] of [
    ["alone", { ...COME_BACK, follow_up: "2026-11-27" }, "Hẹn quay lại 27/11/2026"],
    ["without a day", { ...COME_BACK, follow_up: "unknown" }, UNDATED],
    ["beside help", { follow_up: "2026-11-27" }, "Đã hỗ trợ: Cài VNeID. Hẹn quay lại 27/11/2026"],
  ]) {
    test(`says its day once it is saved, and in Đã ghi: ${name}`, async () => {
      const { location } = await phone.post(FORM, visitFields(fields));
      assert.equal((await phone.get(location)).context.summary, summary);
      assert.equal((await phone.get("/field/log")).context.days[0].rows[0].summary, summary);
    });
  }

  test("is said in the form of the next visit, which asks for a new day if nobody is at home", async () => {
    assert.equal((await phone.get(FORM)).context.open_follow_up, "");
    await phone.post(FORM, visitFields({ ...COME_BACK, follow_up: "2026-11-27" }));
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.open_follow_up, context.follow_up_open], ["Hẹn 27/11/2026", false]);
    for (const [result, isAsked] of [
      ["not_home", true],
      ["helped", false],
    ]) {
      await drafts.saveDraft("lan", "visit:new:h12", { result: [result], follow_up: [""] });
      const { come_back, follow_up_open, chosen_none } = (await phone.get(FORM)).context;
      assert.deepEqual([come_back, follow_up_open, chosen_none], [isAsked, isAsked, true], result);
    }
  });

  test("is not listed there after the next visit, whoever made it", async () => {
    await phone.post(FORM, visitFields({ ...COME_BACK, follow_up: "unknown" }));
    putVisit(phone, "v2", { occurred_at: "2026-11-24T05:00:00Z", counted_on: "2026-11-24" });
    await phone.sync();
    assert.deepEqual(rowOf(await followUpList()), []);
  });

  test("is listed there too if an older build saved it without a day", async () => {
    phone = await lansPhone();
    putVisit(phone, "v1", { result: "come_back", services: [] });
    await phone.sync();
    assert.deepEqual(rowOf(await followUpList()), [["12 · Nguyễn Văn Đức", "follow_up", UNDATED]]);
  });

  test("is not listed there if the commune marked the visit as a duplicate or returned it", async () => {
    for (const state of ["duplicate", "returned"]) {
      phone = await lansPhone();
      const review = { state, reason: "other", field: "", note: "", at: null };
      putVisit(phone, "v1", { result: "come_back", services: [], review });
      await phone.sync();
      assert.deepEqual(rowOf(await followUpList()), []);
    }
  });

  test("shows Chưa rõ ngày when it is opened again, and is saved so", async () => {
    await phone.post(FORM, visitFields({ ...COME_BACK, follow_up: "unknown" }));
    const { context } = await phone.get(`/field/visits/${ID}/edit`);
    assert.deepEqual([context.chosen_unknown, context.chosen_none, context.chosen_pick], [true, false, false]);
    await phone.edit(ID, { note: "Hỏi lại tuần sau" });
    const { note, follow_up_on } = (await queued()).at(-1).data;
    assert.deepEqual([note, follow_up_on], ["Hỏi lại tuần sau", null]);
  });

  test("with a day is due on that day", async () => {
    await phone.post(FORM, visitFields({ ...COME_BACK, follow_up: "2026-11-25" }));
    assert.deepEqual(rowOf(await followUpList()), [["12 · Nguyễn Văn Đức", "follow_up", "Hẹn 25/11/2026"]]);
  });
});

test("with another result Chưa rõ ngày means no follow-up, even if it was tapped before", async () => {
  await phone.post(FORM, visitFields({ follow_up: "unknown" }));
  const [{ data }] = await queued();
  assert.deepEqual([data.result, data.follow_up_on], ["helped", null]);
  assert.deepEqual(rowOf(await followUpList()), []);
});

test("the days are below Kết quả if Hẹn quay lại is chosen, else at the end", async () => {
  phone.render = (await import("../../../../static/dist/field/templates.js")).render;
  const order = (html) => ['id="result"', 'id="follow_up"', 'id="services"'].map((id) => html.indexOf(id));
  const [result, day, services] = order((await phone.post(FORM, visitFields(COME_BACK))).html);
  assert.ok(result < day && day < services);
  const [, last, before] = order((await phone.get(FORM)).html);
  assert.ok(before < last);
});
