// Hoàn tác takes back the last act on a visit and nothing else: an edit to what stood before, a recording to nothing.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as drafts from "../../static/field/store/drafts.js";
import * as outbox from "../../static/field/store/outbox.js";
import { book } from "../../static/field/store/replica.js";
import { filled, lansPhone, readyPhone, returned, served } from "./pages_world.js";
import { newId } from "./phone.js";

const QUICK = "/field/households/quick";
const ID = "20000000-0000-4000-8000-000000000001";
/** @type {import("./pages_world.js").Phone} */
let phone;

const typesQueued = async () => (await outbox.pending("lan")).map(({ type }) => type);
const visitNow = async (id) => (await book("lan")).visits.get(id);
const savedPage = async (id) => (await phone.get(`/field/visits/${id}/saved`)).context;
const rowOf = ({ context }, household) => context.rows.find(({ key }) => key === household);

describe("Hoàn tác", () => {
  beforeEach(async () => {
    phone = await readyPhone();
  });

  test("after an edit in which nothing changed is not there, and nothing is withdrawn", async () => {
    await phone.post("/field/households/h12/visit", filled());
    await phone.sync();
    assert.equal((await phone.edit(ID)).location, `/field/visits/${ID}/saved`);
    assert.equal((await savedPage(ID)).undo, null);
    assert.ok(!(await typesQueued()).includes("visit.withdraw"));
  });

  test("after an edit brings back what stood before, be it sent meanwhile or not", async () => {
    for (const sent of [false, true]) {
      phone = await readyPhone();
      await phone.post("/field/households/h12/visit", filled({ note: "Bà ở nhà" }));
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

  test("after Sai hộ brings the visit back to the household it was recorded at", async () => {
    await phone.post("/field/households/h12/visit", filled());
    await phone.edit(ID, { household_id: "h14" });
    assert.equal((await phone.undo(ID)).location, "/field/households/h12?done=restored");
    assert.equal((await visitNow(ID)).household_id, "h12");
  });

  test("done twice brings back once", async () => {
    await phone.post("/field/households/h12/visit", filled({ note: "Bà ở nhà" }));
    await phone.edit(ID, { note: "Ông ở nhà" });
    const { id, undo: taken } = await savedPage(ID);
    const fields = { id, act: taken.act, household: taken.household };
    const first = await phone.post(taken.action, fields);
    assert.deepEqual((await phone.post(taken.action, fields)).location, first.location);
    assert.deepEqual(await typesQueued(), ["visit.record", "visit.amend", "visit.amend"]);
  });

  test("of a recording that was edited since, in another tab, takes nothing back", async () => {
    await phone.post("/field/households/h12/visit", filled());
    const { id, undo: taken } = await savedPage(ID);
    await phone.edit(ID, { note: "Ông ở nhà" });
    const { location } = await phone.post(taken.action, {
      id,
      act: taken.act,
      household: taken.household,
    });
    assert.equal(location, `/field/visits/${ID}/saved`);
    assert.deepEqual(await typesQueued(), ["visit.record", "visit.amend"]);
  });

  test("of a recording that Lan has edited on another phone is not there", async () => {
    await phone.post("/field/households/h12/visit", filled());
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

  test("after mending what the commune sent back is not there: nothing could send it back again", async () => {
    phone = await lansPhone();
    returned(phone, "v1", "missing_information");
    await phone.sync();
    await phone.edit("v1", { note: "Đã ghi rõ" });
    assert.equal((await savedPage("v1")).undo, null);
    await phone.sync();
    assert.equal((await savedPage("v1")).undo, null);
    assert.deepEqual(await typesQueued(), []);
  });

  test("after mending what the server refused is not there", async () => {
    phone.server.decide = () => ({
      status: "rejected",
      code: "service_unknown",
      fields: ["services"],
    });
    await phone.post("/field/households/h12/visit", filled());
    await phone.sync();
    phone.server.decide = () => null;
    await phone.edit(ID, { note: "Đã sửa" });
    assert.equal((await savedPage(ID)).undo, null);
  });

  test("is gone once the commune has decided", async () => {
    await phone.post("/field/households/h12/visit", filled());
    await phone.sync();
    const row = phone.server.row("visit", ID);
    phone.server.put("visit", {
      ...row,
      review: { ...row.review, state: "accepted" },
    });
    await phone.sync();
    assert.equal((await savedPage(ID)).undo, null);
  });

  test("is not offered of a visit that was recorded elsewhere", async () => {
    phone = await lansPhone();
    served(phone, "v1", { recorded_by: "lan" });
    await phone.sync();
    assert.equal((await savedPage("v1")).undo, null);
  });
});

describe("Hoàn tác in Ghi nhanh", () => {
  beforeEach(async () => {
    phone = await readyPhone();
    await drafts.save("lan", "quick", {
      service: ["vneid_install"],
      outcome: ["did_it"],
    });
  });

  test("is not there for a visit made with the full form, however it looks", async () => {
    await phone.post("/field/households/h12/visit", filled());
    const { mark } = rowOf(await phone.get(QUICK), "h12");
    assert.deepEqual([mark.step.text, mark.undo], ["Đã lưu trên máy", ""]);
    await phone.post(`/field/visits/${ID}/mark/undo`, { id: newId() });
    assert.deepEqual(await typesQueued(), ["visit.record"]);
  });

  test("is not there for a mark that was edited since, were it to the same again", async () => {
    const { action, id } = rowOf(await phone.get(QUICK), "h12");
    await phone.post(action, { id, result: "helped" });
    assert.notEqual(rowOf(await phone.get(QUICK), "h12").mark.undo, "");
    await phone.edit(id);
    assert.equal(rowOf(await phone.get(QUICK), "h12").mark.undo, "");
    await phone.post(`/field/visits/${id}/mark/undo`, { id: newId() });
    assert.deepEqual(await typesQueued(), ["visit.record", "visit.amend"]);
  });
});
