// Rows from the server: pages, resets, removals, and a phone that is killed in between.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inAccount } from "../../../static/field/store/db.ts";
import { loadView } from "../../../static/field/store/view/replica.ts";
import { runSync } from "../../../static/field/sync/engine.ts";
import { writePage } from "../../../static/field/sync/pull.ts";
import { exchange } from "../support/exchange.js";
import { json, ModelServer } from "../support/modelServer.js";
import {
  all,
  DONG,
  interceptWrites,
  KILLED,
  LAN,
  minute,
  newPhone,
  opIds,
  record,
  rejects,
  replica,
  signIn,
  TAY,
  visit,
} from "../support/phone.js";

const now = () => new Date("2026-11-24T10:15:00.000Z");
/** @type {ModelServer} */
let server;

beforeEach(async () => {
  await newPhone();
  await signIn({ ...LAN, hamlets: [DONG, TAY] });
  server = new ModelServer({ hamlets: ["dong", "tay"], pageRows: 10 });
  for (let number = 1; number <= 25; number += 1) server.household(`h${number}`);
});

const page = (fetch = server.fetch) => exchange("lan", { fetch, now });
const sync = (fetch = server.fetch) => runSync("lan", { fetch, now });
const households = async () => [...(await replica("lan", "household")).rows.keys()].sort();
const onServer = () =>
  [...server.state.rows.values()]
    .filter(({ kind }) => kind === "household")
    .map(({ row }) => row.id)
    .sort();

test("the first download comes in pages and is readable when the last is in", async () => {
  const seen = [];
  for (let pages = 0; pages < 3; pages += 1) {
    const { received, left, more } = await page();
    seen.push([received, left, more, (await households()).length]);
  }
  assert.deepEqual(seen, [
    [10, 15, true, 0],
    [10, 5, true, 0],
    [5, 0, false, 25],
  ]);
});

test("a visit sent during the first download is in the list when that is complete", async () => {
  await page();
  await page();
  const { data } = await record("lan", "h1");
  await sync();
  assert.equal((await opIds("lan", "outbox")).length, 0);
  assert.deepEqual([...(await replica("lan", "visit")).rows.keys()], [data.id]);
});

test("2,500 rows are written in batches, and the cursor with the last batch", async () => {
  server.pageRows = 5000;
  for (let number = 26; number <= 2500; number += 1) server.household(`h${number}`);
  let rows = 0;
  const restore = interceptWrites((store) => {
    rows += Number(store === "replica_household");
    if (rows === 1700) throw KILLED;
  });
  await assert.rejects(page(), { name: "Killed" }).finally(restore);
  const { state, stored } = await replica("lan", "household");
  assert.deepEqual([stored, state.loading.cursor, state.generation], [1500, undefined, 0]);
  await sync();
  assert.deepEqual(await households(), onServer());
});

test("a phone killed at any write of a reset keeps a readable list and completes the reset later", async () => {
  await sync();
  for (let kill = 1; ; kill += 1) {
    server.restore(server.backup(), `epoch ${kill}`);
    server.household("h1", { head_name: `Chủ hộ ${kill}` });
    let writes = 0;
    const restore = interceptWrites(() => {
      writes += 1;
      if (writes === kill) throw KILLED;
    });
    const died = await rejects(sync()).finally(restore);
    assert.ok((await households()).length >= 25, `killed at write ${kill}: the list is not readable`);
    await sync();
    assert.deepEqual(await households(), onServer(), `killed at write ${kill}`);
    const { stored, rows } = await replica("lan", "household");
    assert.equal(stored, rows.size, `killed at write ${kill}: rows of another generation remain`);
    if (!died) break;
  }
});

test("during a reset the old list stays readable until the new one replaces it", async () => {
  await sync();
  server.restore(server.backup(), "second");
  server.state.rows.delete("household h1");
  await page();
  assert.equal((await loadView("lan")).households.size, 25);
  await sync();
  assert.equal((await loadView("lan")).households.has("h1"), false);
  assert.equal((await replica("lan", "household")).stored, 24);
});

test("a reset during a reset starts the download again", async () => {
  await page();
  await page();
  server.restore(server.backup(), "second");
  for (const number of [1, 2, 3]) server.state.rows.delete(`household h${number}`);
  await sync();
  assert.deepEqual(await households(), onServer());
  assert.equal((await replica("lan", "household")).stored, 22);
});

test("a visit saved during the download is sent, and is on screen all the time", async () => {
  await page();
  const { data } = await record("lan", "h1");
  assert.equal((await loadView("lan")).visits.get(data.id).step, "queued");
  await page();
  assert.deepEqual(await opIds("lan", "outbox"), []);
  assert.equal((await loadView("lan")).visits.get(data.id).step, "sent");
  await sync();
  assert.equal((await loadView("lan")).visits.get(data.id).step, "sent");
});

test("a row is written only if it is newer", async () => {
  await sync();
  const old = { ...server.row("household", "h1"), feed_seq: 0, head_name: "cũ" };
  await page(async (...args) => {
    const body = await (await server.fetch(...args)).json();
    body.changes.household = [old];
    return json(body);
  });
  assert.equal((await replica("lan", "household")).rows.get("h1").head_name, "Hộ h1");
});

test("a tombstone deletes its row", async () => {
  await sync();
  server.tombstone("household", "h1", "dong");
  await sync();
  assert.equal((await households()).includes("h1"), false);
});

test("the tombstone of a household that moved to Lan's other hamlet does not delete it", async () => {
  await sync();
  server.put("tombstone", { kind: "household", id: "h1", hamlet_id: "dong", moved_to: null });
  server.household("h1", { hamlet_id: "tay" });
  const moved = server.state.rows.get("tombstone h1").row;
  server.state.head += 1;
  moved.feed_seq = server.state.head;
  await sync();
  assert.equal((await replica("lan", "household")).rows.get("h1").hamlet_id, "tay");
});

test("a household that has left is no other one any more, although its merge was heard and not its undo", async () => {
  await sync();
  server.tombstone("household", "h1", "dong", "h2");
  await sync();
  assert.equal((await loadView("lan")).aliases.get("h1"), "h2");
  server.tombstone("household", "h1", "dong"); // the merge was undone, and the household moved to another hamlet
  await sync();
  assert.equal((await loadView("lan")).aliases.get("h1"), undefined);
});

test("a list that is downloaded anew has the merges of its own time", async () => {
  await sync();
  server.tombstone("household", "h1", "dong", "h2");
  server.tombstone("household", "h3", "dong", "h4");
  await sync();
  server.restore(server.backup(), "second");
  server.state.rows.delete("tombstone h1");
  await page();
  assert.equal((await loadView("lan")).aliases.get("h1"), "h2", "as long as the old list is shown");
  await sync();
  assert.deepEqual([...(await loadView("lan")).aliases], [["h3", "h4"]]);
});

test("a tombstone does not delete a newer row", async () => {
  await sync();
  server.state.head += 1;
  const stale = { kind: "household", id: "h1", hamlet_id: "dong", moved_to: null, feed_seq: 1 };
  const fetch = async (...args) => {
    const body = await (await server.fetch(...args)).json();
    body.changes.household = [server.household("h1")];
    body.changes.tombstone = [stale];
    return json(body);
  };
  await page(fetch);
  assert.ok((await households()).includes("h1"));
});

test("when Lan's assignment to Thôn Tây ends, its rows are deleted with the next answer", async () => {
  server.household("t1", { hamlet_id: "tay" });
  server.put("visit", {
    ...visit("t1"),
    id: "v1",
    hamlet_id: "tay",
    occurred_at: minute(1),
    review: { state: "received" },
  });
  server.put("follow_up", { id: "v1", household_id: "t1", due_on: "2026-11-27", closed_by: null });
  server.put("hamlet", { ...TAY, hamlet_id: undefined });
  await sync();
  const { op_id } = await record("lan", "t1");
  server.hamlets.delete("tay");
  server.decide = () => ({ status: "retry" });
  await page();
  const left = await Promise.all(["household", "visit", "follow_up", "hamlet"].map((kind) => replica("lan", kind)));
  assert.deepEqual(
    left.map(({ rows }) => [...rows.values()].filter((row) => /t1|v1|tay/.test(JSON.stringify(row)))),
    [[], [], [], []],
  );
  assert.equal((await loadView("lan")).households.size, 25);
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("an answer to an older request than the last is not applied", async () => {
  await record("lan", "h1");
  let late;
  const early = page(async (...args) => {
    const response = await server.fetch(...args);
    late = await sync();
    return response;
  });
  assert.equal((await early).kind, "stale");
  assert.equal(late.outcome, "sent");
  assert.deepEqual(await households(), onServer());
});

test("an answer from before a restore acknowledges nothing after one from the new epoch", async () => {
  await sync();
  const backup = server.backup();
  const { op_id } = await record("lan", "h1");
  const late = await page(async (...args) => {
    const response = await server.fetch(...args);
    server.restore(backup, "second");
    server.decide = () => ({ status: "retry" });
    await page();
    return response;
  });
  assert.equal(late.kind, "stale");
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
  assert.equal((await replica("lan", "household")).state.epoch, "second");
});

test("the rest of a page is not written once another run has applied an answer", async () => {
  await sync();
  const { revision } = (await replica("lan", "household")).state;
  const { changes, ...rest } = await (
    await server.fetch("", { body: JSON.stringify({ ops: [] }), headers: {} })
  ).json();
  changes.household = [{ ...server.row("household", "h1"), feed_seq: 999, head_name: "muộn" }];
  assert.equal(await writePage("lan", { revision: revision - 1, written: new Set() }, { ...rest, changes }), null);
  assert.equal((await replica("lan", "household")).rows.get("h1").head_name, "Hộ h1");
});

test("an answer for another scope is not applied", async () => {
  await page();
  const { op_id } = await record("lan", "h1");
  const result = await page(async (...args) =>
    json({ ...(await (await server.fetch(...args)).json()), scope: "another" }),
  );
  assert.equal(result.kind, "error");
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("acknowledged operations and discarded numbers are stored for 30 days by the server's clock", async () => {
  await record("lan", "h1");
  await sync();
  const set = (acked_at) =>
    inAccount("lan", ["sent", "meta"], "readwrite", async (tx) => {
      const [key] = await tx.objectStore("sent").getAllKeys();
      const record = await tx.objectStore("sent").get(key);
      const discarded = [{ op_id: "x", seq: 9, at: acked_at }];
      await Promise.all([
        tx.objectStore("sent").put({ ...record, acked_at }, key),
        tx.objectStore("meta").put(discarded, "discarded"),
      ]);
    });
  await set("2026-10-26T00:00:00.000Z");
  await sync();
  assert.equal((await all("lan", "sent")).length, 1);
  await set("2026-10-24T00:00:00.000Z");
  await sync();
  assert.equal((await all("lan", "sent")).length, 0);
  await sync();
  assert.deepEqual(server.requests.at(-1).queue.held, []);
});
