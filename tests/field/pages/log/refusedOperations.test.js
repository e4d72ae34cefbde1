// Refused operations are corrected, also with later amendments; and a form that the phone could not save stays filled.

import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";
import { interceptWrites, opIds, save, visit } from "../../support/phone.js";

const VISIT = "/field/households/h12/visit";
const ID = "20000000-0000-4000-8000-000000000001";
const AGREED = { consent_at: "2026-11-24T02:59:00.000Z", consent_way: "slip" };
const CONSENT = { at: AGREED.consent_at, way: "slip", wording_version: 1 };
const OTHER = ID.replace(/1$/, "2");
const FULL = "Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại.";
const STILL_HERE = "Chưa lưu được. Những gì vừa nhập vẫn còn ở đây.";
const inForm = (sentence) => (sentence === FULL ? `${STILL_HERE} ${FULL}` : sentence);
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

/** The server refuses what is queued, and operations on a record that it refused; then it accepts everything. */
const refuse = async (code) => {
  phone.server.decide = ({ type }) => ({
    status: "rejected",
    code: /record|add/.test(type) ? code : `${type.split(".")[0]}_unknown`,
    fields: [],
  });
  await phone.sync();
  phone.server.decide = () => null;
};
const errorTexts = ({ context }) => context.errors.map(({ text }) => text);
const newHousehold = (changes = {}) => ({ id: ID, head_name: "Vũ Thị Thắm", house_no: "", alley: "", ...changes });

beforeEach(async () => {
  phone = await readyPhone();
});

describe("correcting", () => {
  test("a refused visit with a later amendment is sent as one visit, as Lan amended it", async () => {
    await phone.post(VISIT, visitFields());
    await phone.post(`/field/visits/${ID}/edit`, visitFields({ id: OTHER, note: "thêm" }));
    await refuse("service_unknown");
    assert.equal((await opIds("lan", "fixes")).length, 2);
    const { context } = await phone.get(`/field/visits/${ID}/edit`);
    assert.deepEqual([context.note, context.marked_field], ["thêm", "services"]);
    await phone.post(`/field/visits/${ID}/edit`, visitFields({ id: context.id, note: "thêm" }));
    const [{ type, data }, ...more] = await outbox.queuedOperations("lan");
    assert.deepEqual([type, data.id, data.note, more.length], ["visit.record", ID, "thêm", 0]);
    assert.deepEqual(await opIds("lan", "fixes"), []);
  });

  test("a refused household with a later amendment is added as Lan amended it", async () => {
    const add = { id: ID, hamlet_id: "dong", head_name: "Vũ Thị Thắm", house_no: "", alley: "" };
    await save("lan", "household.add", { ...add, phone: "123", phone_consent: true }, { id: ID });
    await save("lan", "household.amend", { id: ID, base_version: 0, alley: "Ngõ 5" });
    await refuse("phone_invalid");
    const { context } = await phone.get(`/field/households/${ID}/edit`);
    assert.deepEqual([context.refusal, context.alley], ["Số điện thoại chưa đúng. Xem lại các chữ số.", "Ngõ 5"]);
    const fields = newHousehold({ id: context.id, alley: "Ngõ 5", phone: "0912345678", ...AGREED });
    await phone.post(`/field/households/${ID}/edit`, fields);
    const [{ type, data }, ...more] = await outbox.queuedOperations("lan");
    assert.deepEqual(
      [type, data, more.length],
      ["household.add", { ...add, alley: "Ngõ 5", phone: "0912345678", consent: CONSENT }, 0],
    );
    assert.deepEqual(await opIds("lan", "fixes"), []);
  });

  test("a refused household that moved away later is added first, and the change of its state stays in fixes", async () => {
    await phone.post("/field/households/new", newHousehold());
    await save("lan", "household.amend", { id: ID, base_version: 0, state: "moved" }, { id: OTHER });
    await refuse("invalid");
    await phone.post(`/field/households/${ID}/edit`, newHousehold({ id: "30000000-0000-4000-8000-000000000001" }));
    assert.deepEqual(await opIds("lan", "fixes"), [OTHER]);
    assert.equal((await outbox.queuedOperations("lan"))[0].data.state, undefined);
    await phone.sync();
    await phone.post(`/field/households/${ID}/edit`, newHousehold({ id: "30000000-0000-4000-8000-000000000002" }));
    const [{ type, data }] = await outbox.queuedOperations("lan");
    assert.deepEqual([type, data.state, await opIds("lan", "fixes")], ["household.amend", "moved", []]);
  });

  test("a household that the server has already is amended, not added again", async () => {
    await phone.post("/field/households/new", newHousehold());
    await refuse("already_exists");
    await phone.post(`/field/households/${ID}/edit`, newHousehold({ id: OTHER, alley: "Ngõ 5" }));
    const [{ type, data }] = await outbox.queuedOperations("lan");
    assert.deepEqual([type, data.alley, data.hamlet_id], ["household.amend", "Ngõ 5", undefined]);
  });

  test("a refused visit that Lan withdraws is discarded, and nothing is sent", async () => {
    await phone.post(VISIT, visitFields());
    await refuse("service_unknown");
    const { location } = await phone.post(`/field/visits/${ID}/withdraw`, { id: OTHER });
    assert.equal(location, "/field/log?done=withdrawn");
    const { fixes, days } = (await phone.get(location)).context;
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "fixes")], [[], []]);
    assert.deepEqual([fixes, days], [[], []]);
    await phone.sync();
    assert.deepEqual(phone.server.requests.at(-1).queue.held, [1]);
  });

  test("a refused visit that the server has from an export file is withdrawn there", async () => {
    await phone.post(VISIT, visitFields());
    await refuse("service_unknown");
    putVisit(phone, ID, { recorded_by: "lan" });
    await phone.sync();
    await phone.post(`/field/visits/${ID}/withdraw`, { id: OTHER });
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "fixes")], [[OTHER], []]);
  });

  test("a refused amendment of a withdrawn visit does not need a fix any more", async () => {
    await phone.post(VISIT, visitFields());
    await phone.sync();
    await phone.post(`/field/visits/${ID}/edit`, visitFields({ id: OTHER, note: "thêm" }));
    await refuse("invalid");
    await phone.post(`/field/visits/${ID}/withdraw`, {});
    const [{ type, data }, ...more] = await outbox.queuedOperations("lan");
    assert.deepEqual([type, data, more.length], ["visit.withdraw", { id: ID }, 0]);
    assert.deepEqual((await phone.get("/field/log")).context.fixes, []);
  });

  test("a visit recorded without a clock is corrected with today's time", async () => {
    await save("lan", "visit.record", { ...visit("h12"), id: ID }, { id: ID, at: "1970-02-03T00:00:00.000Z" });
    await refuse("invalid");
    await phone.post(`/field/visits/${ID}/edit`, visitFields({ id: OTHER }));
    const [{ type, at }] = await outbox.queuedOperations("lan");
    assert.deepEqual([type, at], ["visit.record", "2026-11-24T03:00:00.000Z"]);
  });

  test("a phone number has at least nine digits", async () => {
    const fields = newHousehold({ phone: "0-0-0-0-0-0", ...AGREED });
    assert.deepEqual(errorTexts(await phone.post("/field/households/new", fields)), [
      "Số điện thoại chưa đúng. Xem lại các chữ số.",
    ]);
  });
});

for (const [name, errorName, sentence] of [
  ["a phone without room", "QuotaExceededError", FULL],
  ["a phone that cannot write", "UnknownError", "Máy chưa lưu được. Thử lại."],
]) {
  describe(`${name} keeps the form and what Lan typed`, () => {
    /** Posts while nothing can be written. */
    const post = (address, fields) => {
      mock.method(console, "error", () => {});
      const restore = interceptWrites((_store, method) => {
        if (method !== "delete") throw new DOMException("no", errorName);
      });
      return phone.post(address, fields).finally(() => {
        restore();
        mock.restoreAll();
      });
    };

    test("of a visit", async () => {
      const answer = await post(VISIT, visitFields({ note: "Giữ lại" }));
      assert.deepEqual(
        [answer.status, answer.template, errorTexts(answer)],
        [422, "field/visit_form.html", [inForm(sentence)]],
      );
      assert.deepEqual([answer.context.note, answer.context.id], ["Giữ lại", ID]);
      assert.equal((await phone.post(VISIT, visitFields({ note: "Giữ lại" }))).status, 303);
    });

    test("of a record to be discarded", async () => {
      await phone.post(VISIT, visitFields());
      await refuse("service_unknown");
      const answer = await post(`/field/fixes/${ID}/discard`, {});
      assert.deepEqual([answer.status, answer.template, errorTexts(answer)], [422, "field/confirm.html", [sentence]]);
      assert.deepEqual(await opIds("lan", "fixes"), [ID]);
    });

    test("of an amended visit", async () => {
      putVisit(phone, "v1", { recorded_by: "lan" });
      await phone.sync();
      const answer = await post("/field/visits/v1/edit", visitFields({ note: "Giữ lại" }));
      assert.deepEqual([answer.status, errorTexts(answer), answer.context.note], [422, [inForm(sentence)], "Giữ lại"]);
    });

    test("of a household that moved away", async () => {
      const { context } = await phone.get("/field/households/h14/state/moved");
      const answer = await post(context.action, { id: context.id });
      assert.deepEqual([answer.status, answer.template, errorTexts(answer)], [422, "field/confirm.html", [sentence]]);
      assert.deepEqual([answer.context.id, answer.context.action], [context.id, context.action]);
      assert.equal((await phone.post(context.action, { id: context.id })).status, 303);
    });

    test("of a household, new or amended", async () => {
      for (const address of ["/field/households/new", "/field/households/h14/edit"]) {
        const answer = await post(address, newHousehold({ alley: "Xóm Chùa" }));
        assert.deepEqual(
          [answer.status, errorTexts(answer), answer.context.alley],
          [422, [inForm(sentence)], "Xóm Chùa"],
        );
      }
    });

    test("of a tap in the list", async () => {
      const { status, template, context } = await post("/field/households/h12/mark", { id: ID, result: "not_home" });
      assert.deepEqual([status, template], [422, "field/quick.html"]);
      assert.deepEqual(context.quick.errors, [{ field: "", text: sentence }]);
    });

    test("of a visit to be withdrawn", async () => {
      await phone.post(VISIT, visitFields());
      const answer = await post(`/field/visits/${ID}/withdraw`, { id: OTHER });
      assert.deepEqual([answer.status, answer.template, errorTexts(answer)], [422, "field/confirm.html", [sentence]]);
      const undone = await post(`/field/visits/${ID}/undo`, { id: OTHER, op_id: ID, household: "h12" });
      assert.deepEqual([undone.status, undone.template, errorTexts(undone)], [422, "field/saved.html", [sentence]]);
    });

    test("of a tap to be undone", async () => {
      const { context } = await phone.get("/field/households/quick");
      const { action, id } = context.rows[0];
      await phone.post(action, { id, result: "not_home" });
      const undone = await post(`/field/visits/${id}/mark/undo`, { id: OTHER });
      assert.equal(undone.context.quick.errors[0].text, sentence);
    });
  });
}
