// A revoked phone: its list is deleted, and what was recorded is still sent.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KINDS } from "../../../static/field/store/schema.ts";
import { resendNow } from "../../../static/field/sync/backoff.ts";
import { putVisit, readyPhone } from "../support/pageHarness.js";
import { all, opIds, record, replica } from "../support/phone.js";

const NOTICE =
  "Máy này đã bị thu hồi. Danh sách hộ đã xóa khỏi máy, lượt chưa gửi vẫn được gửi về. Cần dùng lại máy này thì hỏi cán bộ.";
/** @type {import("../support/pageHarness.js").Phone} */
let phone;

/** How many rows the phone has of anything but the catalog, with which an open form can still be saved. */
const rows = async () => {
  const kinds = KINDS.filter((kind) => kind !== "service");
  return (await Promise.all(kinds.map((kind) => all("lan", `replica_${kind}`)))).flat().length;
};

beforeEach(async () => {
  phone = await readyPhone();
  putVisit(phone, "v1");
  await phone.sync();
});

test("its list is deleted, and everything queued is sent to the commune", async () => {
  const { op_id } = await record("lan", "h12");
  phone.server.suspended = true;
  const { outcome, left } = await phone.sync();
  assert.deepEqual([outcome, left, await rows()], ["sent", 0, 0]);
  assert.deepEqual(await opIds("lan", "sent"), [op_id]);
});

test("Hôm nay and Đã ghi say so, and Đã ghi still shows what was recorded", async () => {
  await record("lan", "h12");
  phone.server.suspended = true;
  await phone.sync();
  const { template, context } = await phone.get("/field/");
  assert.deepEqual([template, context.erased], ["field/today.html", NOTICE]);
  const log = (await phone.get("/field/log")).context;
  const [{ label, step }] = log.days[0].rows;
  assert.deepEqual([log.erased, label, step.why], [NOTICE, "Hộ không còn trong danh sách", "Máy này đã bị thu hồi."]);
});

test("operations that could not be sent are sent later", async () => {
  phone.server.suspended = true;
  await phone.sync();
  const { op_id } = await record("lan", "h12");
  phone.offline = true;
  await phone.sync();
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
  phone.offline = false;
  await phone.sync();
  assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "sent")], [[], [op_id]]);
});

test("a phone revoked during a download deletes its list too", async () => {
  phone.server.pageRows = 4;
  phone.server.hamlets.add("tay");
  let answers = 0;
  const { fetch } = phone.server;
  phone.server.fetch = (...args) => {
    answers += 1;
    phone.server.suspended = answers > 1;
    return fetch(...args);
  };
  await phone.sync();
  assert.equal(await rows(), 0);
  assert.equal((await phone.get("/field/")).context.erased, NOTICE);
});

test("a server that was restored meanwhile gets everything again", async () => {
  const backup = phone.server.backup();
  const { op_id } = await record("lan", "h12");
  await phone.sync();
  phone.server.restore(backup, "second");
  phone.server.suspended = true;
  await phone.sync();
  await resendNow("lan");
  assert.equal((await phone.sync()).outcome, "sent");
  assert.deepEqual([await rows(), await opIds("lan", "sent"), await opIds("lan", "outbox")], [0, [op_id], []]);
  assert.deepEqual([...phone.server.state.ledger.keys()], [op_id]);
});

test("an erased phone changes nothing at later exchanges", async () => {
  phone.server.suspended = true;
  await phone.sync();
  const { state } = await replica("lan", "household");
  const before = phone.server.requests.length;
  await phone.sync();
  assert.equal(phone.server.requests.length, before + 1);
  assert.equal((await replica("lan", "household")).state.view_version, state.view_version);
});

test("without a session it does not say that the rest will be sent", async () => {
  await record("lan", "h12");
  phone.server.suspended = true;
  await phone.sync();
  const { op_id } = await record("lan", "h12");
  phone.server.refuse = () => ({ status: 401, error: "sign_in" });
  const { outcome } = await phone.sync();
  phone.syncState = { outcome, progress: null };
  for (const address of ["/field/", "/field/log"]) {
    const { erased, sign_in } = (await phone.get(address)).context;
    assert.equal(erased, "Máy này đã bị thu hồi. Danh sách hộ đã xóa khỏi máy. Cần dùng lại máy này thì hỏi cán bộ.");
    assert.equal(sign_in, "Đăng nhập lại bằng mã mời mới để gửi 1 lượt đang lưu trên máy.");
  }
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("a phone that is allowed again downloads its list again", async () => {
  phone.server.suspended = true;
  await phone.sync();
  phone.server.suspended = false;
  await phone.sync();
  assert.equal((await phone.get("/field/")).context.erased, "");
  const { filters } = (await phone.get("/field/households")).context;
  assert.equal(filters.at(-1).count, "4");
});

test("a phone that is not revoked shows no such notice", async () => {
  assert.equal((await phone.get("/field/")).context.erased, "");
  assert.equal((await phone.get("/field/log")).context.erased, "");
});

test("an old build sends its queue, and Hôm nay offers the update", async () => {
  const { op_id } = await record("lan", "h12");
  phone.server.refuse = ({ ops }) => (ops.length ? null : { status: 426, error: "outdated" });
  assert.equal((await phone.sync()).outcome, "sent");
  assert.deepEqual(await opIds("lan", "sent"), [op_id]);
  const { outcome } = await phone.sync();
  assert.equal(outcome, "update");
  phone.syncState = { outcome, progress: null };
  assert.equal((await phone.get("/field/")).context.update, true);
});
