// Follow-ups with the phone's own visits applied.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { loadView } from "../../../../static/field/store/view/replica.ts";
import { minute, record, save } from "../../support/phone.js";
import { putVisit, server, startPhone, sync } from "../../support/viewPhone.js";

beforeEach(startPhone);

test("a follow-up is open as soon as it is saved, and the next visit closes it", async () => {
  await sync();
  const first = await record("lan", "h1", { result: "come_back", follow_up_on: "2026-11-27" }, { at: minute(1) });
  const followUp = async () => (await loadView("lan")).followUps.get(first.data.id);
  assert.deepEqual([(await followUp()).due_on, (await followUp()).closed_by], ["2026-11-27", null]);
  const second = await record("lan", "h1", {}, { at: minute(2) });
  assert.equal((await followUp()).closed_by, second.data.id);
  await save("lan", "visit.withdraw", { id: second.data.id });
  assert.equal((await followUp()).closed_by, null);
});

test("a teammate's follow-up is closed by Lan's visit, before anything is sent", async () => {
  putVisit("v1", { follow_up_on: "2026-11-27" });
  server.put("follow_up", { id: "v1", household_id: "h1", due_on: "2026-11-27", closed_by: null });
  await sync();
  const { data } = await record("lan", "h1", {}, { at: minute(9) });
  assert.equal((await loadView("lan")).followUps.get("v1").closed_by, data.id);
});

test("an amendment that removes the date closes the follow-up", async () => {
  putVisit("v1", { recorded_by: "lan", follow_up_on: "2026-11-27" });
  server.put("follow_up", { id: "v1", household_id: "h1", due_on: "2026-11-27", closed_by: null });
  await sync();
  await save("lan", "visit.amend", {
    id: "v1",
    household_id: "h1",
    result: "helped",
    services: [],
    follow_up_on: null,
    base_version: 1,
  });
  assert.equal((await loadView("lan")).followUps.get("v1").closed_by, "v1");
});
