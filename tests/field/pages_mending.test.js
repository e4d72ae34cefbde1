// What the server refused is mended, also with amendments behind it; and what the phone could not save stays typed.

import assert from "node:assert/strict";
import { beforeEach, describe, mock, test } from "node:test";
import * as outbox from "../../static/field/store/outbox.js";
import { filled, readyPhone, served } from "./pages_world.js";
import { opIds, sabotage, save, visit } from "./phone.js";

const VISIT = "/field/households/h12/visit";
const ID = "20000000-0000-4000-8000-000000000001";
const OTHER = ID.replace(/1$/, "2");
const FULL = "Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại.";
/** @type {import("./pages_world.js").Phone} */
let phone;

/** The server refuses what came, and what stands upon it; then it takes everything. */
const refuse = async (code) => {
  phone.server.decide = ({ type }) => ({
    status: "rejected",
    code: /record|add/.test(type) ? code : `${type.split(".")[0]}_unknown`,
    fields: [],
  });
  await phone.sync();
  phone.server.decide = () => null;
};
const said = ({ context }) => context.errors.map(({ text }) => text);
const newcomer = (changes = {}) => ({ id: ID, head_name: "Vũ Thị Thắm", house_no: "", alley: "", ...changes });

beforeEach(async () => {
  phone = await readyPhone();
});

describe("mending", () => {
  test("a refused visit with an amendment behind it goes as one visit, as Lan amended it", async () => {
    await phone.post(VISIT, filled());
    await phone.post(`/field/visits/${ID}/edit`, filled({ id: OTHER, note: "thêm" }));
    await refuse("service_unknown");
    assert.equal((await opIds("lan", "fixes")).length, 2);
    const { context } = await phone.get(`/field/visits/${ID}/edit`);
    assert.deepEqual([context.note, context.marked], ["thêm", "services"]);
    await phone.post(`/field/visits/${ID}/edit`, filled({ id: context.id, note: "thêm" }));
    const [{ type, data }, ...more] = await outbox.pending("lan");
    assert.deepEqual([type, data.id, data.note, more.length], ["visit.record", ID, "thêm", 0]);
    assert.deepEqual(await opIds("lan", "fixes"), []);
  });

  test("a refused household with an amendment behind it is added as Lan amended it", async () => {
    const add = { id: ID, hamlet_id: "dong", head_name: "Vũ Thị Thắm", house_no: "", alley: "" };
    await save("lan", "household.add", { ...add, phone: "123", phone_consent: true }, { id: ID });
    await save("lan", "household.amend", { id: ID, base_version: 0, alley: "Ngõ 5" });
    await refuse("phone_invalid");
    const { context } = await phone.get(`/field/households/${ID}/edit`);
    assert.deepEqual([context.fix, context.alley], ["Số điện thoại chưa đúng. Xem lại các chữ số.", "Ngõ 5"]);
    const fields = newcomer({ id: context.id, alley: "Ngõ 5", phone: "0912345678", phone_consent: "yes" });
    await phone.post(`/field/households/${ID}/edit`, fields);
    const [{ type, data }, ...more] = await outbox.pending("lan");
    assert.deepEqual(
      [type, data, more.length],
      ["household.add", { ...add, alley: "Ngõ 5", phone: "0912345678", phone_consent: true }, 0],
    );
    assert.deepEqual(await opIds("lan", "fixes"), []);
  });

  test("a household refused before it moved away is added first; that it moved is not forgotten", async () => {
    await phone.post("/field/households/new", newcomer());
    await save("lan", "household.amend", { id: ID, base_version: 0, state: "moved" }, { id: OTHER });
    await refuse("invalid");
    await phone.post(`/field/households/${ID}/edit`, newcomer({ id: "30000000-0000-4000-8000-000000000001" }));
    assert.deepEqual(await opIds("lan", "fixes"), [OTHER]);
    assert.equal((await outbox.pending("lan"))[0].data.state, undefined);
    await phone.sync();
    await phone.post(`/field/households/${ID}/edit`, newcomer({ id: "30000000-0000-4000-8000-000000000002" }));
    const [{ type, data }] = await outbox.pending("lan");
    assert.deepEqual([type, data.state, await opIds("lan", "fixes")], ["household.amend", "moved", []]);
  });

  test("a household that the commune has already is amended, not added again", async () => {
    await phone.post("/field/households/new", newcomer());
    await refuse("already_exists");
    await phone.post(`/field/households/${ID}/edit`, newcomer({ id: OTHER, alley: "Ngõ 5" }));
    const [{ type, data }] = await outbox.pending("lan");
    assert.deepEqual([type, data.alley, data.hamlet_id], ["household.amend", "Ngõ 5", undefined]);
  });

  test("a refused visit that Lan takes back is given up: the commune hears nothing of a visit it never had", async () => {
    await phone.post(VISIT, filled());
    await refuse("service_unknown");
    const { location } = await phone.post(`/field/visits/${ID}/withdraw`, { id: OTHER });
    assert.equal(location, "/field/log?done=withdrawn");
    const { fixes, days } = (await phone.get(location)).context;
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "fixes")], [[], []]);
    assert.deepEqual([fixes, days], [[], []]);
    await phone.sync();
    assert.deepEqual(phone.server.requests.at(-1).queue.held, [1]);
  });

  test("unless it came to the commune in a backup file meanwhile: then it is withdrawn there", async () => {
    await phone.post(VISIT, filled());
    await refuse("service_unknown");
    served(phone, ID, { recorded_by: "lan" });
    await phone.sync();
    await phone.post(`/field/visits/${ID}/withdraw`, { id: OTHER });
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "fixes")], [[OTHER], []]);
  });

  test("nor does a refused amendment of a visit taken back wait to be mended", async () => {
    await phone.post(VISIT, filled());
    await phone.sync();
    await phone.post(`/field/visits/${ID}/edit`, filled({ id: OTHER, note: "thêm" }));
    await refuse("invalid");
    await phone.post(`/field/visits/${ID}/withdraw`, {});
    const [{ type, data }, ...more] = await outbox.pending("lan");
    assert.deepEqual([type, data, more.length], ["visit.withdraw", { id: ID }, 0]);
    assert.deepEqual((await phone.get("/field/log")).context.fixes, []);
  });

  test("a visit recorded without a clock is mended with today's time", async () => {
    await save("lan", "visit.record", { ...visit("h12"), id: ID }, { id: ID, at: "1970-02-03T00:00:00.000Z" });
    await refuse("invalid");
    await phone.post(`/field/visits/${ID}/edit`, filled({ id: OTHER }));
    const [{ type, at }] = await outbox.pending("lan");
    assert.deepEqual([type, at], ["visit.record", "2026-11-24T03:00:00.000Z"]);
  });

  test("a phone number has nine digits at least", async () => {
    const fields = newcomer({ phone: "0-0-0-0-0-0", phone_consent: "yes" });
    assert.deepEqual(said(await phone.post("/field/households/new", fields)), [
      "Số điện thoại chưa đúng. Xem lại các chữ số.",
    ]);
  });
});

for (const [name, fault, sentence] of [
  ["a full phone", "QuotaExceededError", FULL],
  ["a phone that does not write", "UnknownError", "Máy chưa lưu được. Thử lại."],
]) {
  describe(`${name} keeps the form and what Lan typed`, () => {
    /** Posts while nothing can be added to the outbox. */
    const post = (address, fields) => {
      mock.method(console, "error", () => {});
      const repair = sabotage((_store, method) => {
        if (method !== "delete") throw new DOMException("no", fault);
      });
      return phone.post(address, fields).finally(() => {
        repair();
        mock.restoreAll();
      });
    };

    test("of a visit", async () => {
      const answer = await post(VISIT, filled({ note: "Giữ lại" }));
      assert.deepEqual([answer.status, answer.template, said(answer)], [422, "field/visit_form.html", [sentence]]);
      assert.deepEqual([answer.context.note, answer.context.id], ["Giữ lại", ID]);
      assert.equal((await phone.post(VISIT, filled({ note: "Giữ lại" }))).status, 303);
    });

    test("of what is to be given up", async () => {
      await phone.post(VISIT, filled());
      await refuse("service_unknown");
      const answer = await post(`/field/fixes/${ID}/discard`, {});
      assert.deepEqual([answer.status, answer.template, said(answer)], [422, "field/confirm.html", [sentence]]);
      assert.deepEqual(await opIds("lan", "fixes"), [ID]);
    });

    test("of an amended visit", async () => {
      served(phone, "v1", { recorded_by: "lan" });
      await phone.sync();
      const answer = await post("/field/visits/v1/edit", filled({ note: "Giữ lại" }));
      assert.deepEqual([answer.status, said(answer), answer.context.note], [422, [sentence], "Giữ lại"]);
    });

    test("of a household that moved away", async () => {
      const { context } = await phone.get("/field/households/h14/state/moved");
      const answer = await post(context.action, { id: context.id });
      assert.deepEqual([answer.status, answer.template, said(answer)], [422, "field/confirm.html", [sentence]]);
      assert.deepEqual([answer.context.id, answer.context.action], [context.id, context.action]);
      assert.equal((await phone.post(context.action, { id: context.id })).status, 303);
    });

    test("of a household, new or amended", async () => {
      for (const address of ["/field/households/new", "/field/households/h14/edit"]) {
        const answer = await post(address, newcomer({ alley: "Xóm Chùa" }));
        assert.deepEqual([answer.status, said(answer), answer.context.alley], [422, [sentence], "Xóm Chùa"]);
      }
    });

    test("of a tap in the list", async () => {
      const { status, template, context } = await post("/field/households/h12/mark", { id: ID, result: "not_home" });
      assert.deepEqual([status, template], [422, "field/households.html"]);
      assert.deepEqual(context.quick.errors, [{ field: "", text: sentence }]);
    });

    test("of a visit to be taken back", async () => {
      await phone.post(VISIT, filled());
      const answer = await post(`/field/visits/${ID}/withdraw`, { id: OTHER });
      assert.deepEqual([answer.status, answer.template, said(answer)], [422, "field/confirm.html", [sentence]]);
      const undone = await post(`/field/visits/${ID}/undo`, { id: OTHER, act: ID, household: "h12" });
      assert.deepEqual([undone.status, undone.template, said(undone)], [422, "field/saved.html", [sentence]]);
    });

    test("of a tap to be taken back", async () => {
      const { context } = await phone.get("/field/households/quick");
      const { action, id } = context.rows[0];
      await phone.post(action, { id, result: "not_home" });
      const undone = await post(`/field/visits/${id}/mark/undo`, { id: OTHER });
      assert.equal(undone.context.quick.errors[0].text, sentence);
    });
  });
}
