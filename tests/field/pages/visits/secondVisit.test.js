// A household that was recorded today: another visit asks once, whoever recorded the first one, and loses nothing typed.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { render as renderLater } from "../../../../static/dist/field/laterTemplates.js";
import { render } from "../../../../static/dist/field/templates.js";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import {
  endless,
  lansPhone,
  putReturnedVisit,
  putVisit,
  readyPhone,
  saveSetting,
  unloadable,
  visitFields,
} from "../../support/pageHarness.js";
import { newId, record, save } from "../../support/phone.js";

const FORM = "/field/households/h12/visit";
const QUICK = "/field/households/quick";
const TODAY = { occurred_at: "2026-11-24T02:15:00Z" };
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const queued = () => outbox.queuedOperations("lan");
const typed = () =>
  visitFields({ note: "Bà cụ hỏi thêm", service: ["vneid_install", "vietqr"], "outcome-vietqr": "explained" });
const rowOf = ({ context }, id) => context.rows.find(({ key }) => key === id);

beforeEach(async () => {
  phone = await readyPhone();
  Object.assign(phone, { render, renderLater });
});

describe("a second visit of today", () => {
  test("is asked about: what was recorded, when and by whom; only one's own can be corrected", async () => {
    putVisit(phone, "v1", { ...TODAY, services: [{ code: "bills", outcome: "explained", people: 1 }] });
    await phone.sync();
    const { data } = await record("lan", "h12", { result: "not_home", services: [] }, { at: "2026-11-24T02:40:00Z" });
    const { location } = await phone.post(FORM, typed());
    assert.equal(location, `${FORM}/again`);
    assert.equal((await queued()).length, 1);
    const { text, html } = await phone.get(location);
    for (const said of [
      "Hộ này đã ghi hôm nay",
      "Đã hỗ trợ: Trả điện, nước, học phí 09:15 · Hoàng Thị Mai",
      "Vắng nhà 09:40 · Mình ghi",
    ])
      assert.ok(text.includes(said), said);
    assert.deepEqual(
      [...html.matchAll(/href="(\/field\/visits\/[^"]*)"/g)].map(([, href]) => href),
      [`/field/visits/${data.id}/edit`],
    );
    assert.ok(html.includes(`href="${FORM}"`), "back");
  });

  test("is saved with everything that was typed, at [Ghi thêm lượt nữa]", async () => {
    await record("lan", "h12", {}, { at: TODAY.occurred_at });
    const { status, location } = await phone.saveVisit(FORM, typed());
    assert.deepEqual([status, location], [303, `/field/visits/${typed().id}/saved`]);
    const { op_id, data } = (await queued()).at(-1);
    assert.deepEqual([op_id, data.note, data.services.length], [typed().id, "Bà cụ hỏi thêm", 2]);
    assert.equal(await drafts.loadDraft("lan", "visit:new:h12"), null);
  });

  test("stays a listed draft on the way to what was recorded, and back", async () => {
    const { data } = await record("lan", "h12", {}, { at: TODAY.occurred_at });
    await phone.post(FORM, typed());
    await phone.get(`/field/visits/${data.id}/edit`);
    assert.match((await phone.get("/field/")).text, /Đang ghi dở \(1\) 12 · Nguyễn Văn Đức/);
    const { context } = await phone.get(FORM);
    assert.deepEqual([context.id, context.note, context.resumed], [typed().id, "Bà cụ hỏi thêm", true]);
  });

  test("is asked about once, and again when another one has come since", async () => {
    await record("lan", "h12", {}, { at: TODAY.occurred_at });
    await phone.post(FORM, typed());
    const { again } = (await phone.get(FORM)).context;
    putVisit(phone, "v1", { occurred_at: "2026-11-24T02:50:00Z" });
    await phone.sync();
    assert.equal((await phone.post(FORM, { ...typed(), again })).location, `${FORM}/again`);
    const { context } = await phone.get(FORM);
    assert.equal(context.again, "v1");
    assert.equal((await phone.post(FORM, { ...typed(), again: context.again })).location.endsWith("/saved"), true);
  });

  test("is not asked about when the same form is saved again", async () => {
    await phone.post(FORM, typed());
    await phone.post(FORM, typed());
    await phone.post(FORM, { ...typed(), note: "Thêm" });
    assert.deepEqual(
      (await queued()).map(({ type }) => type),
      ["visit.record", "visit.amend"],
    );
  });

  test("is not asked about on a phone that has not stored the page that asks: it is saved", {
    timeout: 20_000,
  }, async () => {
    for (const loadLater of [unloadable, endless]) {
      phone = await readyPhone();
      await record("lan", "h12", {}, { at: TODAY.occurred_at });
      phone.restartWith(loadLater);
      assert.equal((await phone.post(FORM, typed())).location, `/field/visits/${typed().id}/saved`);
    }
  });

  test("that finds no room for its draft says that it is not saved", async () => {
    await record("lan", "h12", {}, { at: TODAY.occurred_at });
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args) {
      if (this.name === "drafts") throw new DOMException("full", "QuotaExceededError");
      return put.apply(this, args);
    };
    const answer = await phone.post(FORM, typed()).finally(() => {
      IDBObjectStore.prototype.put = put;
    });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /Chưa lưu được\. Những gì vừa nhập vẫn còn ở đây\./);
    assert.equal(answer.context.note, "Bà cụ hỏi thêm");
  });

  test("of a page that is reached again leads to the form, once there is nothing to ask", async () => {
    assert.equal((await phone.get(`${FORM}/again`)).location, FORM);
    await record("lan", "h12", {}, { at: TODAY.occurred_at });
    assert.equal((await phone.get(`${FORM}/again`)).location, FORM);
  });
});

test("what was yesterday, withdrawn, returned, refused or dropped asks nothing", async () => {
  putVisit(phone, "v1", { occurred_at: "2026-11-23T16:59:00Z" });
  putReturnedVisit(phone, "v2", "missing_information", TODAY);
  await phone.sync();
  const withdrawn = await record("lan", "h12", {}, { at: TODAY.occurred_at });
  await save("lan", "visit.withdraw", { id: withdrawn.data.id }, { at: TODAY.occurred_at });
  phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: [] });
  await record("lan", "h12", {}, { at: TODAY.occurred_at });
  await phone.sync();
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const dropped = await record("lan", "h12", {}, { at: TODAY.occurred_at });
  await phone.sync();
  phone.server.drop(dropped.op_id);
  await phone.sync();
  assert.equal((await phone.post(FORM, typed())).location, `/field/visits/${typed().id}/saved`);
});

describe("a tap of Ghi nhanh on a household of today", () => {
  beforeEach(async () => {
    phone = await lansPhone();
    Object.assign(phone, { render, renderLater });
    putVisit(phone, "v1", TODAY);
    await phone.sync();
    await saveSetting({ service: ["vietqr"], outcome: ["did_it"] });
  });

  test("asks in its row, where a second tap does nothing; a tap on [Ghi thêm] records, and Hoàn tác takes it back", async () => {
    const { action, id } = rowOf(await phone.get(QUICK), "h12");
    const answer = await phone.post(action, { id, result: "helped" });
    const row = rowOf(answer, "h12");
    assert.equal(row.asked.text, "Đã hỗ trợ: Cài VNeID · 09:15 · Hoàng Thị Mai");
    assert.match(answer.html, /aria-label="Ghi thêm lượt nữa 12 · Nguyễn Văn Đức"/);
    assert.doesNotMatch(answer.html, /aria-label="Đã gặp 12 · Nguyễn Văn Đức"/);
    assert.deepEqual(await queued(), []);
    assert.equal(rowOf(answer, "h14").asked, null);
    assert.doesNotMatch(answer.html, /data-live/, "an exchange does not take the question away");

    const saved = await phone.post(row.action, { id: row.id, again: row.asked.again, result: row.asked.result });
    const { data } = (await queued())[0];
    assert.deepEqual([data.household_id, data.result, data.services[0].code], ["h12", "helped", "vietqr"]);
    const { mark } = rowOf(saved, "h12");
    const undone = await phone.post(mark.undo, { id: newId() });
    assert.equal((await queued())[1].type, "visit.withdraw");
    assert.deepEqual([rowOf(undone, "h12").mark, rowOf(undone, "h12").asked], [null, null]);
  });

  test("is forgotten with the page", async () => {
    const { action, id } = rowOf(await phone.get(QUICK), "h12");
    await phone.post(action, { id, result: "not_home" });
    assert.equal(rowOf(await phone.get(QUICK), "h12").asked, null);
  });
});

describe("what is begun at a household", () => {
  const begun = ({ context }) => rowOf({ context }, "h12").drafts.map(({ href, what }) => [href, what]);

  test("is said in its row, with the way to it, and not in that of another", async () => {
    const { data } = await record("lan", "h12");
    await drafts.saveDraft("lan", "visit:new:h12", { id: newId(), note: "Dở" });
    await drafts.saveDraft("lan", "household:edit:h12", { id: newId() });
    await drafts.saveDraft("lan", `visit:edit:${data.id}`, { id: newId() });
    await drafts.saveDraft("lan", "household:new", { id: newId() });
    for (const address of ["/field/households", QUICK]) {
      const answer = await phone.get(address);
      assert.deepEqual(begun(answer).sort(), [
        ["/field/households/h12/edit", "Sửa thông tin hộ"],
        ["/field/households/h12/visit", "Lượt thăm"],
        [`/field/visits/${data.id}/edit`, "Sửa lượt thăm"],
      ]);
      assert.deepEqual(rowOf(answer, "h14").drafts, []);
      assert.match(answer.text, /Đang ghi dở: Lượt thăm/);
    }
    const { html, text } = await phone.get("/field/households/h12");
    assert.ok(html.includes(`href="/field/visits/${data.id}/edit"`));
    assert.match(text, /Đang ghi dở: Sửa lượt thăm/);
    assert.doesNotMatch((await phone.get("/field/households/h14")).text, /Đang ghi dở/);
  });

  test("is said in the row of the household that it was merged into", async () => {
    await drafts.saveDraft("lan", "visit:new:h14", { id: newId(), note: "Dở" });
    phone.server.tombstone("household", "h14", "dong", "h12");
    await phone.sync();
    assert.deepEqual(begun(await phone.get("/field/households")), [["/field/households/h14/visit", "Lượt thăm"]]);
  });

  test("and saved or discarded is not said any more", async () => {
    await drafts.saveDraft("lan", "visit:new:h12", typed());
    await phone.post(FORM, typed());
    assert.deepEqual(begun(await phone.get("/field/households")), []);
  });
});
