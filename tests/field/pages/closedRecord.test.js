// A record that is among the figures of a closed period offers *Báo cán bộ*: *Sửa* and *Rút* would be refused.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { render } from "../../../static/dist/field/laterTemplates.js";
import { saveDraft } from "../../../static/field/store/drafts.ts";
import { letLanLead, putReturnedVisit, putVisit, readyPhone } from "../support/pageHarness.js";

const NOVEMBER = { first: "2026-11-01", last: "2026-11-30", closed_at: "2026-12-01T02:00:00.000Z" };
/** @type {import("../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
  phone.renderLater = render;
});

/** The phone hears that these periods are closed. */
async function close(...periods) {
  phone.server.closedPeriods = { version: (phone.server.closedPeriods?.version ?? 0) + 1, periods };
  await phone.sync();
}

async function lansVisit(id = "v1", changes = {}) {
  putVisit(phone, id, { recorded_by: "lan", ...changes });
  await phone.sync();
}

const links = async (id = "v1") => {
  const { closed, edit, withdraw } = (await phone.get(`/field/visits/${id}`)).context;
  return { closed, edit, withdraw };
};
const EDITABLE = { closed: "", edit: "/field/visits/v1/edit", withdraw: "/field/visits/v1/withdraw" };

test("until the closing its author corrects it; afterwards she is told whom to call and what to read out", async () => {
  phone.server.put("member", { id: "binh", name: "Phạm Văn Bình", phone: "+84900000009" });
  await lansVisit();
  assert.deepEqual(await links(), EDITABLE);
  await close(NOVEMBER);
  const { closed, edit } = await links();
  assert.deepEqual([closed, edit], ["/field/visits/v1/closed", ""]);
  const { text } = await phone.get(closed);
  for (const read of ["12 · Nguyễn Văn Đức", "09:00, 12/11/2026", "Nguyễn Thị Lan", "Phạm Văn Bình", "0900 000 009"])
    assert.ok(text.includes(read), `${read}: ${text}`);
  for (const address of ["edit", "withdraw"])
    assert.equal((await phone.get(`/field/visits/v1/${address}`)).location, closed);
});

test("one that came late, does not count or was recorded on another day stays editable", async () => {
  await lansVisit("v1", { received_at: "2026-12-01T03:00:00.000Z" });
  await close(NOVEMBER);
  assert.deepEqual(await links(), EDITABLE);
  await lansVisit("v1", { counted_since: "2026-12-02T03:00:00.000Z" });
  assert.deepEqual(await links(), EDITABLE);
  await lansVisit("v1", { counted_on: "2026-10-31" });
  assert.deepEqual(await links(), EDITABLE);
  putReturnedVisit(phone, "v1", "missing_information");
  await phone.sync();
  assert.deepEqual(await links(), EDITABLE);
});

test("what was received at the closing counts as before it", async () => {
  await lansVisit("v1", { received_at: NOVEMBER.closed_at });
  await close(NOVEMBER);
  assert.equal((await links()).edit, "");
});

test("a period that is opened again gives Sửa back", async () => {
  await lansVisit();
  await close(NOVEMBER);
  assert.equal((await links()).edit, "");
  await close();
  assert.deepEqual(await links(), EDITABLE);
  assert.equal((await phone.get("/field/visits/v1/closed")).location, "/field/visits/v1");
});

test("what was typed before the phone heard of the closing can be saved, and is refused with the way out", async () => {
  await lansVisit();
  const { context } = await phone.get("/field/visits/v1/edit");
  await close(NOVEMBER);
  phone.server.decide = () => ({ status: "rejected", code: "period_closed", fields: ["id"] });
  const fields = { id: context.id, household_id: "h12", version: "1", result: "not_home", note: "Nhà 48" };
  const saved = await phone.post("/field/visits/v1/edit", fields);
  assert.equal(saved.location, "/field/visits/v1/saved");
  await phone.sync();
  const [fix] = (await phone.get("/field/log")).context.fixes;
  assert.deepEqual([fix.edit, fix.closed], ["", "/field/visits/v1/closed"]);
  await close();
  const [open] = (await phone.get("/field/log")).context.fixes;
  assert.deepEqual([open.edit, open.closed], ["/field/visits/v1/edit", ""]);
});

test("a draft that was begun before the closing stays within reach", async () => {
  await lansVisit();
  await saveDraft("lan", "visit:edit:v1", { note: "Nhà 48", household_id: "h12", result: "not_home" });
  await close(NOVEMBER);
  const { context } = await phone.get("/field/visits/v1/edit");
  assert.equal(context.note, "Nhà 48");
});

test("an outreach session and a remark of a closed period lead to Báo cán bộ too", async () => {
  await letLanLead(phone);
  const received = { received_at: "2026-11-12T09:40:00Z", occurred_at: "2026-11-12T02:00:00Z", version: 1 };
  const held = { id: "s1", hamlet_id: "dong", recorded_by: "lan", place: "Nhà văn hóa", held_on: "2026-11-12" };
  phone.server.put("outreach_session", { ...held, counted_on: "2026-11-12", services: [], people: 20, ...received });
  phone.server.put("remark", {
    id: "r1",
    kind: "difficulty",
    text: "Mất sóng",
    about_on: "2026-11-12",
    counted_on: "2026-11-12",
    ...received,
  });
  await phone.sync();
  assert.equal((await phone.get("/field/sessions/s1/edit")).context.place, "Nhà văn hóa");
  await close(NOVEMBER);
  for (const [collection, id, shown] of [
    ["sessions", "s1", "Nhà văn hóa"],
    ["remarks", "r1", "Mất sóng"],
  ]) {
    const closed = `/field/${collection}/${id}/closed`;
    for (const address of ["", "/edit", "/withdraw"])
      assert.equal((await phone.get(`/field/${collection}/${id}${address}`)).location, closed);
    assert.ok((await phone.get(closed)).text.includes(shown));
  }
});
