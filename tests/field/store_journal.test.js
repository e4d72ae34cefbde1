// The second copy of what is not sent: written with every save, removed with the acknowledgement, and enough to bring
// everything back.

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import * as accounts from "../../static/field/store/accounts.js";
import { inAccount, StorageFull } from "../../static/field/store/db.js";
import * as drafts from "../../static/field/store/drafts.js";
import * as journal from "../../static/field/store/journal.js";
import * as outbox from "../../static/field/store/outbox.js";
import { recover } from "../../static/field/store/recovery.js";
import { run } from "../../static/field/sync/engine.js";
import { setAside } from "../../static/field/sync/settle.js";
import { losing, ModelServer, unreachable } from "./model_server.js";
import { giveFolder } from "./opfs.js";
import { all, LAN, minute, NAM, newId, newPhone, opIds, record, sabotage, save, signIn, visit } from "./phone.js";

const NOW = new Date("2026-11-24T10:15:00.000Z");
const folder = giveFolder();
/** @type {ModelServer} */
let server;

beforeEach(async () => {
  await newPhone();
  await folder.empty();
  Object.assign(folder.faults, { beforeWrite: () => {}, afterWrite: () => {}, beforeRemove: () => {} });
  await signIn(LAN);
  server = new ModelServer();
  for (const id of ["h1", "h2", "h3"]) server.household(id);
});

after(() => folder.takeAway());

const send = (fetch = server.fetch) => run("lan", { fetch, now: () => NOW });
const meta = (key) => inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get(key));
/** Long enough for files that nobody waits for. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** What a flipped byte does to Chromium's databases: every one of them is empty from then on. */
const loseDatabases = newPhone;

describe("a save", () => {
  test("is in a file before its transaction, and in both when it is said to be saved", async () => {
    const heard = [];
    folder.faults.afterWrite = async () => heard.push(["file", await opIds("lan", "outbox")]);
    const { op_id } = await record("lan", "h1");
    assert.deepEqual(heard, [["file", []]]);
    assert.deepEqual([await folder.operations("lan"), await opIds("lan", "outbox")], [[op_id], [op_id]]);
  });

  test("leaves the same operation in the file as in the database", async () => {
    await record("lan", "h1", { note: "hẹn chiều 😀" });
    const { entries } = await journal.read("lan");
    assert.deepEqual(
      entries.map(({ op }) => op),
      await all("lan", "outbox"),
    );
  });

  test("with no room left leaves no file either", async () => {
    const heal = sabotage(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    await assert.rejects(record("lan", "h1"), StorageFull).finally(heal);
    assert.deepEqual(await folder.operations("lan"), []);
  });

  test("goes through where files cannot be written", async () => {
    folder.faults.beforeWrite = () => {
      throw new DOMException("no space", "QuotaExceededError");
    };
    await record("lan", "h1");
    assert.equal((await outbox.counts("lan")).queued, 1);
  });

  test("goes through where a file is never done", async ({ mock }) => {
    mock.timers.enable({ apis: ["setTimeout"] });
    folder.faults.beforeWrite = () => {
      setImmediate(() => mock.timers.tick(3_000));
      return new Promise(() => {});
    };
    await record("lan", "h1");
    assert.equal((await outbox.counts("lan")).queued, 1);
  });

  test("repeated with other content, in another tab, does not change the file of the first", async () => {
    const { op_id, data } = await record("lan", "h1");
    const saving = { id: op_id, type: "visit.record", data: { ...data, note: "khác" }, at: minute(2) };
    assert.equal((await outbox.append("lan", saving)).differs, true);
    assert.equal((await journal.read("lan")).entries[0].op.data.note, "");
  });

  test("made at the very same time by two tabs under one id leaves the file of the one that was first", async () => {
    const id = newId();
    const saving = (note) => ({ id, type: "visit.record", data: visit("h1", { id, note }), at: minute(1) });
    await Promise.all([outbox.append("lan", saving("một")), outbox.append("lan", saving("hai"))]);
    const [stored] = await all("lan", "outbox");
    assert.deepEqual((await journal.read("lan")).entries, [{ op: stored }]);
  });

  test("has in its file the number that it has in the database, however many are made at once", async () => {
    await Promise.all(["h1", "h2", "h3"].map((id) => record("lan", id)));
    const numbers = (ops) => new Map(ops.map(({ op_id, seq }) => [op_id, seq]));
    const { entries } = await journal.read("lan");
    assert.deepEqual(numbers(entries.map(({ op }) => op).sort(byId)), numbers(await all("lan", "outbox")));
  });
});

const byId = (one, other) => one.op_id.localeCompare(other.op_id);

describe("an acknowledgement", () => {
  test("removes the file, once its transaction is done", async () => {
    const { op_id } = await record("lan", "h1");
    const places = [];
    folder.faults.beforeRemove = async () => places.push([await opIds("lan", "outbox"), await opIds("lan", "sent")]);
    await send();
    assert.deepEqual(await folder.operations("lan"), []);
    assert.deepEqual(places, [[[], [op_id]]]);
  });

  test("that is lost leaves the file", async () => {
    const { op_id } = await record("lan", "h1");
    await send(losing(server));
    assert.deepEqual(await folder.operations("lan"), [op_id]);
    await send(unreachable);
    assert.deepEqual(await folder.operations("lan"), [op_id]);
  });

  test("whose transaction fails leaves the file", async () => {
    const { op_id } = await record("lan", "h1");
    const heal = sabotage((store) => {
      if (store === "sent") throw new DOMException("no space", "QuotaExceededError");
    });
    await send().finally(heal);
    assert.deepEqual(await folder.operations("lan"), [op_id]);
  });

  test("writes the next number down before the files go", async () => {
    await record("lan", "h1");
    let next;
    folder.faults.beforeRemove = async () => (next = (await journal.read("lan")).standing.next_seq);
    await send();
    assert.equal(next, 2);
  });

  test("that a restored server has forgotten puts the file back", async () => {
    const backup = server.backup();
    await send();
    const { op_id } = await record("lan", "h1");
    await send();
    assert.deepEqual(await folder.operations("lan"), []);
    server.restore(backup, "second");
    server.decide = () => ({ status: "retry" });
    await send();
    await pause();
    assert.deepEqual([await opIds("lan", "outbox"), await folder.operations("lan")], [[op_id], [op_id]]);
    server.decide = () => null;
    await send();
    assert.deepEqual([await opIds("lan", "sent"), await folder.operations("lan")], [[op_id], []]);
  });

  test("whose file could not be removed costs nothing: the next start removes it", async () => {
    await record("lan", "h1");
    folder.faults.beforeRemove = () => {
      throw new DOMException("busy", "NoModificationAllowedError");
    };
    await send();
    folder.faults.beforeRemove = () => {};
    assert.equal(await recover(), 0);
    assert.deepEqual([await folder.operations("lan"), await opIds("lan", "outbox")], [[], []]);
  });
});

describe("what the server refused", () => {
  test("keeps its file until it is mended or given up", async () => {
    const { op_id, data } = await record("lan", "h1");
    server.decide = (op) => (op.op_id === op_id ? { status: "rejected", code: "service_required", fields: [] } : null);
    await send();
    assert.deepEqual([await opIds("lan", "fixes"), await folder.operations("lan")], [[op_id], [op_id]]);
    const mended = await save("lan", "visit.record", data, { replaces: [op_id] });
    await pause();
    assert.deepEqual(await folder.operations("lan"), [mended.op_id]);
  });

  test("comes back as it was made, is refused again, and what was given up does not come back", async () => {
    const [kept, given] = [await record("lan", "h1"), await record("lan", "h2")];
    for (const { op_id } of [kept, given]) await setAside("lan", op_id, { code: "invalid", fields: [] }, NOW);
    await folder.remove("lan", kept.op_id);
    await recover();
    await outbox.discard("lan", given.op_id);
    await pause();
    await loseDatabases();
    await recover();
    const [op, ...others] = await all("lan", "outbox");
    assert.deepEqual([op.op_id, op.code, others], [kept.op_id, undefined, []]);
    assert.deepEqual(
      (await meta("discarded")).map(({ op_id, seq }) => [op_id, seq]),
      [[given.op_id, 2]],
    );
  });
});

describe("with every database gone", () => {
  test("what was saved comes back under its numbers, with the account, and is sent once", async () => {
    const { life, device_id } = await accounts.current();
    const saved = [await record("lan", "h1"), await record("lan", "h2")];
    await send(losing(server));
    await loseDatabases();
    assert.equal(await recover(), 2);
    assert.deepEqual(
      (await outbox.pending("lan")).map(({ op_id, seq }) => [op_id, seq]),
      saved.map(({ op_id, seq }) => [op_id, seq]),
    );
    const open = await accounts.current();
    assert.deepEqual([open.account_id, open.life, open.device_id, open.signed_in], ["lan", life, device_id, true]);
    assert.equal(await meta("life"), life);
    assert.equal((await send()).outcome, "sent");
    assert.deepEqual(
      saved.map(({ op_id }) => server.applied.get(op_id)),
      [1, 1],
    );
  });

  test("what another tab brings back and sends in the meantime is not brought back twice", async () => {
    const { op_id } = await record("lan", "h1");
    await loseDatabases();
    const original = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      if (mode === "readwrite" && stores.includes("drafts")) {
        const sent = original.call(this, ["sent"], "readwrite").objectStore("sent");
        sent.put({ op_id, seq: 1, status: "applied", data: {} });
      }
      return original.call(this, stores, mode, options);
    };
    await recover().finally(() => (IDBDatabase.prototype.transaction = original));
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "sent")], [[], [op_id]]);
  });

  test("numbers given before are not given again, though their files are gone with the acknowledgement", async () => {
    await record("lan", "h1");
    await record("lan", "h2");
    await send();
    await loseDatabases();
    await recover();
    assert.equal((await record("lan", "h3")).seq, 3);
  });

  test("nor are numbers given since the account's own file was written", async () => {
    for (const id of ["h1", "h2"]) await record("lan", id);
    await loseDatabases();
    await recover();
    assert.equal((await record("lan", "h3")).seq, 3);
  });

  test("Lan, signing in, is the device she was", async () => {
    await record("lan", "h1");
    const known = await accounts.introduction(LAN.phone);
    await loseDatabases();
    await recover();
    assert.deepEqual(await accounts.introduction(LAN.phone), known);
  });

  test("Lan's queue waits for Lan while Nam has the phone", async () => {
    await record("lan", "h1");
    await signIn(NAM);
    await record("nam", "h2");
    await loseDatabases();
    await recover();
    assert.equal((await accounts.current()).account_id, "nam");
    assert.deepEqual(
      (await accounts.list()).map(({ account_id, signed_in }) => [account_id, signed_in]),
      [
        ["lan", false],
        ["nam", true],
      ],
    );
    await run("nam", { fetch: new ModelServer({ hamlets: ["tay"] }).fetch, now: () => NOW });
    assert.equal((await outbox.counts("lan")).queued, 1);
    assert.equal((await send()).outcome, "idle");
    assert.equal(server.requests.length, 0);
  });

  test("a phone from which Lan had signed out opens for nobody", async () => {
    await accounts.close();
    await loseDatabases();
    await recover();
    assert.equal(await accounts.current(), null);
    assert.equal((await accounts.introduction(LAN.phone)).device_id, "device-lan");
  });

  test("what a mended operation had replaced stays replaced, and its form's draft is gone", async () => {
    const refused = await record("lan", "h1");
    await setAside("lan", refused.op_id, { code: "invalid", fields: [] }, NOW);
    // The phone is killed between the file and the transaction.
    await drafts.save("lan", "visit h1", { note: "a" });
    const op = { op_id: newId(), seq: 2, type: "visit.record", v: 1, commune_id: "yen-binh", at: minute(2) };
    const entry = { op: { ...op, data: refused.data }, replaces: [refused.op_id], draft: "visit h1" };
    await journal.write("lan", entry);
    assert.equal(await recover(), 1);
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "fixes")], [[op.op_id], []]);
    assert.equal(await drafts.load("lan", "visit h1"), null);
    assert.equal(await meta("next_seq"), 3);
  });

  test("nor does what it replaced come back beside it, if its file is still there", async () => {
    const refused = await record("lan", "h1");
    await setAside("lan", refused.op_id, { code: "invalid", fields: [] }, NOW);
    // Switched off straight after the transaction: neither has the file gone, nor is it written down that it may.
    folder.faults.beforeRemove = () => new Promise(() => {});
    folder.faults.beforeWrite = (path) => (path.endsWith("account") ? new Promise(() => {}) : undefined);
    const mended = await save("lan", "visit.record", refused.data, { replaces: [refused.op_id] });
    await pause();
    assert.equal((await folder.operations("lan")).length, 2);
    Object.assign(folder.faults, { beforeRemove: () => {}, beforeWrite: () => {} });
    await loseDatabases();
    await recover();
    assert.deepEqual(await opIds("lan", "outbox"), [mended.op_id]);
    assert.deepEqual(
      (await meta("discarded")).map(({ seq }) => seq),
      [1],
    );
  });

  test("a file without its account waits until its owner signs in", async () => {
    const { op_id } = await record("lan", "h1");
    await folder.remove("lan", "account");
    await loseDatabases();
    assert.equal(await recover(), 0);
    assert.equal(await accounts.current(), null);
    await signIn(LAN);
    await recover();
    assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
  });
});

describe("a torn file", () => {
  const damages = {
    "is empty": () => "",
    "was cut off": (text) => text.slice(0, -20),
    "has one other letter": (text) => text.replace("helped", "hilped"),
    "is not ours": () => "<html>",
  };
  for (const [what, damage] of Object.entries(damages)) {
    test(`that ${what} is told apart, and hides none of the others`, async () => {
      const [torn, whole] = [await record("lan", "h1"), await record("lan", "h2")];
      await folder.overwrite("lan", torn.op_id, damage((await folder.files("lan")).get(torn.op_id)));
      const { entries, torn: names } = await journal.read("lan");
      assert.deepEqual([entries.map(({ op }) => op.op_id), names], [[whole.op_id], [torn.op_id]]);
      await recover();
      assert.equal((await journal.read("lan")).entries.length, 2, "written anew from the database");
    });
  }

  test("of the account costs its name only", async () => {
    const { op_id } = await record("lan", "h1");
    await folder.overwrite("lan", "account", "0000");
    await recover();
    await loseDatabases();
    await recover();
    assert.deepEqual([(await accounts.current()).account_id, await opIds("lan", "outbox")], ["lan", [op_id]]);
  });
});

describe("with the journal gone", () => {
  test("every operation that waits gets its file again, and the account its own", async () => {
    const [queued, refused] = [await record("lan", "h1"), await record("lan", "h2")];
    await setAside("lan", refused.op_id, { code: "invalid", fields: [] }, NOW);
    await folder.empty();
    await recover();
    assert.deepEqual(await folder.operations("lan"), [queued.op_id, refused.op_id].sort());
    await loseDatabases();
    await recover();
    assert.equal((await accounts.current()).device_id, "device-lan");
  });

  test("and at every start with both copies whole nothing is written", async () => {
    await record("lan", "h1");
    await recover();
    folder.faults.beforeWrite = () => assert.fail("a file was written");
    const heal = sabotage(() => assert.fail("a row was written"));
    assert.equal(await recover().finally(heal), 0);
  });
});
