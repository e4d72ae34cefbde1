// One exchange: when it is not made, its timeout, and the hamlets of its answer.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { listAccounts, updateHamlets } from "../../../static/field/store/accounts.ts";
import { unreachable } from "../support/modelServer.js";
import { NAM, opIds, record, signIn } from "../support/phone.js";
import { exchangeOnce, server, startPhone } from "../support/syncPhone.js";

beforeEach(startPhone);

test("a request without an answer is aborted, and the queue stays", async () => {
  const { op_id } = await record("lan", "h1");
  const hanging = (_address, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  assert.equal((await exchangeOnce(hanging, { timeout: 20 })).kind, "offline");
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
});

test("it is aborted after 30 seconds", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const aborted = [];
  const result = await exchangeOnce((_address, { signal }) => {
    for (const wait of [29_999, 1]) {
      mock.timers.tick(wait);
      aborted.push(signal.aborted);
    }
    return unreachable();
  });
  assert.deepEqual([result.kind, aborted], ["offline", [false, true]]);
});

test("Lan's queue is not sent once Nam has signed in on this phone", async () => {
  await record("lan", "h1");
  await signIn(NAM);
  assert.deepEqual(await exchangeOnce(), { kind: "sign_in", code: "sign_in" });
  assert.deepEqual(server.requests, []);
});

test("the account stores the hamlets that the server names", async () => {
  server.hamlets = new Set(["tay"]);
  await exchangeOnce();
  const [lan] = await listAccounts();
  assert.deepEqual(lan.hamlets, [{ id: "tay", name: "Thôn tay" }]);
});

test("names that a killed phone has not stored come with the next answer", async () => {
  await exchangeOnce();
  await updateHamlets("lan", [{ id: "dong", name: "Thôn cũ" }]);
  await exchangeOnce();
  const [lan] = await listAccounts();
  assert.deepEqual(lan.hamlets, [{ id: "dong", name: "Thôn dong" }]);
});
