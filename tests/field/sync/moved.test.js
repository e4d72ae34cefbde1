// A phone at the address that its commune has left: what it has is sent, its list stays, and it says where to go.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { resendNow } from "../../../static/field/sync/backoff.ts";
import { putVisit, readyPhone } from "../support/pageHarness.js";
import { all, opIds, record } from "../support/phone.js";

const MOVED = { address: "https://moi.example", code: "12345678", until: "2026-12-08T02:00:00.000Z" };
/** @type {import("../support/pageHarness.js").Phone} */
let phone;

const households = async () => (await all("lan", "replica_household")).length;

beforeEach(async () => {
  phone = await readyPhone();
  putVisit(phone, "v1");
  await phone.sync();
});

test("its queue is taken, its list stays, and Hôm nay says that the commune has moved", async () => {
  const before = await households();
  const { op_id } = await record("lan", "h12");
  assert.equal((await phone.get("/field/")).context.moved, "");
  phone.server.moved = MOVED;
  const { outcome, left } = await phone.sync();
  assert.deepEqual([outcome, left, await households()], ["sent", 0, before]);
  assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "sent")], [[], [op_id]]);
  assert.match((await phone.get("/field/")).context.moved, /moi\.example/);
  const { days } = (await phone.get("/field/log")).context;
  assert.match(days[0].rows[0].step.why, /địa chỉ cũ.*chuyển sang địa chỉ mới/);
});

test("the page has the address, the code for as long as it is open, and says what is not sent yet", async () => {
  assert.equal((await phone.get("/field/moved")).location, "/field/");
  phone.server.moved = MOVED;
  await phone.sync();
  const { href, code, until, unsent } = (await phone.get("/field/moved")).context;
  assert.deepEqual([href, code, until, unsent], ["https://moi.example/field/", "1234 5678", "08/12/2026", ""]);
  await record("lan", "h12");
  assert.match((await phone.get("/field/moved")).context.unsent, /Còn 1 lượt chưa gửi/);
  phone.now = new Date("2026-12-08T02:00:01.000Z");
  assert.equal((await phone.get("/field/moved")).context.code, "");
});

test("nothing is said any more once the commune is here again, and what was taken counts", async () => {
  await record("lan", "h12");
  phone.server.moved = MOVED;
  await phone.sync();
  phone.server.moved = undefined;
  await phone.sync();
  assert.equal((await phone.get("/field/")).context.moved, "");
  assert.deepEqual(await opIds("lan", "outbox"), []);
});

test("after a restore of the old server everything sent since is sent again, and the list stays", async () => {
  const { op_id } = await record("lan", "h12");
  phone.server.moved = MOVED;
  await phone.sync();
  const before = await households();
  phone.server.state.epoch = "restored";
  phone.server.state.ledger.clear();
  await phone.sync();
  await resendNow("lan");
  await phone.sync();
  assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "sent")], [[], [op_id]]);
  assert.deepEqual([phone.server.state.ledger.get(op_id), await households()], ["quarantined", before]);
});
