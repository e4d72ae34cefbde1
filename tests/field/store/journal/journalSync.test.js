// The journal follows the databases: a file goes with the acknowledgement, or when its operation is discarded.

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import * as journal from "../../../../static/field/store/journal/journal.ts";
import { recover } from "../../../../static/field/store/journal/recovery.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { moveToFixes } from "../../../../static/field/sync/applyResults.ts";
import { resendNow } from "../../../../static/field/sync/backoff.ts";
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
import { loseAnswers, unreachable } from "../../support/modelServer.js";
import { all, interceptWrites, opIds, record, save } from "../../support/phone.js";

beforeEach(startPhone);
after(removeFolder);

describe("an acknowledgement", () => {
  test("removes the file after its transaction", async () => {
    const { op_id } = await record("lan", "h1");
    const stores = [];
    folder.hooks.beforeRemove = async () => stores.push([await opIds("lan", "outbox"), await opIds("lan", "sent")]);
    await send();
    assert.deepEqual(await folder.operations("lan"), []);
    assert.deepEqual(stores, [[[], [op_id]]]);
  });

  test("that is lost leaves the file", async () => {
    const { op_id } = await record("lan", "h1");
    await send(loseAnswers(server));
    assert.deepEqual(await folder.operations("lan"), [op_id]);
    await send(unreachable);
    assert.deepEqual(await folder.operations("lan"), [op_id]);
  });

  test("whose transaction fails leaves the file", async () => {
    const { op_id } = await record("lan", "h1");
    const restore = interceptWrites((store) => {
      if (store === "sent") throw new DOMException("no space", "QuotaExceededError");
    });
    await send().finally(restore);
    assert.deepEqual(await folder.operations("lan"), [op_id]);
  });

  test("writes the next number to the manifest before the files are removed", async () => {
    await record("lan", "h1");
    let next;
    folder.hooks.beforeRemove = async () => (next = (await journal.readAccount("lan")).manifest.next_seq);
    await send();
    assert.equal(next, 2);
  });

  test("that a restored server does not have writes the file again", async () => {
    const backup = server.backup();
    await send();
    const { op_id } = await record("lan", "h1");
    await send();
    assert.deepEqual(await folder.operations("lan"), []);
    server.restore(backup, "second");
    await send();
    await filesWritten();
    assert.deepEqual([await opIds("lan", "outbox"), await folder.operations("lan")], [[op_id], [op_id]]);
    await resendNow("lan");
    await send();
    assert.deepEqual([await opIds("lan", "sent"), await folder.operations("lan")], [[op_id], []]);
  });

  for (const [decision, store] of [
    [{ status: "retry" }, "outbox"],
    [{ status: "rejected", code: "invalid" }, "fixes"],
  ]) {
    test(`that a server restored during the run does not have leaves the file of an operation in ${store}`, async () => {
      const backup = server.backup();
      await send();
      const ids = [(await record("lan", "h1")).op_id, (await record("lan", "h2")).op_id].sort();
      const fetch = async (...args) => {
        const response = await server.fetch(...args);
        if (!server.decide({})) server.restore(backup, "second");
        server.decide = () => decision;
        return response;
      };
      await send(fetch, { batch: 1 });
      await filesWritten();
      const unsent = [...(await opIds("lan", "outbox")), ...(await opIds("lan", "fixes"))].sort();
      assert.deepEqual([unsent, await folder.operations("lan")], [ids, ids]);
      assert.notDeepEqual(await opIds("lan", store), []);
    });
  }

  test("whose file could not be removed does no harm: the next start removes it", async () => {
    await record("lan", "h1");
    folder.hooks.beforeRemove = () => {
      throw new DOMException("busy", "NoModificationAllowedError");
    };
    await send();
    folder.hooks.beforeRemove = () => {};
    assert.equal(await recover(), 0);
    assert.deepEqual([await folder.operations("lan"), await opIds("lan", "outbox")], [[], []]);
  });
});

describe("a refused operation", () => {
  test("keeps its file until it is corrected or discarded", async () => {
    const { op_id, data } = await record("lan", "h1");
    server.decide = (op) => (op.op_id === op_id ? { status: "rejected", code: "service_required", fields: [] } : null);
    await send();
    assert.deepEqual([await opIds("lan", "fixes"), await folder.operations("lan")], [[op_id], [op_id]]);
    const corrected = await save("lan", "visit.record", data, { replaces: [op_id] });
    await filesWritten();
    assert.deepEqual(await folder.operations("lan"), [corrected.op_id]);
  });

  test("is restored as it was made; a discarded one is not restored", async () => {
    const [refused, discarded] = [await record("lan", "h1"), await record("lan", "h2")];
    for (const { op_id } of [refused, discarded]) await moveToFixes("lan", op_id, { code: "invalid", fields: [] }, NOW);
    await folder.removeFile("lan", refused.op_id);
    await recover();
    await outbox.discardRefused("lan", discarded.op_id);
    await filesWritten();
    await loseDatabases();
    await recover();
    const [op, ...others] = await all("lan", "outbox");
    assert.deepEqual([op.op_id, op.code, others], [refused.op_id, undefined, []]);
    assert.deepEqual(
      (await meta("discarded")).map(({ op_id, seq }) => [op_id, seq]),
      [[discarded.op_id, 2]],
    );
  });
});
