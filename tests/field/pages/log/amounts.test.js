// How many records are not sent: as many as Đã ghi has rows for them.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { readyPhone, visitFields } from "../../support/pageHarness.js";
import { save } from "../../support/phone.js";

test("what is not sent is counted by records, as the rows below are, not by what was done to them", async () => {
  const phone = await readyPhone();
  const log = async () => (await phone.get("/field/log")).context;
  await phone.post("/field/households/h12/visit", visitFields());
  const edit = await phone.get(`/field/visits/${visitFields().id}/edit`);
  await phone.saveVisit(`/field/visits/${visitFields().id}/edit`, { ...visitFields(), note: "Hẹn buổi chiều" });
  assert.equal(edit.status, 200);
  await save("lan", "household.amend", { id: "h14", base_version: 1, alley: "Ngõ 4" });
  await save("lan", "household.amend", { id: "h14", base_version: 1, house_no: "15" });
  const queued = await outbox.queuedOperations("lan");
  assert.deepEqual(queued.map(({ type }) => type).sort(), [
    "household.amend",
    "household.amend",
    "visit.amend",
    "visit.record",
  ]);
  const { queue, days } = await log();
  assert.equal(days.flatMap(({ rows }) => rows).length, 3);
  assert.match(queue, /^3 lượt đang lưu trên máy/);
  await phone.post(`/field/visits/${visitFields().id}/withdraw`, { id: crypto.randomUUID() });
  const after = await log();
  assert.equal(after.days.flatMap(({ rows }) => rows).length, 3);
  assert.match(after.queue, /^3 thay đổi đang lưu trên máy/);
});
