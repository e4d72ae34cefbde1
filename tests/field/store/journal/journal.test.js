// The files of the journal: written before the transaction of a save, and damaged ones.

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import * as accounts from "../../../../static/field/store/accounts.ts";
import { StorageFull } from "../../../../static/field/store/db.ts";
import * as journal from "../../../../static/field/store/journal/journal.ts";
import { recover } from "../../../../static/field/store/journal/recovery.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { folder, loseDatabases, removeFolder, startPhone } from "../../support/journalPhone.js";
import { all, interceptWrites, minute, newId, opIds, record, visit } from "../../support/phone.js";

beforeEach(startPhone);
after(removeFolder);

describe("a save", () => {
  test("writes its file before its transaction, and resolves when both are done", async () => {
    const events = [];
    folder.hooks.afterWrite = async () => events.push(["file", await opIds("lan", "outbox")]);
    const { op_id } = await record("lan", "h1");
    assert.deepEqual(events, [["file", []]]);
    assert.deepEqual([await folder.operations("lan"), await opIds("lan", "outbox")], [[op_id], [op_id]]);
  });

  test("leaves the same operation in the file as in the database", async () => {
    await record("lan", "h1", { note: "hẹn chiều 😀" });
    const { entries } = await journal.readAccount("lan");
    assert.deepEqual(
      entries.map(({ op }) => op),
      await all("lan", "outbox"),
    );
  });

  test("with no room left leaves no file either", async () => {
    const restore = interceptWrites(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    await assert.rejects(record("lan", "h1"), StorageFull).finally(restore);
    assert.deepEqual(await folder.operations("lan"), []);
  });

  test("succeeds where files cannot be written", async () => {
    folder.hooks.beforeWrite = () => {
      throw new DOMException("no space", "QuotaExceededError");
    };
    await record("lan", "h1");
    assert.equal((await outbox.counts("lan")).queued, 1);
  });

  test("succeeds where the writing of a file never ends", async ({ mock }) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    folder.hooks.beforeWrite = () => {
      setImmediate(() => mock.timers.tick(3_000));
      return new Promise(() => {});
    };
    await record("lan", "h1");
    assert.equal((await outbox.counts("lan")).queued, 1);
  });

  test("repeated in another tab with other content does not change the first one's file", async () => {
    const { op_id, data } = await record("lan", "h1");
    const saving = { id: op_id, type: "visit.record", data: { ...data, note: "khác" }, at: minute(2) };
    assert.equal((await outbox.append("lan", saving)).differs, true);
    assert.equal((await journal.readAccount("lan")).entries[0].op.data.note, "");
  });

  test("by two tabs at the same time under one id leaves the file of the one that was stored", async () => {
    const id = newId();
    const saving = (note) => ({ id, type: "visit.record", data: visit("h1", { id, note }), at: minute(1) });
    await Promise.all([outbox.append("lan", saving("một")), outbox.append("lan", saving("hai"))]);
    const [stored] = await all("lan", "outbox");
    assert.deepEqual((await journal.readAccount("lan")).entries, [{ op: stored }]);
  });

  test("has the same number in its file as in the database, even if several are made at once", async () => {
    await Promise.all(["h1", "h2", "h3"].map((id) => record("lan", id)));
    const numbers = (ops) => new Map(ops.map(({ op_id, seq }) => [op_id, seq]));
    const { entries } = await journal.readAccount("lan");
    assert.deepEqual(numbers(entries.map(({ op }) => op).sort(byId)), numbers(await all("lan", "outbox")));
  });
});

const byId = (one, other) => one.op_id.localeCompare(other.op_id);

describe("a torn file", () => {
  const damages = {
    "is empty": () => "",
    "was cut off": (text) => text.slice(0, -20),
    "has one other letter": (text) => text.replace("helped", "hilped"),
    "is not ours": () => "<html>",
  };
  for (const [what, damage] of Object.entries(damages)) {
    test(`that ${what} is reported, and hides none of the others`, async () => {
      const [torn, whole] = [await record("lan", "h1"), await record("lan", "h2")];
      await folder.overwrite("lan", torn.op_id, damage((await folder.files("lan")).get(torn.op_id)));
      const { entries, torn: names } = await journal.readAccount("lan");
      assert.deepEqual([entries.map(({ op }) => op.op_id), names], [[whole.op_id], [torn.op_id]]);
      await recover();
      assert.equal((await journal.readAccount("lan")).entries.length, 2, "written again from the database");
    });
  }

  test("of the manifest loses no operation", async () => {
    const { op_id } = await record("lan", "h1");
    await folder.overwrite("lan", "manifest", "0000");
    await recover();
    await loseDatabases();
    await recover();
    assert.deepEqual([(await accounts.currentAccount()).account_id, await opIds("lan", "outbox")], ["lan", [op_id]]);
  });
});
