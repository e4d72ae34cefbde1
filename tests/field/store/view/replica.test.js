// What the screens read: the downloaded list, and when it is read again.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { householdsByAddress } from "../../../../static/field/pages/households/householdStatus.ts";
import { inAccount } from "../../../../static/field/store/db.ts";
import { loadView, replicaStatus } from "../../../../static/field/store/view/replica.ts";
import { minute, NAM, record, save, signIn } from "../../support/phone.js";
import { putVisit, startPhone, stepOf, sync } from "../../support/viewPhone.js";

beforeEach(startPhone);

test("there is a list only after the first download", async () => {
  assert.equal((await replicaStatus("lan")).ready, false);
  await sync();
  const { households, hamlets, members, services } = await loadView("lan");
  assert.equal((await replicaStatus("lan")).ready, true);
  assert.equal(households.get("h1").head_name, "Nguyễn Văn Đức");
  assert.deepEqual(
    hamlets.map(({ name }) => name),
    ["Thôn Đông"],
  );
  assert.equal(members.get("lan").name, "Nguyễn Thị Lan");
  assert.deepEqual(
    services.map(({ code }) => code),
    ["vneid_install", "vietqr"],
  );
});

for (const state of ["accepted", "returned", "duplicate"]) {
  test(`the supervisor's decision ${state} is the visit's step`, async () => {
    putVisit("v1", { review: { state, reason: "wrong_house", field: "household", note: "", at: minute(3) } });
    await sync();
    assert.equal(await stepOf("v1"), state);
  });
}

test("the visits of a household are ordered newest first", async () => {
  putVisit("v1", { occurred_at: "2026-11-24T01:01:00Z" });
  await sync();
  const later = await record("lan", "h1", {}, { at: "2026-11-24T01:01:00.500Z" });
  assert.deepEqual(
    (await loadView("lan")).visitsByHousehold.get("h1").map(({ id }) => id),
    [later.data.id, "v1"],
  );
});

test("the view is cached while nothing changes, and read again after a save in another tab", async () => {
  await sync();
  const first = await loadView("lan");
  assert.equal(await loadView("lan"), first);
  const other = {
    op_id: "from-another-tab",
    seq: 1,
    type: "household.amend",
    at: minute(1),
    data: { id: "h1", house_no: "7" },
  };
  await inAccount("lan", ["outbox", "meta"], "readwrite", (tx) =>
    Promise.all([tx.objectStore("outbox").put(other), tx.objectStore("meta").put(2, "next_seq")]),
  );
  assert.equal((await loadView("lan")).households.get("h1").house_no, "7");
  assert.equal(first.households.get("h1").house_no, "h1");
});

test("a new visit does not sort the households again; a new household does", async () => {
  await sync();
  const before = householdsByAddress(await loadView("lan"));
  const { data } = await record("lan", "h1");
  const after = await loadView("lan");
  assert.equal(after.visits.get(data.id)?.step, "queued");
  assert.equal(householdsByAddress(after), before);
  await save("lan", "household.add", { id: "h0", hamlet_id: "dong", head_name: "Lò Thị Ơn" });
  const ids = (households) => households.map(({ id }) => id);
  assert.deepEqual(ids(householdsByAddress(await loadView("lan"))), ["h0", "h1"]);
  assert.deepEqual(ids(before), ["h1"]);
});

test("Nam's view contains nothing of Lan's", async () => {
  await sync();
  await record("lan", "h1");
  await loadView("lan");
  await signIn(NAM);
  const { households, visits } = await loadView("nam");
  assert.deepEqual([households.size, visits.size], [0, 0]);
});
