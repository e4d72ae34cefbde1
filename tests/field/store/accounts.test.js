// The accounts of a phone: whose queue is sent, what a sign-in continues, and how a phone identifies itself.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as accounts from "../../../static/field/store/accounts.ts";
import { inAccount } from "../../../static/field/store/db.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { moveToFixes } from "../../../static/field/sync/applyResults.ts";
import { LAN, NAM, newPhone, record, signIn, switchAccount } from "../support/phone.js";

/** Who has how many operations left, but for one account. */
const unsent = async (exceptId) =>
  (await accounts.unsentByPerson(exceptId)).map(({ name, ops }) => `${name} ${ops.length}`);

beforeEach(async () => {
  await newPhone();
  await signIn(LAN);
});

test("Nam does not see Lan's queue, and it stays when she signs out", async () => {
  await record("lan", "h1");
  await accounts.closeAccount();
  assert.equal(await accounts.currentAccount(), null);
  await signIn(NAM);
  assert.equal((await accounts.currentAccount()).account_id, "nam");
  assert.deepEqual(await outbox.queuedOperations("nam"), []);
  assert.deepEqual(await unsent("nam"), ["Nguyễn Thị Lan 1"]);
  await switchAccount("lan");
  assert.equal((await outbox.queuedOperations("lan")).length, 1);
  assert.deepEqual(await unsent("lan"), []);
});

test("when Nam signs in, Lan's session has ended, because the phone has one cookie", async () => {
  await signIn(NAM);
  assert.deepEqual(
    (await accounts.listAccounts()).map(({ account_id, signed_in }) => [account_id, signed_in]),
    [
      ["lan", false],
      ["nam", true],
    ],
  );
});

test("Lan signs in again as the same device, and the numbering continues", async () => {
  await record("lan", "h1");
  const { installation_id } = await accounts.currentAccount();
  const { device_key, ...identity } = await accounts.deviceIdentity("090 000 0001");
  assert.deepEqual(identity, { device_id: "device-lan", installation_id, next_seq: 2 });
  assert.equal(device_key.length, 88);
  await signIn(LAN, { next_seq: 1 });
  assert.equal((await record("lan", "h2")).seq, 2);
  await signIn(LAN, { next_seq: 40 });
  assert.equal((await record("lan", "h3")).seq, 40);
});

for (const number of ["+84 900 000 001", "0084900000001", "900.000.001"]) {
  test(`Lan is the same device when she writes her number as ${number}`, async () => {
    assert.equal((await accounts.deviceIdentity(number)).device_id, "device-lan");
  });
}

test("Lan's refused operations count as not sent when Nam signs in", async () => {
  const { op_id } = await record("lan", "h1");
  await moveToFixes("lan", op_id, { code: "invalid", fields: [] }, new Date());
  await record("lan", "h2");
  await signIn(NAM);
  assert.deepEqual(await unsent("nam"), ["Nguyễn Thị Lan 2"]);
});

test("a new phone sends the installation_id that its storage will have", async () => {
  const { installation_id, ...rest } = await accounts.deviceIdentity(NAM.phone);
  assert.deepEqual(Object.keys(rest), ["device_key"]);
  assert.equal((await signIn(NAM)).installation_id, installation_id);
  assert.notEqual((await accounts.deviceIdentity("0900000003")).installation_id, installation_id);
});

test("signing in after a restore does not hide the new epoch from the next exchange", async () => {
  await signIn(LAN, { epoch: "second" });
  const state = await inAccount("lan", ["meta"], "readonly", (tx) => tx.objectStore("meta").get("replica"));
  assert.equal(state.epoch, "first");
});
