// A restore gave Lan another account: what she recorded under the same number is offered to her, and sent once.

import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import * as accounts from "../../static/field/store/accounts.js";
import { inAccount } from "../../static/field/store/db.js";
import { recover } from "../../static/field/store/recovery.js";
import { earlier, offered, transfer } from "../../static/field/store/transfer.js";
import { run } from "../../static/field/sync/engine.js";
import { json, ModelServer } from "./model_server.js";
import { giveFolder } from "./opfs.js";
import { Phone } from "./pages_world.js";
import { all, KILLED, LAN, NAM, newPhone, opIds, record, sabotage, save, signIn } from "./phone.js";

const NOW = new Date("2026-11-24T03:00:00.000Z");
/** Lan as the restored server knows her. */
const AGAIN = { ...LAN, id: "lan-2", phone: "+84 900 000 001" };
const folder = giveFolder();
/** @type {ModelServer} */
let server;
/** @type {string[]} What she recorded: three sent, the fourth not. */
let made;

beforeEach(async () => {
  await newPhone();
  await folder.empty();
  server = new ModelServer();
  for (const id of ["h1", "h2", "h3", "h4"]) server.household(id);
  await signIn(LAN);
  made = [];
  for (const id of ["h1", "h2", "h3"]) made.push((await record("lan", id)).op_id);
  await send("lan");
  made.push((await record("lan", "h4")).op_id);
});

after(() => folder.takeAway());

const send = (accountId) => run(accountId, { fetch: server.fetch, now: () => NOW });

/** The server forgets all that it had; Lan signs in under another account. */
async function restored(person = AGAIN, more = {}) {
  server.state.ledger.clear();
  for (const key of [...server.state.rows.keys()]) if (key.startsWith("visit")) server.state.rows.delete(key);
  server.state.epoch = "second";
  return signIn(person, { epoch: "second", next_seq: 5, ...more });
}

const sentOps = () => server.requests.flatMap(({ ops }) => ops.map(({ op_id }) => op_id));
const sorted = (ids) => [...ids].sort();

describe("offered", () => {
  test("are the three that were sent before the restore, and the one that was not", async () => {
    const account = await restored();
    const [{ account: before, ops }] = await offered(account, NOW);
    assert.equal(before.account_id, "lan");
    assert.deepEqual(
      ops.map(({ op_id, seq, got }) => [op_id, seq, got]),
      made.map((op_id, place) => [op_id, place + 1, place < 3 ? 1 : undefined]),
    );
  });

  test("is what was refused as well, as it was made", async () => {
    server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
    await send("lan");
    assert.equal((await all("lan", "fixes")).length, 1);
    const [{ ops }] = await offered(await restored(), NOW);
    assert.deepEqual([ops.length, ops.some((op) => "refused_at" in op)], [4, false]);
  });

  for (const [who, person, more] of [
    ["somebody with another number", NAM],
    ["an account of another commune", AGAIN, { commune_id: "huu-lung" }],
    ["the same account", LAN],
  ]) {
    test(`nothing is, to ${who}`, async () => {
      assert.deepEqual(await offered(await restored(person, more), NOW), []);
    });
  }

  test("is nothing that the server has acknowledged in the history that it tells", async () => {
    const [{ ops }] = await offered(await signIn(AGAIN, { epoch: "first", next_seq: 5 }), NOW);
    assert.deepEqual(
      ops.map(({ op_id }) => op_id),
      made.slice(3),
    );
  });

  test("is nothing that was acknowledged longer ago than thirty days", async () => {
    const later = new Date(NOW.getTime() + 31 * 24 * 3_600_000);
    const [{ ops }] = await offered(await restored(), later);
    assert.deepEqual(
      ops.map(({ op_id }) => op_id),
      made.slice(3),
    );
  });
});

describe("without a word of hers", () => {
  test("nothing travels under the new account", async () => {
    await restored();
    await send("lan-2");
    assert.deepEqual(sentOps(), made.slice(0, 3));
    assert.deepEqual(await opIds("lan-2", "outbox"), []);
  });
});

describe("once she has said that they are hers", () => {
  test("all four are at the server, once each, under the new account", async () => {
    const account = await restored();
    await transfer(account, await offered(account, NOW));
    assert.deepEqual(await opIds("lan-2", "outbox"), sorted(made));
    await send("lan-2");
    assert.deepEqual(sorted(server.state.ledger.keys()), sorted(made));
    assert.deepEqual([await opIds("lan-2", "outbox"), await earlier(account, NOW)], [[], []]);
    for (const store of ["outbox", "sent", "fixes"]) assert.deepEqual(await all("lan", store), []);
  });

  test("what she records next has a number of its own", async () => {
    const account = await restored(AGAIN, { next_seq: 1 });
    await transfer(account, await offered(account, NOW));
    await record("lan-2", "h1");
    const numbers = (await all("lan-2", "outbox")).map(({ seq }) => seq);
    assert.deepEqual(sorted(numbers), [1, 2, 3, 4, 5]);
  });

  test("their files go with them: a broken memory brings them back to the new account only", async () => {
    const account = await restored();
    await transfer(account, await offered(account, NOW));
    assert.deepEqual([await folder.operations("lan"), await folder.operations("lan-2")], [[], sorted(made)]);
    await newPhone();
    await recover();
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan-2", "outbox")], [[], sorted(made)]);
  });

  test("another restore may give her the first account back, and they follow her", async () => {
    const account = await restored();
    await transfer(account, await offered(account, NOW));
    const first = await signIn(LAN, { epoch: "third", next_seq: 5 });
    const found = await offered(first, NOW);
    assert.equal(found[0]?.ops.length, 4);
    await transfer(first, found);
    assert.deepEqual([await opIds("lan", "outbox"), await opIds("lan-2", "outbox")], [sorted(made), []]);
    await newPhone();
    await recover();
    assert.deepEqual(await opIds("lan", "outbox"), sorted(made));
  });

  test("a phone that dies at any write of it has lost none and doubles none", async () => {
    const writes = await countWrites();
    assert.ok(writes > 10, `${writes} writes`);
    for (let deadly = 1; deadly <= writes; deadly += 1) {
      const account = await restored();
      let count = 0;
      const repair = sabotage(() => {
        count += 1;
        if (count >= deadly) throw KILLED;
      });
      await transfer(account, await earlier(account, NOW)).then(null, () => null);
      repair();
      await recover();
      const kept = new Set([...(await everywhere("lan")), ...(await everywhere("lan-2"))]);
      assert.deepEqual(sorted(kept), sorted(made), `at write ${deadly}`);
      await transfer(account, await earlier(account, NOW));
      assert.deepEqual(await opIds("lan-2", "outbox"), sorted(made), `at write ${deadly}`);
      assert.deepEqual([await everywhere("lan"), await earlier(account, NOW)], [[], []], `at write ${deadly}`);
      await backToTheStart();
    }
  });
});

/** Every operation that an account has. */
async function everywhere(accountId) {
  return (await Promise.all(["outbox", "sent", "fixes"].map((store) => opIds(accountId, store)))).flat();
}

async function countWrites() {
  const account = await restored();
  let count = 0;
  const found = await earlier(account, NOW);
  const repair = sabotage(() => void (count += 1));
  await transfer(account, found).finally(repair);
  await backToTheStart();
  return count;
}

/** As it was before the restore, with the same operations in the first account's queue. */
async function backToTheStart() {
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

describe("on the screen", () => {
  /** @type {Phone} */
  let phone;

  beforeEach(async () => {
    phone = new Phone();
    phone.now = NOW;
    phone.fetch = async (_address, init) => {
      if (init.method === "DELETE") return new Response(null, { status: 204 });
      phone.asked = JSON.parse(init.body);
      const account = { id: "lan-2", name: LAN.name, role: "volunteer" };
      const answer = { device_id: "d2", account, commune_id: "yen-binh", hamlets: LAN.hamlets, epoch: "second" };
      return json({ ...answer, next_seq: 5 }, 201);
    };
    server.state.epoch = "second";
    server.state.ledger.clear();
  });

  const ask = () => phone.post("/field/sign-in", { invite: "10000001", phone: "0900 000 001" });

  test("they are shown right after the sign-in, and she says yes", async () => {
    assert.equal((await ask()).location, "/field/transfer");
    assert.deepEqual(
      (await phone.get("/field/transfer")).context.rows.map(({ name, count }) => [name, count]),
      [["Nguyễn Thị Lan", "4 lượt"]],
    );
    assert.equal((await phone.post("/field/transfer", { mine: "yes" })).location, "/field/first-download");
    assert.deepEqual(await opIds("lan-2", "outbox"), sorted(made));
    assert.equal((await phone.get("/field/transfer")).location, "/field/first-download");
  });

  test("she says no: nothing leaves the phone, and the next sign-in asks again", async () => {
    await ask();
    assert.equal((await phone.post("/field/transfer", { mine: "no" })).location, "/field/first-download");
    await send("lan-2");
    assert.equal((await phone.get("/field/")).context.transfer, "");
    assert.deepEqual([await opIds("lan-2", "outbox"), (await everywhere("lan")).length], [[], 4]);
    assert.equal((await ask()).location, "/field/transfer");
  });

  test("she goes on without an answer: Hôm nay reminds her", async () => {
    await ask();
    await send("lan-2");
    assert.match((await phone.get("/field/")).context.transfer, /^Máy còn giữ 4 lượt/);
  });

  test("a full phone says so, and they stay where they are", async () => {
    await ask();
    const repair = sabotage((store) => {
      if (store === "outbox") throw new DOMException("no", "QuotaExceededError");
    });
    const answer = await phone.post("/field/transfer", { mine: "yes" }).finally(repair);
    assert.deepEqual([answer.status, answer.context.errors.length], [422, 1]);
    assert.equal((await everywhere("lan")).length, 4);
  });

  test("the server is told the device, the storage and the numbers of the account that was open last", async () => {
    await ask();
    assert.deepEqual([phone.asked.device_id, phone.asked.life], ["device-lan", (await accounts.current())?.life]);
    await phone.post("/field/transfer", { mine: "yes" });
    await save("lan-2", "visit.withdraw", { id: "v" });
    await accounts.close();
    await ask();
    const { device_id, life, next_seq } = phone.asked;
    const open = await accounts.current();
    assert.deepEqual([device_id, life, next_seq], ["d2", open?.life, 6]);
  });
});
