// While an answer moves an operation from one store to another, *Đã ghi* and the export file have it exactly once.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { moveToFixes } from "../../../../static/field/sync/applyResults.ts";
import { NOW, readyPhone } from "../../support/pageHarness.js";
import { save } from "../../support/phone.js";

/** The results of `read` during an exchange and after it: a read starts at every turn of the event loop. */
async function readDuringSync(phone, read) {
  const reads = [];
  let ended = false;
  const syncing = phone.sync().finally(() => {
    ended = true;
  });
  while (!ended) {
    reads.push(read());
    await new Promise(setImmediate);
  }
  await syncing;
  return [...new Set(await Promise.all([...reads, read()]))];
}

test("an operation that is being acknowledged has one row in the log", async () => {
  const phone = await readyPhone();
  for (let number = 1; number <= 3; number += 1) {
    await save("lan", "household.amend", { id: "h14", base_version: number, alley: `Ngõ ${number}` });
    const rows = async () => (await phone.get("/field/log")).context.days.flatMap((day) => day.rows).length;
    assert.deepEqual(await readDuringSync(phone, rows), [number]);
  }
});

test("an operation that is being refused is in the export file", async () => {
  await readyPhone();
  for (let turns = 0; turns < 40; turns += 1) {
    const { op_id } = await save("lan", "household.amend", { id: "h14", base_version: 1, alley: `Ngõ ${turns}` });
    const unsent = outbox.unsentOperations("lan");
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const refusing = moveToFixes("lan", op_id, { code: "invalid", fields: ["alley"] }, NOW);
    assert.equal((await unsent).length, turns + 1);
    await refusing;
  }
});
