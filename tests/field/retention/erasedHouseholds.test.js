// Households that were erased on request leave the phone: nothing of them is in any store, and nothing else is touched.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { clearErased } from "../../../static/field/retention/erasedHouseholds.ts";
import { checkStorage } from "../../../static/field/retention/storageCheck.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import { saveDraft } from "../../../static/field/store/drafts.ts";
import { REPLICA_STORES } from "../../../static/field/store/schema.ts";
import { allSent } from "../../../static/field/store/sentStore.ts";
import { replicaStatus } from "../../../static/field/store/view/replica.ts";
import { unreachable } from "../support/modelServer.js";
import { all, opIds, record, save } from "../support/phone.js";
import { server, startPhone, sync } from "../support/syncPhone.js";

const STORES = [...REPLICA_STORES, "outbox", "fixes", "sent", "drafts", "pages", "meta"];
const NAME = "Quàng Văn Xuyến";
const NOTE = "Bà cụ hỏi về sổ lương";
const NOW = new Date("2026-11-24T10:15:00.000Z");

beforeEach(async () => {
  await startPhone();
  server.household("h2");
});

/** Everything that the account's database has, as text. */
async function stored() {
  const records = await inAccount("lan", STORES, "readonly", (tx) =>
    Promise.all(STORES.map((store) => tx.objectStore(store).getAll())),
  );
  return JSON.stringify(records);
}

/** Whatever a phone may have of a household: rows, what was sent and refused, a draft of each kind, a stored page. */
async function fillPhone(household) {
  server.household(household, { head_name: NAME, alley: "Dưới cây khế lạ" });
  await sync();
  server.decide = ({ data }) => (data.result === "refused" ? { status: "rejected", code: "service_required" } : null);
  const visit = await record("lan", household, { note: NOTE });
  await save("lan", "household.amend", { id: household, base_version: 1, house_no: "77K" });
  await record("lan", household, { note: NOTE, result: "refused" });
  const withdrawn = await record("lan", household, { note: NOTE });
  await sync();
  await save("lan", "visit.withdraw", { id: withdrawn.data.id });
  await sync();
  await saveDraft("lan", `visit:new:${household}`, { id: "d1", note: NOTE });
  await saveDraft("lan", `household:edit:${household}`, { id: "d2", head_name: NAME });
  await saveDraft("lan", `visit:edit:${visit.data.id}`, { id: "d3", household_id: household, note: NOTE });
  await inAccount("lan", ["pages"], "readwrite", (tx) => tx.objectStore("pages").put({ path: "/field/", html: NAME }));
  return visit;
}

/** What was sent of a household. */
async function sentOf(household) {
  const sent = await inAccount("lan", ["sent"], "readonly", allSent);
  return sent.filter(({ data }) => data.household_id === household || data.id === household);
}

test("nothing of an erased household is left in any store, and everything of another one stays", async () => {
  await fillPhone("h1");
  const other = await record("lan", "h2", { note: "Nhà bên cạnh" });
  await sync();
  await saveDraft("lan", "visit:new:h2", { id: "d9", note: "Đang ghi" });
  assert.ok((await stored()).includes(NAME) && (await stored()).includes(NOTE));
  server.erase("h1");
  await sync();
  await clearErased("lan", NOW);
  const left = await stored();
  for (const secret of [NAME, NOTE, "77K", "khế lạ"]) assert.ok(!left.includes(secret), secret);
  assert.deepEqual(await opIds("lan", "sent"), [other.op_id]);
  assert.deepEqual(
    (await all("lan", "drafts")).map(({ key }) => key),
    ["visit:new:h2"],
  );
});

test("what waited on the phone is sent, answered without being stored, and goes too", async () => {
  await sync();
  server.erase("h1");
  const waiting = await record("lan", "h1", { note: NOTE });
  await clearErased("lan", NOW);
  assert.deepEqual(await opIds("lan", "outbox"), [waiting.op_id]);
  await sync();
  await clearErased("lan", NOW);
  assert.ok(!(await stored()).includes(NOTE));
  assert.deepEqual(await opIds("lan", "outbox"), []);
});

test("the number of a refused operation that goes stays known", async () => {
  await fillPhone("h1");
  const [refused] = await all("lan", "fixes");
  server.erase("h1");
  await sync();
  await clearErased("lan", NOW);
  await sync();
  assert.deepEqual(await all("lan", "fixes"), []);
  assert.ok(server.requests.at(-1).queue.held.includes(refused.seq));
});

test("a server that was made anew knows the household by its operations alone", async () => {
  const { op_id } = await record("lan", "h1", { note: NOTE });
  const other = await record("lan", "h2");
  await saveDraft("lan", "visit:new:h1", { id: "d1", note: NOTE });
  server.decide = ({ data }) => (data.household_id === "h1" ? { status: "duplicate", code: "erased" } : null);
  await sync();
  assert.ok((await opIds("lan", "sent")).includes(op_id));
  await clearErased("lan", NOW);
  assert.deepEqual(await opIds("lan", "sent"), [other.op_id]);
  assert.ok(!(await stored()).includes(NOTE));
});

test("a household that moved to another hamlet takes nothing along", async () => {
  await fillPhone("h1");
  const sent = await opIds("lan", "sent");
  server.tombstone("household", "h1", "dong");
  await sync();
  await clearErased("lan", NOW);
  assert.deepEqual(await opIds("lan", "sent"), sent);
  assert.equal((await all("lan", "drafts")).length, 3);
});

test("the numbers of what was sent stay known, so that no restore makes them lost", async () => {
  await fillPhone("h1");
  const sent = (await sentOf("h1")).map(({ seq }) => seq);
  assert.ok(sent.length > 2);
  server.erase("h1");
  await sync();
  await clearErased("lan", NOW);
  await sync();
  const { held } = server.requests.at(-1).queue;
  assert.deepEqual(
    sent.filter((seq) => !held.includes(seq)),
    [],
  );
});

test("what an older build has saved as of a household called erased goes too", async () => {
  await sync();
  server.erase("h1");
  const stuck = await record("lan", "erased", { note: NOTE });
  await sync();
  assert.deepEqual(await opIds("lan", "fixes"), [stuck.op_id]);
  await clearErased("lan", NOW);
  assert.deepEqual(await opIds("lan", "fixes"), []);
  await sync();
  assert.ok(server.requests.at(-1).queue.held.includes(stuck.seq));
});

test("it is said for a day, without a name, and by no other phone", async () => {
  const said = async () => (await replicaStatus("lan")).silence ?? "";
  await fillPhone("h1");
  server.erase("h1");
  await sync();
  await checkStorage("idle", { now: () => NOW, fetch: unreachable });
  assert.equal(await said(), "Một hộ đã được xóa theo yêu cầu; lượt ghi ở hộ đó không còn.");
  const later = (hours) => new Date(NOW.getTime() + hours * 3_600_000);
  await checkStorage("idle", { now: () => later(23), fetch: unreachable });
  assert.match(await said(), /^Một hộ/);
  await checkStorage("idle", { now: () => later(25), fetch: unreachable });
  assert.equal(await said(), "");
  server.erase("h2");
  await sync();
  await checkStorage("idle", { now: () => later(26), fetch: unreachable });
  assert.equal(await said(), "");
});
