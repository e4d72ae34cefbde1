// After a restore Lan has another account: what she recorded under the same number is offered to it, and sent once.

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import * as accounts from "../../../../static/field/store/accounts.ts";
import { inAccount } from "../../../../static/field/store/db.ts";
import { recover } from "../../../../static/field/store/journal/recovery.ts";
import { earlierAccounts, transferOffers, transferOperations } from "../../../../static/field/store/transfer.ts";
import { runSync } from "../../../../static/field/sync/engine.ts";
import { json, ModelServer } from "../../support/modelServer.js";
import { installPrivateFolder } from "../../support/opfs.js";
import { Phone } from "../../support/pageHarness.js";
import { all, interceptWrites, KILLED, LAN, NAM, newPhone, opIds, record, save, signIn } from "../../support/phone.js";

const NOW = new Date("2026-11-24T03:00:00.000Z");
/** Lan's account on the restored server. */
const AGAIN = { ...LAN, id: "lan-2", phone: "+84 900 000 001" };
const folder = installPrivateFolder();
/** @type {ModelServer} */
let server;
/** @type {string[]} The op_ids that she recorded: three were sent, the fourth was not. */
let recorded;

beforeEach(async () => {
  await newPhone();
  await folder.empty();
  server = new ModelServer();
  for (const id of ["h1", "h2", "h3", "h4"]) server.household(id);
  await signIn(LAN);
  recorded = [];
  for (const id of ["h1", "h2", "h3"]) recorded.push((await record("lan", id)).op_id);
  await send("lan");
  recorded.push((await record("lan", "h4")).op_id);
});

after(() => folder.remove());

const send = (accountId) => runSync(accountId, { fetch: server.fetch, now: () => NOW });

/** Restores the server without Lan's records, and signs her in under another account. */
async function restoreServer(person = AGAIN, more = {}) {
  server.state.ledger.clear();
  for (const key of [...server.state.rows.keys()]) if (key.startsWith("visit")) server.state.rows.delete(key);
  server.state.epoch = "second";
  return signIn(person, { epoch: "second", next_seq: 5, ...more });
}

const sentOps = () => server.requests.flatMap(({ ops }) => ops.map(({ op_id }) => op_id));
const sorted = (ids) => [...ids].sort();

describe("offered", () => {
  test("are the three operations that were sent before the restore, and the one that was not", async () => {
    const account = await restoreServer();
    const [{ account: before, ops }] = await transferOffers(account, NOW);
    assert.equal(before.account_id, "lan");
    assert.deepEqual(
      ops.map(({ op_id, seq, acked_version }) => [op_id, seq, acked_version]),
      recorded.map((op_id, index) => [op_id, index + 1, index < 3 ? 1 : undefined]),
    );
  });

  test("are refused operations too, as they were recorded", async () => {
    server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
    await send("lan");
    assert.equal((await all("lan", "fixes")).length, 1);
    const [{ ops }] = await transferOffers(await restoreServer(), NOW);
    assert.deepEqual([ops.length, ops.some((op) => "refused_at" in op)], [4, false]);
  });

  for (const [who, person, more] of [
    ["somebody with another number", NAM],
    ["an account of another commune", AGAIN, { commune_id: "huu-lung" }],
    ["the same account", LAN],
  ]) {
    test(`nothing is, to ${who}`, async () => {
      assert.deepEqual(await transferOffers(await restoreServer(person, more), NOW), []);
    });
  }

  test("is nothing that the server has acknowledged in its current epoch", async () => {
    const [{ ops }] = await transferOffers(await signIn(AGAIN, { epoch: "first", next_seq: 5 }), NOW);
    assert.deepEqual(
      ops.map(({ op_id }) => op_id),
      recorded.slice(3),
    );
  });

  test("is nothing that was acknowledged more than thirty days ago", async () => {
    const later = new Date(NOW.getTime() + 31 * 24 * 3_600_000);
    const [{ ops }] = await transferOffers(await restoreServer(), later);
    assert.deepEqual(
      ops.map(({ op_id }) => op_id),
      recorded.slice(3),
    );
  });
});

describe("without her answer", () => {
  test("nothing is sent under the new account", async () => {
    await restoreServer();
    await send("lan-2");
    assert.deepEqual(sentOps(), recorded.slice(0, 3));
    assert.deepEqual(await opIds("lan-2", "outbox"), []);
  });
});

describe("after she said that they are hers", () => {
  test("all four are sent once under the new account", async () => {
    const account = await restoreServer();
    await transferOperations(account, await transferOffers(account, NOW));
    assert.deepEqual(await opIds("lan-2", "outbox"), sorted(recorded));
    await send("lan-2");
    assert.deepEqual(sorted(server.state.ledger.keys()), sorted(recorded));
    assert.deepEqual([await opIds("lan-2", "outbox"), await earlierAccounts(account, NOW)], [[], []]);
    for (const store of ["outbox", "sent", "fixes"]) assert.deepEqual(await all("lan", store), []);
  });

  test("the next operation has a new number", async () => {
    const account = await restoreServer(AGAIN, { next_seq: 1 });
    await transferOperations(account, await transferOffers(account, NOW));
    await record("lan-2", "h1");
    const numbers = (await all("lan-2", "outbox")).map(({ seq }) => seq);
    assert.deepEqual(sorted(numbers), [1, 2, 3, 4, 5]);
  });

  test("their journal files move too: lost databases are restored for the new account only", async () => {
    const account = await restoreServer();
    await transferOperations(account, await transferOffers(account, NOW));
    assert.deepEqual([await folder.operations("lan"), await folder.operations("lan-2")], [[], sorted(recorded)]);
    await newPhone();
    await recover();
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan-2", "outbox")], [[], sorted(recorded)]);
  });

  test("after another restore they move back to the first account", async () => {
    const account = await restoreServer();
    await transferOperations(account, await transferOffers(account, NOW));
    const first = await signIn(LAN, { epoch: "third", next_seq: 5 });
    const found = await transferOffers(first, NOW);
    assert.equal(found[0]?.ops.length, 4);
    await transferOperations(first, found);
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan-2", "outbox")], [sorted(recorded), []]);
    await newPhone();
    await recover();
    assert.deepEqual(await opIds("lan", "outbox"), sorted(recorded));
  });

  test("a phone killed at any write loses none and doubles none", async () => {
    const writes = await countWrites();
    assert.ok(writes > 10, `${writes} writes`);
    for (let write = 1; write <= writes; write += 1) {
      const account = await restoreServer();
      let count = 0;
      const restore = interceptWrites(() => {
        count += 1;
        if (count >= write) throw KILLED;
      });
      await transferOperations(account, await earlierAccounts(account, NOW)).then(null, () => null);
      restore();
      await recover();
      const remaining = new Set([...(await allOperations("lan")), ...(await allOperations("lan-2"))]);
      assert.deepEqual(sorted(remaining), sorted(recorded), `at write ${write}`);
      await transferOperations(account, await earlierAccounts(account, NOW));
      assert.deepEqual(await opIds("lan-2", "outbox"), sorted(recorded), `at write ${write}`);
      assert.deepEqual(
        [await allOperations("lan"), await earlierAccounts(account, NOW)],
        [[], []],
        `at write ${write}`,
      );
      await startAgain();
    }
  });
});

/** The op_ids of every operation of an account. */
async function allOperations(accountId) {
  return (await Promise.all(["outbox", "sent", "fixes"].map((store) => opIds(accountId, store)))).flat();
}

async function countWrites() {
  const account = await restoreServer();
  let count = 0;
  const found = await earlierAccounts(account, NOW);
  const restore = interceptWrites(() => void (count += 1));
  await transferOperations(account, found).finally(restore);
  await startAgain();
  return count;
}

/** The phone before the restore, with the same operations in the first account's queue. */
async function startAgain() {
  const ops = await all("lan-2", "outbox");
  await newPhone();
  await folder.empty();
  await signIn(LAN);
  await inAccount("lan", ["outbox", "meta"], "readwrite", async (tx) => {
    for (const op of ops) await tx.objectStore("outbox").put(op);
    await tx.objectStore("meta").put(5, "next_seq");
  });
  await recover();
}

describe("on the screens", () => {
  /** @type {Phone} */
  let phone;

  beforeEach(async () => {
    phone = new Phone();
    phone.now = NOW;
    phone.fetch = async (_address, init) => {
      if (init.method === "DELETE") return new Response(null, { status: 204 });
      phone.signInBody = JSON.parse(init.body);
      const account = { id: "lan-2", name: LAN.name, role: "volunteer" };
      const answer = { device_id: "d2", account, commune_id: "yen-binh", hamlets: LAN.hamlets, epoch: "second" };
      return json({ ...answer, next_seq: 5 }, 201);
    };
    server.state.epoch = "second";
    server.state.ledger.clear();
  });

  const signInAgain = () => phone.post("/field/sign-in", { invite: "10000001", phone: "0900 000 001" });

  test("they are shown right after the sign-in, and she says yes", async () => {
    assert.equal((await signInAgain()).location, "/field/transfer");
    assert.deepEqual(
      (await phone.get("/field/transfer")).context.rows.map(({ name, count }) => [name, count]),
      [["Nguyễn Thị Lan", "4 lượt"]],
    );
    assert.equal((await phone.post("/field/transfer", { mine: "yes" })).location, "/field/first-download");
    assert.deepEqual(await opIds("lan-2", "outbox"), sorted(recorded));
    assert.equal((await phone.get("/field/transfer")).location, "/field/first-download");
  });

  test("she says no: nothing is sent, and the next sign-in asks again", async () => {
    await signInAgain();
    assert.equal((await phone.post("/field/transfer", { mine: "no" })).location, "/field/first-download");
    await send("lan-2");
    assert.equal((await phone.get("/field/")).context.transfer, "");
    assert.deepEqual([await opIds("lan-2", "outbox"), (await allOperations("lan")).length], [[], 4]);
    assert.equal((await signInAgain()).location, "/field/transfer");
  });

  test("without an answer Hôm nay shows a notice", async () => {
    await signInAgain();
    await send("lan-2");
    assert.match((await phone.get("/field/")).context.transfer, /^Máy còn giữ 4 lượt/);
  });

  test("Hôm nay does not wait for what says so: it is shown, and anew when that is loaded", async () => {
    await signInAgain();
    await send("lan-2");
    phone.loadedLater = undefined;
    const redraws = phone.redraws;
    assert.equal((await phone.get("/field/")).context.transfer, "");
    await new Promise(setImmediate);
    assert.equal(phone.redraws, redraws + 1);
    assert.match((await phone.get("/field/")).context.transfer, /^Máy còn giữ 4 lượt/);
  });

  test("a phone without room says so, and they stay in the earlier account", async () => {
    await signInAgain();
    const restore = interceptWrites((store) => {
      if (store === "outbox") throw new DOMException("no", "QuotaExceededError");
    });
    const answer = await phone.post("/field/transfer", { mine: "yes" }).finally(restore);
    assert.deepEqual([answer.status, answer.context.errors.length], [422, 1]);
    assert.equal((await allOperations("lan")).length, 4);
  });

  test("the sign-in names device, storage and numbers of the account that was open last", async () => {
    await signInAgain();
    assert.deepEqual(
      [phone.signInBody.device_id, phone.signInBody.installation_id],
      ["device-lan", (await accounts.currentAccount())?.installation_id],
    );
    await phone.post("/field/transfer", { mine: "yes" });
    await save("lan-2", "visit.withdraw", { id: "v" });
    await accounts.closeAccount();
    await signInAgain();
    const { device_id, installation_id, next_seq } = phone.signInBody;
    const open = await accounts.currentAccount();
    assert.deepEqual([device_id, installation_id, next_seq], ["d2", open?.installation_id, 6]);
  });
});
