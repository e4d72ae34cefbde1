// A phone that is silent for 30 days lets its list go and seals its queue; what it sealed arrives once.

import assert from "node:assert/strict";
import { after, afterEach, beforeEach, test } from "node:test";
import { render as renderLater } from "../../../static/dist/field/laterTemplates.js";
import { render } from "../../../static/dist/field/templates.js";
import { checkStorage } from "../../../static/field/retention/storageCheck.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { recover } from "../../../static/field/store/journal/recovery.ts";
import { KINDS } from "../../../static/field/store/schema.ts";
import { decrypt, makeExportKey } from "../support/exportKey.js";
import { installPrivateFolder } from "../support/opfs.js";
import { lansPhone, putVisit, visitFields } from "../support/pageHarness.js";
import { all, newPhone, opIds, record } from "../support/phone.js";

const folder = installPrivateFolder();
/** The newest answer of the model server. */
const CONTACT = Date.parse("2026-11-24T09:40:00.000Z");
/** @type {import("../support/pageHarness.js").Phone} */
let phone;
/** @type {CryptoKeyPair} */
let keys;
/** What the server's place for sealed queues has got: the op_ids of each delivery. */
let delivered;
/** What it says of operations. */
let answer;

const daysLater = (days) => new Date(CONTACT + days * 86_400_000);
const meta = (key) => inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get(key));
const said = async () => (await phone.get("/field/")).context.late;
const held = () => phone.server.requests.at(-1).queue.held;

/** The app is started on that day, without a network. */
async function start(days, outcome = "offline") {
  phone.now = daysLater(days);
  return checkStorage(outcome, { now: () => phone.now, fetch: unreachable });
}

const unreachable = () => Promise.reject(new TypeError("Failed to fetch"));

async function receive(_address, { body }) {
  const { content } = await decrypt(new Blob([body]), keys);
  delivered.push(content.ops.map(({ op_id }) => op_id));
  return Response.json({ proto: 1, stored: content.ops.length, retry: 0, refused: [], ...answer(content.ops) });
}

/** The app is started where there is a network, and the exchange succeeds. */
async function reach(days) {
  phone.offline = false;
  phone.now = daysLater(days);
  await phone.sync();
  return checkStorage("idle", { now: () => phone.now, fetch: receive });
}

beforeEach(async () => {
  await folder.empty();
  phone = await lansPhone();
  keys = await makeExportKey(phone.server);
  putVisit(phone, "v1");
  await phone.sync();
  phone.offline = true;
  delivered = [];
  answer = () => ({});
});
afterEach(newPhone);
after(() => folder.remove());

test("a phone silent for 31 days, started on two of them, has no list and a sealed queue of 200 that arrives once", async () => {
  const ops = [];
  for (let number = 0; number < 200; number += 1) ops.push((await record("lan", "h12")).op_id);
  await start(30);
  assert.equal((await opIds("lan", "outbox")).length, 200, "one start changes nothing");
  await start(31);
  assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan", "sent")], [[], []]);
  for (const kind of KINDS.filter((one) => !["hamlet", "service"].includes(one)))
    assert.deepEqual(await all("lan", `replica_${kind}`), [], kind);
  assert.match(await said(), /^31 ngày không liên lạc: danh sách hộ đã xóa.*200 lượt chưa gửi đã niêm phong/);
  await reach(31);
  assert.deepEqual(delivered.flat().sort(), [...ops].sort());
  assert.deepEqual(
    held(),
    Array.from({ length: 200 }, (_, index) => index + 1),
    "no number was lost",
  );
  assert.equal(await said(), "");
  assert.equal((await all("lan", "replica_household")).length, 4);
  await reach(32);
  assert.equal(delivered.length, 1, "it is delivered once");
});

test("Đã ghi and Kiểm tra trước khi đi say what is sealed, not that nothing was recorded", async () => {
  const shown = async (address) => (await Object.assign(phone, { render, renderLater }).get(address)).html;
  const encrypted = "1 lượt chưa gửi đã niêm phong, có mạng sẽ gửi về đủ.";
  await record("lan", "h12");
  await start(30);
  await start(31);
  const log = await shown("/field/log");
  assert.ok(log.includes(encrypted));
  assert.doesNotMatch(log, /Chưa ghi lượt nào/);
  const check = await shown("/field/settings/check");
  assert.ok(check.includes(encrypted));
  assert.doesNotMatch(check, /Đã gửi đủ/);
  assert.ok((await shown("/field/settings")).includes(encrypted));
  const signOut = await phone.post("/field/account/sign-out");
  assert.deepEqual([signOut.status, signOut.context.unsent], [422, `${encrypted} Gửi trước khi đăng xuất.`]);
  phone.server.suspended = true;
  phone.offline = false;
  await phone.sync();
  assert.ok((await shown("/field/households")).includes(encrypted), "on a revoked phone");
  phone.server.suspended = false;
  await reach(31);
  assert.ok(!(await shown("/field/log")).includes("niêm phong"));
});

test("what was sent and sealed was recorded, too", async () => {
  phone.offline = false;
  await record("lan", "h12");
  await phone.sync();
  phone.offline = true;
  await start(30);
  await start(31);
  const { html } = await Object.assign(phone, { render, renderLater }).get("/field/log");
  assert.doesNotMatch(html, /Chưa ghi lượt nào/);
});

test("nothing that can be read stays in the private folder or the database", async () => {
  await record("lan", "h12", { note: "Bà hỏi về mức 2" });
  await start(30);
  await start(31);
  const files = [...(await folder.files("lan"))];
  assert.ok(files.some(([name]) => name.startsWith("encrypted-")));
  for (const [name, text] of files) assert.ok(!text.includes("Bà hỏi") && !text.includes("h12"), name);
  const stores = ["outbox", "fixes", "sent", "pages", "meta", ...KINDS.map((kind) => `replica_${kind}`)];
  const stored = await inAccount("lan", stores, "readonly", (tx) =>
    Promise.all(stores.map((store) => tx.objectStore(store).getAll())),
  );
  assert.ok(!JSON.stringify(stored).includes("Bà hỏi"));
  assert.ok(!JSON.stringify(stored).includes("Nguyễn Văn Đức"));
});

test("one start with the clock in 2028 seals nothing, and the next one with a right clock forgets it", async () => {
  await record("lan", "h12");
  await start(500);
  await start(500);
  assert.equal((await opIds("lan", "outbox")).length, 1);
  await start(3);
  assert.equal(await meta("silent_since"), undefined);
  await start(501);
  assert.equal((await opIds("lan", "outbox")).length, 1);
  assert.equal((await all("lan", "replica_household")).length, 4);
});

test("a clock that the exchange has found wrong says nothing of a silence", async () => {
  await record("lan", "h12");
  for (const days of [500, 501, 502]) assert.equal(await start(days, "clock"), false);
  assert.equal((await opIds("lan", "outbox")).length, 1);
});

test("a week before Hôm nay warns, and says nothing before that", async () => {
  await start(22);
  assert.equal(await said(), "");
  await start(23);
  assert.match(await said(), /^23 ngày chưa liên lạc\. Quá 30 ngày/);
  await reach(24);
  assert.equal(await said(), "");
});

test("where the commune says so it takes 60 days", async () => {
  phone.offline = false;
  phone.server.silenceDays = 60;
  await phone.sync();
  phone.offline = true;
  await record("lan", "h12");
  for (const days of [31, 45, 59]) await start(days);
  assert.equal((await opIds("lan", "outbox")).length, 1);
  await start(60);
  await start(61);
  assert.deepEqual(await opIds("lan", "outbox"), []);
});

test("recording goes on, and what was recorded is sealed on the next day", async () => {
  await start(30);
  await start(31);
  const fields = { hamlet_id: "dong", head_name: "Vũ Thị Lan", house_no: "7", alley: "", phone: "" };
  const form = (await phone.get("/field/households/new")).context;
  assert.equal((await phone.post("/field/households/new", { ...fields, id: form.id })).status, 303);
  const [{ data }] = await all("lan", "outbox");
  assert.equal(
    (await phone.post(`/field/households/${data.id}/visit`, visitFields({ household_id: data.id }))).status,
    303,
  );
  await start(31);
  assert.equal((await opIds("lan", "outbox")).length, 2, "on the day itself it stays on screen");
  await start(32);
  assert.deepEqual(await opIds("lan", "outbox"), []);
  assert.match(await said(), /2 lượt chưa gửi đã niêm phong/);
  await reach(33);
  assert.equal(delivered.flat().length, 2);
});

test("a queue is delivered until the server has all of it, and once more in another epoch", async () => {
  const { op_id } = await record("lan", "h12");
  await start(30);
  await start(31);
  answer = () => ({ retry: 1 });
  assert.equal(await reach(31), false, "to be tried again today");
  answer = () => ({});
  await reach(31);
  phone.server.restore(phone.server.backup(), "second");
  await reach(32);
  assert.deepEqual(delivered, [[op_id], [op_id], [op_id]]);
});

test("what the server refuses of it is the author's to correct", async () => {
  const { op_id } = await record("lan", "h12");
  await start(30);
  await start(31);
  answer = ([op]) => ({ stored: 0, refused: [{ op, code: "service_unknown", fields: ["services"] }] });
  await reach(31);
  assert.deepEqual(await opIds("lan", "fixes"), [op_id]);
  const { context } = await phone.get("/field/");
  assert.equal(context.fixes.count, 1);
});

test("a phone whose database was lost delivers what the private folder has", async () => {
  const { op_id } = await record("lan", "h12");
  await start(30);
  await start(31);
  await newPhone();
  await recover();
  assert.deepEqual(await opIds("lan", "outbox"), [], "it has no operation that could be read");
  await reach(32);
  assert.deepEqual(delivered.flat(), [op_id]);
  assert.ok(held().includes(1));
});

test("without the commune's key nothing is sealed, and nothing is deleted", async () => {
  await record("lan", "h12");
  await inAccount("lan", ["meta"], "readwrite", async (tx) => {
    const { export_key: _key, ...state } = await tx.objectStore("meta").get("replica");
    await tx.objectStore("meta").put(state, "replica");
  });
  await start(30);
  await start(31);
  assert.equal((await opIds("lan", "outbox")).length, 1);
  assert.equal((await all("lan", "replica_household")).length, 4);
});
