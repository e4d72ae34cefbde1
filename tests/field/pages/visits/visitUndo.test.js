// Hoàn tác undoes the last operation on a visit: an amendment is amended back, a recorded visit is withdrawn.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { loadView } from "../../../../static/field/store/view/replica.ts";
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
import { newId } from "../../support/phone.js";

const QUICK = "/field/households/quick";
const FORM = "/field/households/h12/visit";
const ID = "20000000-0000-4000-8000-000000000001";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

const typesQueued = async () => (await outbox.queuedOperations("lan")).map(({ type }) => type);
const visitNow = async (id) => (await loadView("lan")).visits.get(id);
const savedPage = async (id) => (await phone.get(`/field/visits/${id}/saved`)).context;
const SETTING = { service: ["vneid_install"], outcome: ["did_it"] };

/** Taps [Đã gặp]. */
async function mark(one, household) {
  const { action, id } = rowOf(await one.get(QUICK), household);
  await one.post(action, { id, result: "helped" });
  return id;
}

/** Rút, confirmed. */
async function withdraw(one, id) {
  const { context } = await one.get(`/field/visits/${id}/withdraw`);
  await one.post(context.action, { id: context.id });
}

const rowOf = ({ context }, household) => context.rows.find(({ key }) => key === household);

describe("Hoàn tác", () => {
  beforeEach(async () => {
    phone = await readyPhone();
  });

  test("after an edit that changed nothing is not offered, and nothing is withdrawn", async () => {
    await phone.post("/field/households/h12/visit", visitFields());
    await phone.sync();
    assert.equal((await phone.edit(ID)).location, `/field/visits/${ID}/saved`);
    assert.equal((await savedPage(ID)).undo, null);
    assert.ok(!(await typesQueued()).includes("visit.withdraw"));
  });

  test("after an edit restores the content before, whether it was sent meanwhile or not", async () => {
    for (const sent of [false, true]) {
      phone = await readyPhone();
      await phone.post("/field/households/h12/visit", visitFields({ note: "Bà ở nhà" }));
      await phone.edit(ID, { note: "Ông ở nhà" });
      if (sent) await phone.sync();
      const { location } = await phone.undo(ID);
      assert.equal(location, "/field/households/h12?done=restored");
      const { note, result } = await visitNow(ID);
      assert.deepEqual([note, result], ["Bà ở nhà", "helped"]);
      await phone.sync();
      assert.equal(phone.server.row("visit", ID).note, "Bà ở nhà");
      assert.equal((await savedPage(ID)).undo, null);
    }
  });

  test("after Sai hộ moves the visit back to its first household", async () => {
    await phone.post("/field/households/h12/visit", visitFields());
    await phone.edit(ID, { household_id: "h14" });
    assert.equal((await phone.undo(ID)).location, "/field/households/h12?done=restored");
    assert.equal((await visitNow(ID)).household_id, "h12");
  });

  test("takes back an edit of needs alone, and not a recording whose needs were edited on another phone", async () => {
    await phone.post("/field/households/h12/visit", visitFields({ need: ["bills"] }));
    await phone.edit(ID, { need: ["vietqr"] });
    assert.equal((await phone.undo(ID)).location, "/field/households/h12?done=restored");
    assert.deepEqual((await visitNow(ID)).needs, ["bills"]);
    const other = newId();
    await phone.post("/field/households/h14/visit", visitFields({ id: other, household_id: "h14", need: ["bills"] }));
    await phone.sync();
    assert.notEqual((await savedPage(other)).undo, null);
    phone.server.put("visit", { ...phone.server.row("visit", other), needs: ["vietqr"], version: 2 });
    await phone.sync();
    assert.equal((await savedPage(other)).undo, null);
  });

  for (const [what, act] of [
    ["another visit was recorded", (other) => other.post("/field/households/h14/visit", visitFields({ id: newId() }))],
    ["another visit was marked", (other) => mark(other, "h14")],
    ["another visit was withdrawn", (other) => withdraw(other, "v1")],
    ["a household left the list", (other) => other.post("/field/households/h14/state/moved", { id: newId() })],
  ]) {
    test(`is not offered any more once ${what}, and a page opened before undoes nothing`, async () => {
      putVisit(phone, "v1", { recorded_by: "lan" });
      await phone.sync();
      await saveSetting(SETTING);
      await phone.post("/field/households/h12/visit", visitFields());
      const { id, undo } = await savedPage(ID);
      await act(phone);
      assert.equal((await savedPage(ID)).undo, null);
      await phone.post(undo.action, { id, op_id: undo.op_id, household: undo.household });
      assert.ok(await visitNow(ID));
    });
  }

  test("tapped twice undoes once", async () => {
    await phone.post("/field/households/h12/visit", visitFields({ note: "Bà ở nhà" }));
    await phone.edit(ID, { note: "Ông ở nhà" });
    const { id, undo } = await savedPage(ID);
    const fields = { id, op_id: undo.op_id, household: undo.household };
    const first = await phone.post(undo.action, fields);
    assert.deepEqual((await phone.post(undo.action, fields)).location, first.location);
    assert.deepEqual(await typesQueued(), ["visit.record", "visit.amend", "visit.amend"]);
  });

  test("of a recording that another tab has edited since changes nothing", async () => {
    await phone.post("/field/households/h12/visit", visitFields());
    const { id, undo } = await savedPage(ID);
    await phone.edit(ID, { note: "Ông ở nhà" });
    const { location } = await phone.post(undo.action, {
      id,
      op_id: undo.op_id,
      household: undo.household,
    });
    assert.equal(location, `/field/visits/${ID}/saved`);
    assert.deepEqual(await typesQueued(), ["visit.record", "visit.amend"]);
  });

  test("of a recording that Lan has edited on another phone is not offered", async () => {
    await phone.post("/field/households/h12/visit", visitFields());
    await phone.sync();
    assert.notEqual((await savedPage(ID)).undo, null);
    phone.server.put("visit", {
      ...phone.server.row("visit", ID),
      note: "Từ máy khác",
      version: 2,
    });
    await phone.sync();
    assert.equal((await savedPage(ID)).undo, null);
  });

  test("after correcting a returned visit is not offered: it would not be returned again", async () => {
    phone = await lansPhone();
    putReturnedVisit(phone, "v1", "missing_information");
    await phone.sync();
    await phone.edit("v1", { note: "Đã ghi rõ" });
    assert.equal((await savedPage("v1")).undo, null);
    await phone.sync();
    assert.equal((await savedPage("v1")).undo, null);
    assert.deepEqual(await typesQueued(), []);
  });

  test("after correcting a refused visit is not offered", async () => {
    phone.server.decide = () => ({
      status: "rejected",
      code: "service_unknown",
      fields: ["services"],
    });
    await phone.post("/field/households/h12/visit", visitFields());
    await phone.sync();
    phone.server.decide = () => null;
    await phone.edit(ID, { note: "Đã sửa" });
    assert.equal((await savedPage(ID)).undo, null);
  });

  test("is not offered after the commune has decided", async () => {
    await phone.post("/field/households/h12/visit", visitFields());
    await phone.sync();
    const row = phone.server.row("visit", ID);
    phone.server.put("visit", {
      ...row,
      review: { ...row.review, state: "accepted" },
    });
    await phone.sync();
    assert.equal((await savedPage(ID)).undo, null);
  });

  test("is not offered for a visit that was recorded on another phone", async () => {
    phone = await lansPhone();
    putVisit(phone, "v1", { recorded_by: "lan" });
    await phone.sync();
    assert.equal((await savedPage("v1")).undo, null);
  });
});

describe("Hoàn tác in Ghi nhanh", () => {
  beforeEach(async () => {
    phone = await readyPhone();
    await saveSetting(SETTING);
  });

  test("is not offered for a visit of the full form, even with the same content", async () => {
    await phone.post("/field/households/h12/visit", visitFields());
    const { mark } = rowOf(await phone.get(QUICK), "h12");
    assert.deepEqual([mark.step.text, mark.undo], ["Đã lưu trên máy", ""]);
    await phone.post(`/field/visits/${ID}/mark/undo`, { id: newId() });
    assert.deepEqual(await typesQueued(), ["visit.record"]);
  });

  test("is not offered for a mark that was edited since, even to the same content", async () => {
    const id = await mark(phone, "h12");
    assert.notEqual(rowOf(await phone.get(QUICK), "h12").mark.undo, "");
    await phone.edit(id);
    assert.equal(rowOf(await phone.get(QUICK), "h12").mark.undo, "");
    await phone.post(`/field/visits/${id}/mark/undo`, { id: newId() });
    assert.deepEqual(await typesQueued(), ["visit.record", "visit.amend"]);
  });

  test("takes back each mark of a street by itself, until something else is done", async () => {
    const [first, second, third] = [await mark(phone, "h12"), await mark(phone, "h14"), await mark(phone, "h16")];
    const offered = async () =>
      (await phone.get(QUICK)).context.rows.flatMap(({ mark: one }) => (one?.undo ? one.undo.split("/")[3] : []));
    assert.deepEqual((await offered()).sort(), [first, second, third].sort());
    await phone.post(`/field/visits/${second}/mark/undo`, { id: newId() });
    assert.deepEqual((await offered()).sort(), [first, third].sort());
    await phone.post("/field/households/h5/visit", visitFields({ household_id: "h5" }));
    assert.deepEqual(await offered(), []);
    await phone.post(`/field/visits/${first}/mark/undo`, { id: newId() });
    assert.ok(await visitNow(first));
  });
});

describe("of a new visit Hoàn tác", () => {
  beforeEach(async () => {
    phone = await readyPhone();
  });

  test("withdraws it and leads back to the form with everything typed, under another id", async () => {
    const typed = visitFields({ note: "Hẹn chiều", follow_up: "2026-11-27", need: ["bills"] });
    await phone.post(FORM, typed);
    const { location } = await phone.undo(ID);
    assert.equal(location, `${FORM}?done=undone`);
    assert.deepEqual(
      (await outbox.queuedOperations("lan")).map(({ type }) => type),
      ["visit.record", "visit.withdraw"],
    );
    assert.equal((await phone.get(`/field/visits/${ID}/saved`)).location, "/field/log");
    const { context } = await phone.get(location);
    assert.deepEqual([context.resumed, context.message], [true, "Đã hoàn tác. Lượt vừa ghi không được tính."]);
    const values = await drafts.loadDraft("lan", "visit:new:h12");
    assert.notEqual(values.id, ID);
    await phone.post(FORM, values);
    const [first, , again] = await outbox.queuedOperations("lan");
    const { id: _first, ...before } = first.data;
    const { id, ...after } = again.data;
    assert.deepEqual([again.type, id, after], ["visit.record", values.id, before]);
  });

  for (const [network, loadLater] of Object.entries({ "no network": unloadable, "a network that hangs": endless })) {
    test(`needs no page that is loaded later: with ${network} it works`, { timeout: 10_000 }, async ({ mock }) => {
      mock.method(console, "error", () => {});
      phone.restartWith(loadLater);
      await phone.post(FORM, visitFields());
      const { location } = await phone.undo(ID);
      assert.equal(location, `${FORM}?done=undone`);
      assert.deepEqual(await typesQueued(), ["visit.record", "visit.withdraw"]);
      assert.equal((await phone.get(location)).context.resumed, true);
    });
  }

  test("leaves a form alone that has been begun since", async () => {
    await phone.post(FORM, visitFields());
    await drafts.saveDraft("lan", "visit:new:h12", visitFields({ id: "other", note: "Lượt sau" }));
    await phone.undo(ID);
    assert.equal((await drafts.loadDraft("lan", "visit:new:h12")).note, "Lượt sau");
  });
});
