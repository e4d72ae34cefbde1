import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import {
  accounts,
  LAN,
  lansPhone,
  OFFERED,
  putVisit,
  readyPhone,
  saveSetting,
  visitFields,
} from "../../support/pageHarness.js";
import { signIn } from "../../support/phone.js";

const QUICK = "/field/households/quick";
const ID = "40000000-0000-4000-8000-000000000001";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const queued = () => outbox.queuedOperations("lan");
const set = (service, outcome) => saveSetting({ service: [service], outcome: [outcome] });
const rowOf = ({ context }, id) => context.rows.find(({ key }) => key === id);
/** Taps a button in a household's row of the list at `address`. */
const tap = async (household, result, address = QUICK) => {
  const { action, id } = rowOf(await phone.get(address), household);
  return phone.post(action, { id, result }, address);
};

beforeEach(async () => {
  phone = await readyPhone();
});

describe("a setting of an earlier day", () => {
  test("is not used any more: a service has to be chosen first", async () => {
    await set("vietqr", "explained");
    phone.now = new Date("2026-11-24T16:59:00.000Z"); // 23:59 in Vietnam
    assert.equal((await phone.get(QUICK)).context.quick.outcomes.length > 0, true);
    phone.now = new Date("2026-11-24T17:00:00.000Z");
    const { quick } = (await phone.get(QUICK)).context;
    assert.deepEqual([quick.outcomes, quick.service, quick.is_set], [[], "", false]);
    assert.equal((await tap("h12", "helped")).status, 422);
    assert.deepEqual(await queued(), []);
    await tap("h12", "not_home");
    assert.equal((await queued()).length, 1);
  });
});

describe("one tap", () => {
  test("on Đã gặp records the service and outcome that are set, for one person", async () => {
    await set("vietqr", "explained");
    const answer = await tap("h12", "helped");
    const [{ op_id, type, v, at, data }] = await queued();
    assert.deepEqual([answer.status, type, v, at], [200, "visit.record", 2, "2026-11-24T03:00:00.000Z"]);
    assert.deepEqual(data, {
      id: op_id,
      household_id: "h12",
      result: "helped",
      services: [{ code: "vietqr", outcome: "explained", people: 1 }],
      note: "",
      follow_up_on: null,
      quick: true,
    });
  });

  test("on Vắng records that nobody was home, without a setting", async () => {
    const answer = await tap("h12", "not_home");
    const [{ data }] = await queued();
    assert.deepEqual([answer.status, data.result, data.services], [200, "not_home", []]);
  });

  test("shows the same list, with the row saved and a way to undo it", async () => {
    const answer = await tap("h12", "not_home", `${QUICK}?q=ngo%203&order=name`);
    assert.deepEqual(
      answer.context.rows.map(({ key, touched }) => [key, touched]),
      [
        ["h16", false],
        ["h12", true],
        ["h14", false],
      ],
    );
    const { mark, line } = rowOf(answer, "h12");
    assert.deepEqual([mark.step.text, line], ["Đã lưu trên máy", "Vắng nhà lúc 10:00"]);
    assert.equal(rowOf(answer, "h14").mark, null);
  });

  test("is saved once if it is done twice, as the first tap", async () => {
    await set("vietqr", "explained");
    const { action, id } = rowOf(await phone.get(QUICK), "h12");
    await Promise.all([
      phone.post(action, { id, result: "helped" }),
      phone.post(action, { id, result: "helped" }),
      phone.post(action, { id, result: "not_home" }),
    ]);
    assert.deepEqual(
      (await queued()).map(({ data }) => data.result),
      ["helped"],
    );
  });

  test("leaves the household in the list, whatever the filter", async () => {
    await set("vietqr", "explained");
    const address = `${QUICK}?show=unvisited`;
    const before = (await phone.get(address)).context.rows.map(({ key }) => key);
    const { context } = await tap("h12", "helped", address);
    assert.deepEqual(
      context.rows.map(({ key }) => key),
      before,
    );
    assert.deepEqual([context.filters[0].count, context.met], ["3", "1"]);
  });

  test("leaves the list as long as it has grown since its row was drawn", async () => {
    phone = await lansPhone();
    for (let number = 100; number < 165; number += 1) phone.server.household(`n${number}`);
    await phone.sync();
    const address = `${QUICK}?page=2`;
    const { action, id } = rowOf(await phone.get(QUICK), "n101");
    const { context } = await phone.post(action, { id, result: "not_home" }, address);
    assert.deepEqual([context.rows.length, context.quick.autofocus], [40, false]);
    const { undo } = rowOf({ context }, "n101").mark;
    assert.equal((await phone.post(undo, { id: ID }, address)).context.rows.length, 40);
  });

  test("says Đã gửi once the server has it", async () => {
    await tap("h12", "not_home");
    await phone.sync();
    const { mark } = rowOf(await phone.get(QUICK), "h12");
    assert.deepEqual([mark.step.kind, mark.step.text], ["sent", "Đã gửi 16:40"]);
    assert.notEqual(mark.undo, "");
  });
});

describe("Đã gặp without a setting", () => {
  for (const [name, setting, place, sentence] of [
    ["nothing is set", null, "service_error", "Chọn một việc trước, rồi bấm Đã gặp."],
    ["the outcome is missing", ["vietqr", ""], "outcome_error", "Chọn kết quả của việc này, rồi bấm Đã gặp."],
    [
      "the catalog lost the service",
      ["old_service", "did_it"],
      "service_error",
      "Chọn một việc trước, rồi bấm Đã gặp.",
    ],
    ["the service has no such outcome", ["vietqr", "x"], "outcome_error", "Chọn kết quả của việc này, rồi bấm Đã gặp."],
  ]) {
    test(`is not saved, and the setting shows the error: ${name}`, async () => {
      if (setting) await set(...setting);
      const { status, context } = await tap("h12", "helped");
      assert.deepEqual([status, context.quick[place]], [422, sentence]);
      assert.deepEqual(await queued(), []);
    });
  }
});

describe("the setting", () => {
  test("has nothing preselected, and shows the outcomes once a service is chosen", async () => {
    const { quick } = (await phone.get(QUICK)).context;
    const rest = quick.pillars.flatMap((pillar) => pillar.services);
    assert.deepEqual([quick.services.length, rest.length, quick.service, quick.outcomes], [5, 2, "", []]);
    await set("vietqr", "");
    const { outcomes, is_set } = (await phone.get(QUICK)).context.quick;
    assert.deepEqual([outcomes.length, outcomes.some(({ chosen }) => chosen), is_set], [8, false, false]);
  });

  test("is one line once both are chosen, and a row says what was recorded today", async () => {
    await set("vietqr", "explained");
    const answer = await tap("h12", "helped");
    const { quick } = answer.context;
    assert.deepEqual([quick.is_set, quick.text], [true, "Chuyển khoản, quét VietQR · Chỉ cách, chưa làm"]);
    const { line, recorded } = rowOf(answer, "h12");
    assert.deepEqual([line, recorded], ["Đã gặp lúc 10:00", "Chuyển khoản, quét VietQR"]);
    assert.equal(rowOf(await phone.get("/field/households"), "h12").recorded, recorded, "in the list too");
  });

  test("offers only the outcomes that the service allows", async () => {
    const row = { pillar: "eid", label: { vi: "Làm mức 2", en: "" }, order: 6, unit: "people", ...OFFERED };
    phone.server.put("service", {
      ...row,
      code: "vneid_level_2",
      outcomes: ["referred", "declined"],
      first: ["declined"],
    });
    await phone.sync();
    await set("vneid_level_2", "did_it");
    const { outcomes } = (await phone.get(QUICK)).context.quick;
    assert.deepEqual(
      outcomes.map(({ value, chosen }) => [value, chosen]),
      [
        ["declined", false],
        ["referred", false],
      ],
    );
  });

  test("is stored for Lan, and for nobody else", async () => {
    await set("vietqr", "explained");
    await accounts.closeAccount();
    await signIn(LAN);
    const { quick } = (await phone.get(QUICK)).context;
    assert.equal(quick.outcomes.find(({ chosen }) => chosen).value, "explained");
    assert.equal(await drafts.loadDraft("nam", "quick"), null);
  });
});

describe("Hoàn tác", () => {
  test("withdraws the visit, and the row can be tapped again", async () => {
    await tap("h12", "not_home");
    const { mark, id } = rowOf(await phone.get(QUICK), "h12");
    const answer = await phone.post(mark.undo, { id });
    assert.deepEqual(
      (await queued()).map(({ type }) => type),
      ["visit.record", "visit.withdraw"],
    );
    const row = rowOf(answer, "h12");
    assert.deepEqual([row.mark, row.touched, row.line], [null, true, "Chưa gặp"]);
    await phone.post(row.action, { id: row.id, result: "not_home" });
    assert.equal((await queued()).length, 3);
  });

  test("done twice withdraws once", async () => {
    await tap("h12", "not_home");
    const { mark, id } = rowOf(await phone.get(QUICK), "h12");
    await phone.post(mark.undo, { id });
    assert.equal((await phone.post(mark.undo, { id })).status, 200);
    assert.equal((await queued()).length, 2);
  });

  test("is not offered for a visit with more content than a tap, nor for a teammate's", async () => {
    await phone.post("/field/households/h14/visit", visitFields({ id: ID, note: "Hẹn con trai" }));
    putVisit(phone, "v1", { household_id: "h16", occurred_at: phone.now.toISOString() });
    await phone.sync();
    const answer = await phone.get(QUICK);
    assert.deepEqual([rowOf(answer, "h14").mark, rowOf(answer, "h16").mark], [null, null]);
  });

  test("is not offered after an hour, when the household can be marked again", async () => {
    await tap("h12", "not_home");
    phone.now = new Date("2026-11-24T04:01:00.000Z");
    const answer = await phone.get(`${QUICK}?show=follow_up`);
    assert.equal(rowOf(answer, "h12").mark, null);
    const { context } = await tap("h12", "not_home");
    const { id, action, asked } = rowOf({ context }, "h12");
    assert.deepEqual([asked.text, (await queued()).length], ["Vắng nhà · 10:00 · Mình ghi", 1], "asked once");
    await phone.post(action, { id, again: asked.again, result: asked.result });
    assert.deepEqual(
      (await queued()).map(({ data }) => data.result),
      ["not_home", "not_home"],
    );
  });

  test("is not offered after the commune has decided", async () => {
    phone = await lansPhone();
    const review = { state: "accepted", reason: "", field: "", note: "", at: "2026-11-24T02:59:00Z" };
    const changes = { recorded_by: "lan", result: "not_home", services: [], occurred_at: "2026-11-24T02:50:00Z" };
    putVisit(phone, "v1", { ...changes, review });
    await phone.sync();
    const { mark } = rowOf(await phone.get(QUICK), "h12");
    assert.deepEqual([mark.step.text, mark.undo], ["Đã duyệt", ""]);
  });
});

test("Ghi nhanh and Xong keep filter, order and search", async () => {
  const wish = "?q=ngo&show=unvisited&order=name";
  const { mode_href } = (await phone.get(`/field/households${wish}`)).context;
  assert.equal(mode_href, `${QUICK}${wish}`);
  const { context } = await phone.get(mode_href);
  assert.equal(context.mode_href, `/field/households${wish}`);
  assert.ok(context.filters.every(({ href }) => href.startsWith(`${QUICK}?q=ngo`)));
});

test("a household that moved away is found, but cannot be marked", async () => {
  phone.server.household("gone", { state: "moved", head_name: "Hứa Thị Bích" });
  await phone.sync();
  assert.equal(rowOf(await phone.get(`${QUICK}?q=bich`), "gone").action, "");
});
