// Đã ghi of somebody who has changed team: what the server has counted of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readyPhone } from "../../support/pageHarness.js";
import { save } from "../../support/phone.js";

test("what was recorded for another team is a day and a kind, and its correction waits for a decision", async () => {
  const phone = await readyPhone();
  const log = async () => (await phone.get("/field/log")).context;
  const more = { household: 0, met: true, guided: true };
  const records = [
    { id: "b1", kind: "visit", day: "2026-11-20", state: "accepted", ...more },
    { id: "b2", kind: "session", day: "2026-11-20", state: "withdrawn", ...more },
  ];
  phone.server.ownDays = { version: "one", months: [], records };
  await phone.get("/field/month");
  await phone.sync();
  const [{ rows }] = (await log()).days;
  const shown = rows.map(({ time, href, label, summary, step }) => [time, href, label, summary, step.text].join("|"));
  assert.deepEqual(shown, [
    "||Hộ không còn trong danh sách|Lượt thăm hộ|Đã duyệt",
    "||Thôn không còn được giao|Buổi tuyên truyền|Đã bỏ",
  ]);
  phone.server.decide = () => ({ status: "quarantined", code: "waiting" });
  const data = { id: "b1", household_id: "gone", result: "helped", services: [], base_version: 1 };
  await save("lan", "visit.amend", data);
  await save("lan", "visit.withdraw", { id: "b1" });
  await phone.sync();
  const why = (await log()).days.flatMap((day) => day.rows).flatMap(({ step }) => step.why || []);
  assert.deepEqual(why, Array(2).fill("Nơi này không còn được giao cho bạn. Cán bộ sẽ xem lại."));
  const { step } = (await phone.get("/field/visits/b1")).context;
  assert.equal(step.why, why[0]);
});
