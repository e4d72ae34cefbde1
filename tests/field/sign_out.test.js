// Signing out: what the commune gave leaves the phone, what is not sent stays, and the server's session ends at the next
// contact, before anything else.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { endSession } from "../../static/field/session.js";
import * as accounts from "../../static/field/store/accounts.js";
import * as drafts from "../../static/field/store/drafts.js";
import * as outbox from "../../static/field/store/outbox.js";
import { KINDS } from "../../static/field/store/schema.js";
import { clearSignedOut } from "../../static/field/store/signed_out.js";
import { json, unreachable } from "./model_server.js";
import { filled, LAN, readyPhone } from "./pages_world.js";
import { all, opIds, record, signIn } from "./phone.js";

const ENROLLED = {
  device_id: "device-lan",
  account: { id: "lan", name: "Nguyễn Thị Lan", role: "volunteer" },
  commune_id: "yen-binh",
  hamlets: LAN.hamlets,
  epoch: "first",
  next_seq: 1,
};
const FIELDS = { invite: "10000001", phone: "0900000001" };
const STORES = [...KINDS.map((kind) => `replica_${kind}`), "sent", "drafts"];
/** @type {import("./pages_world.js").Phone} */
let phone;
/** What the phone asked of the server, as *DELETE /api/v1/devices/current*. */
let asked;

const kept = async () => (await Promise.all(STORES.map((store) => all("lan", store)))).flat().length;
const signOut = () => phone.post("/field/account/sign-out");
/** A server that takes the phone in and lets it go. */
const server = async (address, { method = "GET" } = {}) => {
  asked.push(`${method} ${address}`);
  return method === "DELETE" ? new Response(null, { status: 204 }) : json(ENROLLED, 201);
};

beforeEach(async () => {
  phone = await readyPhone();
  phone.fetch = server;
  asked = [];
});

describe("signing out with everything sent", () => {
  test("leaves no household, no visit, nothing sent and no draft on the phone", async () => {
    await record("lan", "h12");
    await phone.sync();
    await drafts.save("lan", "visit:new:h14", filled({ note: "Dở dang" }));
    assert.notEqual(await kept(), 0);
    assert.equal((await signOut()).location, "/field/sign-in");
    assert.equal(await kept(), 0);
    assert.deepEqual(asked, ["DELETE /api/v1/devices/current"]);
  });

  test("says before that the list and what is unfinished go", async () => {
    phone.draw = (await import("../../static/dist/field/templates.js")).render;
    assert.match((await phone.get("/field/account")).text, /Danh sách hộ và phần ghi dở sẽ xoá khỏi máy này\./);
  });

  test("and in again: the list is downloaded anew, and no number is given twice", async () => {
    await record("lan", "h12");
    await phone.sync();
    await signOut();
    await signIn(LAN);
    assert.equal((await phone.get("/field/households")).location, "/field/first-download");
    await phone.sync();
    assert.equal((await phone.get("/field/households")).context.rows.length, 4);
    assert.equal((await record("lan", "h14")).seq, 2);
  });

  test("while an answer is on its way: nothing of it is written any more", async () => {
    phone.server.household("h18");
    const { fetch } = phone.server;
    phone.server.fetch = async (...args) => {
      const answer = await fetch(...args);
      await signOut();
      return answer;
    };
    await phone.sync();
    assert.equal(await kept(), 0);
  });

  test("does not touch what somebody else has on the phone", async () => {
    await accounts.close();
    await signIn({ ...LAN, id: "nam", phone: "0900000002" });
    const { op_id } = await record("nam", "h12");
    await accounts.close();
    await clearSignedOut();
    assert.deepEqual([await kept(), await opIds("nam", "outbox")], [0, [op_id]]);
  });
});

describe("what is not sent", () => {
  test("stays when it was saved in the very moment, and the rest goes once the queue is empty", async () => {
    const { op_id } = await record("lan", "h12");
    await accounts.close();
    await clearSignedOut();
    assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
    assert.notEqual(await kept(), 0);
    await signIn(LAN);
    await phone.sync();
    assert.deepEqual(await opIds("lan", "sent"), [op_id]);
    await signOut();
    assert.equal(await kept(), 0);
  });

  test("stays as well where it needs a fix", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: [] });
    const { op_id } = await record("lan", "h12");
    await phone.sync();
    await accounts.close();
    await clearSignedOut();
    assert.deepEqual(await opIds("lan", "fixes"), [op_id]);
    assert.notEqual(await kept(), 0);
  });

  test("an account that was only overtaken by another has not signed out: it keeps all", async () => {
    const before = await kept();
    await signIn({ ...LAN, id: "nam", phone: "0900000002" });
    await clearSignedOut();
    assert.equal(await kept(), before);
  });
});

describe("signing out without a network", () => {
  beforeEach(async () => {
    phone.fetch = unreachable;
    await signOut();
    phone.fetch = server;
  });

  test("the session is ended at the next contact, once", async () => {
    assert.equal(await kept(), 0);
    assert.equal(await endSession(unreachable), "offline");
    assert.equal(await endSession(phone.fetch), "");
    assert.equal(await endSession(phone.fetch), "");
    assert.deepEqual(asked, ["DELETE /api/v1/devices/current"]);
  });

  test("nothing is exchanged under it meanwhile", async () => {
    const before = phone.server.requests.length;
    assert.equal((await phone.sync()).outcome, "idle");
    assert.equal(phone.server.requests.length, before);
  });

  test("a busy server, or a café's page, has not ended it", async () => {
    for (const answer of [new Response("", { status: 503 }), new Response("<h1>Wifi</h1>")]) {
      assert.equal(await endSession(async () => answer), "busy");
    }
    await endSession(phone.fetch);
    assert.equal(asked.length, 1);
  });

  test("whoever signs in next ends it first", async () => {
    assert.equal((await phone.post("/field/sign-in", FIELDS)).location, "/field/first-download");
    assert.deepEqual(asked, ["DELETE /api/v1/devices/current", "POST /api/v1/devices"]);
    await endSession(phone.fetch);
    assert.equal(asked.length, 2);
  });

  test("and does not use up a code as long as it cannot be ended", async () => {
    phone.fetch = async (address, init) => {
      await server(address, init);
      return new Response("", { status: 503 });
    };
    const { status, context } = await phone.post("/field/sign-in", FIELDS);
    assert.deepEqual([status, context.errors[0].text], [422, "Máy chủ đang bận. Thử lại sau ít phút."]);
    assert.deepEqual(asked, ["DELETE /api/v1/devices/current"]);
    assert.equal(await accounts.current(), null);
  });
});

test("a phone that nobody has signed out of asks nothing", async () => {
  assert.equal(await endSession(() => assert.fail("asked")), "");
  assert.equal((await outbox.counts("lan")).queued, 0);
});
