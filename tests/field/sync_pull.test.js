// Rows from the server: pages, resets, what leaves, and a phone that is killed in between.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inAccount } from "../../static/field/store/db.js";
import { book } from "../../static/field/store/replica.js";
import { run } from "../../static/field/sync/engine.js";
import { exchange } from "../../static/field/sync/exchange.js";
import { writePage } from "../../static/field/sync/pull.js";
import { json, ModelServer } from "./model_server.js";
import {
  all,
  DONG,
  dies,
  KILLED,
  LAN,
  minute,
  newPhone,
  opIds,
  record,
  replica,
  sabotage,
  signIn,
  TAY,
  visit,
} from "./phone.js";

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
const sync = (fetch = server.fetch) => run("lan", { fetch, now });
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

test("a visit sent while the list is still coming is in the list when it is whole", async () => {
  await page();
  await page();
  const { data } = await record("lan", "h1");
  await sync();
  assert.equal((await opIds("lan", "outbox")).length, 0);
  assert.deepEqual([...(await replica("lan", "visit")).rows.keys()], [data.id]);
});

test("2,500 rows are written in batches, the cursor with the last", async () => {
  server.pageRows = 5000;
  for (let number = 26; number <= 2500; number += 1) server.household(`h${number}`);
  let rows = 0;
  const heal = sabotage((store) => {
    rows += Number(store === "replica_household");
    if (rows === 1700) throw KILLED;
  });
  await assert.rejects(page(), { name: "Killed" }).finally(heal);
  const { state, stored } = await replica("lan", "household");
  assert.deepEqual([stored, state.filling.cursor, state.generation], [1500, undefined, 0]);
  await sync();
  assert.deepEqual(await households(), onServer());
});

test("a phone killed at any write of a reset starts or goes on cleanly", async () => {
  await sync();
  for (let kill = 1; ; kill += 1) {
    server.restore(server.backup(), `epoch ${kill}`);
    server.household("h1", { head_name: `Chủ hộ ${kill}` });
    let writes = 0;
    const heal = sabotage(() => {
      writes += 1;
      if (writes === kill) throw KILLED;
    });
    const died = await dies(sync()).finally(heal);
    assert.ok((await households()).length >= 25, `killed at write ${kill}: the list is not readable`);
    await sync();
    assert.deepEqual(await households(), onServer(), `killed at write ${kill}`);
    const { stored, rows } = await replica("lan", "household");
    assert.equal(stored, rows.size, `killed at write ${kill}: rows of another generation remain`);
    if (!died) break;
  }
});

test("during a reset the old list stays readable, then the new one takes its place", async () => {
  await sync();
  server.restore(server.backup(), "second");
  server.state.rows.delete("household h1");
  await page();
  assert.equal((await book("lan")).households.size, 25);
  await sync();
  assert.equal((await book("lan")).households.has("h1"), false);
  assert.equal((await replica("lan", "household")).stored, 24);
});

test("a reset while a reset is filling starts the filling anew", async () => {
  await page();
  await page();
  server.restore(server.backup(), "second");
  for (const number of [1, 2, 3]) server.state.rows.delete(`household h${number}`);
  await sync();
  assert.deepEqual(await households(), onServer());
  assert.equal((await replica("lan", "household")).stored, 22);
});

test("what Lan saves while the list is filling is sent, and is on screen all the time", async () => {
  await page();
  const { data } = await record("lan", "h1");
  assert.equal((await book("lan")).visits.get(data.id).step, "queued");
  await page();
  assert.deepEqual(await opIds("lan", "outbox"), []);
  assert.equal((await book("lan")).visits.get(data.id).step, "sent");
  await sync();
  assert.equal((await book("lan")).visits.get(data.id).step, "sent");
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

test("what is gone leaves the phone", async () => {
  await sync();
  server.gone("household", "h1", "dong");
  await sync();
  assert.equal((await households()).includes("h1"), false);
});

test("a household that moved to Lan's other hamlet is not gone", async () => {
  await sync();
  server.put("gone", { kind: "household", id: "h1", hamlet_id: "dong", moved_to: null });
  server.household("h1", { hamlet_id: "tay" });
  const moved = server.state.rows.get("gone h1").row;
  server.state.head += 1;
  moved.feed_seq = server.state.head;
  await sync();
  assert.equal((await replica("lan", "household")).rows.get("h1").hamlet_id, "tay");
});

test("gone does not delete a row that is newer", async () => {
  await sync();
  server.state.head += 1;
  const stale = { kind: "household", id: "h1", hamlet_id: "dong", moved_to: null, feed_seq: 1 };
  const fetch = async (...args) => {
    const body = await (await server.fetch(...args)).json();
    body.changes.household = [server.household("h1")];
    body.changes.gone = [stale];
    return json(body);
  };
  await page(fetch);
  assert.ok((await households()).includes("h1"));
});

test("when Thôn Tây is Lan's no longer, its rows leave with the very next answer", async () => {
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
  assert.equal((await book("lan")).households.size, 25);
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

test("an answer from before a restore, coming after one from after it, acknowledges nothing", async () => {
  await sync();
  const night = server.backup();
  const { op_id } = await record("lan", "h1");
  const late = await page(async (...args) => {
    const response = await server.fetch(...args);
    server.restore(night, "second");
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
  const { turn } = (await replica("lan", "household")).state;
  const { changes, ...rest } = await (
    await server.fetch("", { body: JSON.stringify({ ops: [] }), headers: {} })
  ).json();
  changes.household = [{ ...server.row("household", "h1"), feed_seq: 999, head_name: "muộn" }];
  assert.equal(await writePage("lan", { turn: turn - 1, written: new Set() }, { ...rest, changes }), false);
  assert.equal((await replica("lan", "household")).rows.get("h1").head_name, "Hộ h1");
});

test("an answer that goes on from another list than ours is not applied", async () => {
  await page();
  const { op_id } = await record("lan", "h1");
  const result = await page(async (...args) =>
    json({ ...(await (await server.fetch(...args)).json()), scope: "another" }),
  );
  assert.equal(result.kind, "fault");
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("acknowledgements are kept 30 days by the server's clock, discarded numbers too", async () => {
  await record("lan", "h1");
  await sync();
  const set = (acked_at) =>
    inAccount("lan", ["sent", "meta"], "readwrite", async (tx) => {
      const [op] = await tx.objectStore("sent").getAll();
      const discarded = [{ op_id: "x", seq: 9, at: acked_at }];
      await Promise.all([
        tx.objectStore("sent").put({ ...op, acked_at }),
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
