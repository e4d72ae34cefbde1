// What was lost is restored at the start of the app: the databases from the journal, and the journal from the databases.

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import * as accounts from "../../../../static/field/store/accounts.ts";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as journal from "../../../../static/field/store/journal/journal.ts";
import { recover } from "../../../../static/field/store/journal/recovery.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { replicaStatus } from "../../../../static/field/store/view/replica.ts";
import { moveToFixes } from "../../../../static/field/sync/applyResults.ts";
import { runSync } from "../../../../static/field/sync/engine.ts";
import {
  filesWritten,
  folder,
  loseDatabases,
  meta,
  NOW,
  removeFolder,
  send,
  server,
  startPhone,
} from "../../support/journalPhone.js";
import { loseAnswers, ModelServer } from "../../support/modelServer.js";
import { interceptWrites, LAN, minute, NAM, newId, opIds, record, save, signIn } from "../../support/phone.js";

beforeEach(startPhone);
after(removeFolder);

describe("when every database is empty", () => {
  test("what was saved is restored with its numbers and the account, and is sent once", async () => {
    const { installation_id, device_id } = await accounts.currentAccount();
    const saved = [await record("lan", "h1"), await record("lan", "h2")];
    await send(loseAnswers(server));
    await loseDatabases();
    assert.equal(await recover(), 2);
    assert.deepEqual(
      (await outbox.queuedOperations("lan")).map(({ op_id, seq }) => [op_id, seq]),
      saved.map(({ op_id, seq }) => [op_id, seq]),
    );
    const open = await accounts.currentAccount();
    assert.deepEqual(
      [open.account_id, open.installation_id, open.device_id, open.signed_in],
      ["lan", installation_id, device_id, true],
    );
    assert.equal(await meta("installation_id"), installation_id);
    assert.equal((await send()).outcome, "sent");
    assert.deepEqual(
      saved.map(({ op_id }) => server.applied.get(op_id)),
      [1, 1],
    );
  });

  test("the key with which a copy is encrypted is restored, so that she can copy what she cannot send", async () => {
    server.export_key = { id: newId(), public_key: "a point" };
    await send();
    await record("lan", "h1");
    await loseDatabases();
    await recover();
    const { export_key, ready } = await replicaStatus("lan");
    assert.deepEqual([export_key, ready], [server.export_key, false]);
  });

  test("what another tab restores and sends meanwhile is not restored twice", async () => {
    const { op_id } = await record("lan", "h1");
    await loseDatabases();
    const original = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      if (mode === "readwrite" && stores.includes("drafts")) {
        const sent = original.call(this, ["sent"], "readwrite").objectStore("sent");
        sent.put({ op_ids: [op_id], ops: [{ op_id, seq: 1, status: "applied", data: {} }] });
      }
      return original.call(this, stores, mode, options);
    };
    await recover().finally(() => (IDBDatabase.prototype.transaction = original));
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "sent")], [[], [op_id]]);
  });

  test("numbers of acknowledged operations, whose files were removed, are not used again", async () => {
    await record("lan", "h1");
    await record("lan", "h2");
    await send();
    await loseDatabases();
    await recover();
    assert.equal((await record("lan", "h3")).seq, 3);
  });

  test("nor are numbers used after the manifest was written", async () => {
    for (const id of ["h1", "h2"]) await record("lan", id);
    await loseDatabases();
    await recover();
    assert.equal((await record("lan", "h3")).seq, 3);
  });

  test("Lan signs in as the same device", async () => {
    await record("lan", "h1");
    const { device_key: lost, ...known } = await accounts.deviceIdentity(LAN.phone);
    await loseDatabases();
    await recover();
    const { device_key, ...identity } = await accounts.deviceIdentity(LAN.phone);
    assert.deepEqual(identity, known);
    assert.notEqual(device_key, lost, "a key cannot be copied; her next exchange registers the new one");
  });

  test("Lan's queue waits for Lan while Nam has the phone", async () => {
    await record("lan", "h1");
    await signIn(NAM);
    await record("nam", "h2");
    await loseDatabases();
    await recover();
    assert.equal((await accounts.currentAccount()).account_id, "nam");
    assert.deepEqual(
      (await accounts.listAccounts()).map(({ account_id, signed_in }) => [account_id, signed_in]),
      [
        ["lan", false],
        ["nam", true],
      ],
    );
    await runSync("nam", { fetch: new ModelServer({ hamlets: ["tay"] }).fetch, now: () => NOW });
    assert.equal((await outbox.counts("lan")).queued, 1);
    assert.equal((await send()).outcome, "idle");
    assert.equal(server.requests.length, 0);
  });

  test("no account is opened if Lan had signed out", async () => {
    await accounts.closeAccount();
    await loseDatabases();
    await recover();
    assert.equal(await accounts.currentAccount(), null);
    assert.equal((await accounts.deviceIdentity(LAN.phone)).device_id, "device-lan");
  });

  test("a restored correction replaces the refused operation and deletes its form's draft", async () => {
    const refused = await record("lan", "h1");
    await moveToFixes("lan", refused.op_id, { code: "invalid", fields: [] }, NOW);
    // The phone is killed between the file and the transaction.
    await drafts.saveDraft("lan", "visit h1", { note: "a" });
    const op = { op_id: newId(), seq: 2, type: "visit.record", v: 1, commune_id: "yen-binh", at: minute(2) };
    const entry = { op: { ...op, data: refused.data }, replaces: [refused.op_id], draft: "visit h1" };
    await journal.writeEntry("lan", entry);
    assert.equal(await recover(), 1);
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "fixes")], [[op.op_id], []]);
    assert.equal(await drafts.loadDraft("lan", "visit h1"), null);
    assert.equal(await meta("next_seq"), 3);
  });

  test("the operation that a correction replaced is not restored beside it, even if its file is still there", async () => {
    const refused = await record("lan", "h1");
    await moveToFixes("lan", refused.op_id, { code: "invalid", fields: [] }, NOW);
    // Switched off right after the transaction: the file is not removed, and the manifest is not written.
    folder.hooks.beforeRemove = () => new Promise(() => {});
    folder.hooks.beforeWrite = (path) => (path.endsWith("manifest") ? new Promise(() => {}) : undefined);
    const corrected = await save("lan", "visit.record", refused.data, { replaces: [refused.op_id] });
    await filesWritten();
    assert.equal((await folder.operations("lan")).length, 2);
    Object.assign(folder.hooks, { beforeRemove: () => {}, beforeWrite: () => {} });
    await loseDatabases();
    await recover();
    assert.deepEqual(await opIds("lan", "outbox"), [corrected.op_id]);
    assert.deepEqual(
      (await meta("discarded")).map(({ seq }) => seq),
      [1],
    );
  });

  test("a file without a manifest is restored when its owner signs in", async () => {
    const { op_id } = await record("lan", "h1");
    await folder.removeFile("lan", "manifest");
    await loseDatabases();
    assert.equal(await recover(), 0);
    assert.equal(await accounts.currentAccount(), null);
    await signIn(LAN);
    await recover();
    assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
  });
});

describe("when the journal is empty", () => {
  test("every unsent operation gets its file again, and the account its manifest", async () => {
    const [queued, refused] = [await record("lan", "h1"), await record("lan", "h2")];
    await moveToFixes("lan", refused.op_id, { code: "invalid", fields: [] }, NOW);
    await folder.empty();
    await recover();
    assert.deepEqual(await folder.operations("lan"), [queued.op_id, refused.op_id].sort());
    await loseDatabases();
    await recover();
    assert.equal((await accounts.currentAccount()).device_id, "device-lan");
  });

  test("the account is known again from the first file on, whenever the app ends", async () => {
    await record("lan", "h1");
    await folder.empty();
    let written = 0;
    folder.hooks.beforeWrite = () => {
      written += 1;
      if (written > 1) throw new Error("the app has ended");
    };
    await recover().catch(() => {});
    folder.hooks.beforeWrite = () => {};
    await loseDatabases();
    await recover();
    assert.equal((await accounts.currentAccount())?.account_id, "lan");
  });

  test("nothing is written at a start with both copies complete", async () => {
    await record("lan", "h1");
    await recover();
    folder.hooks.beforeWrite = () => assert.fail("a file was written");
    const restore = interceptWrites(() => assert.fail("a row was written"));
    assert.equal(await recover().finally(restore), 0);
  });
});
