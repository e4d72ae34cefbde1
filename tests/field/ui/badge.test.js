// The number on the app's icon: what is not sent, and the households where somebody is due.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { updateBadge } from "../../../static/field/ui/badge.ts";
import { readyPhone, visitFields } from "../support/pageHarness.js";

const DAY_MS = 86_400_000;
let phone;
let badge;

beforeEach(async () => {
  phone = await readyPhone();
  phone.now = new Date();
  navigator.setAppBadge = async (count) => {
    badge = count;
  };
});

test("counts a household from the day on which somebody is due there, until the visit", async () => {
  const follow_up = new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10);
  await phone.post("/field/households/h12/visit", visitFields({ result: "come_back", service: [], follow_up }));
  await phone.sync();
  await updateBadge();
  assert.equal(badge, 0);
  const row = phone.server.row("follow_up", visitFields().id);
  phone.server.put("follow_up", { ...row, due_on: new Date(Date.now() - DAY_MS).toISOString().slice(0, 10) });
  await phone.sync();
  await updateBadge();
  assert.equal(badge, 1);
  phone.now = new Date(Date.now() + 60_000);
  await phone.saveVisit("/field/households/h12/visit", visitFields({ id: "20000000-0000-4000-8000-000000000002" }));
  await updateBadge();
  assert.equal(badge, 1, "the visit is not sent");
  phone.server.put("follow_up", { ...row, closed_by: "20000000-0000-4000-8000-000000000002" });
  await phone.sync();
  await updateBadge();
  assert.equal(badge, 0);
});
