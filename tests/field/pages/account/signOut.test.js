// Signing out: the list is deleted, unsent operations stay, and the server's session ends at the next contact, before
// anything else.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as accounts from "../../../../static/field/store/accounts.ts";
import * as drafts from "../../../../static/field/store/drafts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { KINDS } from "../../../../static/field/store/schema.ts";
import { clearSignedOut } from "../../../../static/field/store/signedOut.ts";
import { endSession } from "../../../../static/field/sync/session.ts";
import { json, unreachable } from "../../support/modelServer.js";
import { LAN, readyPhone, visitFields } from "../../support/pageHarness.js";
import { all, opIds, record, signIn } from "../../support/phone.js";

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
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;
/** The phone's requests, as *DELETE /api/v1/devices/current*. */
let requests;

const countRows = async () => (await Promise.all(STORES.map((store) => all("lan", store)))).flat().length;
const signOut = () => phone.post("/field/account/sign-out");
/** A server that accepts every sign-in and sign-out. */
const server = async (address, { method = "GET" } = {}) => {
  requests.push(`${method} ${address}`);
  return method === "DELETE" ? new Response(null, { status: 204 }) : json(ENROLLED, 201);
};

beforeEach(async () => {
  phone = await readyPhone();
  phone.fetch = server;
  requests = [];
});

describe("signing out with everything sent", () => {
  test("leaves no household, no visit, nothing sent and no draft on the phone", async () => {
    await record("lan", "h12");
    await phone.sync();
    await drafts.saveDraft("lan", "visit:new:h14", visitFields({ note: "Dở dang" }));
    assert.notEqual(await countRows(), 0);
    const { context } = await signOut();
    assert.equal((await phone.post("/field/account/sign-out", { id: context.id })).location, "/field/sign-in");
    assert.equal(await countRows(), 0);
    assert.deepEqual(requests, ["DELETE /api/v1/devices/current"]);
  });

  test("with unfinished forms names them and asks once, again if another is begun meanwhile", async () => {
    await drafts.saveDraft("lan", "visit:new:h14", visitFields({ note: "Dở dang" }));
    const { template, context } = await signOut();
    assert.deepEqual([template, context.subject], ["field/confirm.html", "14 · Trần Thị Mai (Lượt thăm)"]);
    await drafts.saveDraft("lan", "visit:new:h12", visitFields());
    assert.equal((await phone.post(context.action, { id: context.id })).template, "field/confirm.html");
    assert.notEqual(await drafts.loadDraft("lan", "visit:new:h14"), null);
  });

  test("leaves what is typed later in a tab that was left open, also at the next start, and lists it after a sign-in", async () => {
    await drafts.saveDraft("lan", "visit:new:h14", visitFields({ note: "Dở dang" }));
    const { context } = await signOut();
    await phone.post("/field/account/sign-out", { id: context.id });
    assert.deepEqual(await all("lan", "drafts"), []);
    await drafts.saveDraft("lan", "visit:new:h12", visitFields({ note: "Gõ sau" }));
    await clearSignedOut();
    await signIn(LAN);
    await phone.sync();
    assert.deepEqual(
      (await phone.get("/field/")).context.drafts.map(({ href }) => href),
      ["/field/households/h12/visit"],
    );
  });

  test("says before that the list and unfinished forms will be deleted", async () => {
    phone.renderLater = (await import("../../../../static/dist/field/laterTemplates.js")).render;
    assert.match((await phone.get("/field/account")).text, /Danh sách hộ và phần ghi dở sẽ xóa khỏi máy này\./);
  });

  test("and in again downloads the list again, and uses no number twice", async () => {
    await record("lan", "h12");
    await phone.sync();
    await signOut();
    await signIn(LAN);
    assert.equal((await phone.get("/field/households")).location, "/field/first-download");
    await phone.sync();
    assert.equal((await phone.get("/field/households")).context.rows.length, 4);
    assert.equal((await record("lan", "h14")).seq, 2);
  });

  test("while an answer is on its way writes nothing of it", async () => {
    phone.server.household("h18");
    const { fetch } = phone.server;
    phone.server.fetch = async (...args) => {
      const answer = await fetch(...args);
      await signOut();
      return answer;
    };
    await phone.sync();
    assert.equal(await countRows(), 0);
  });

  test("does not change another account of the phone", async () => {
    await accounts.closeAccount();
    await signIn({ ...LAN, id: "nam", phone: "0900000002" });
    const { op_id } = await record("nam", "h12");
    await accounts.closeAccount();
    await clearSignedOut();
    assert.deepEqual([await countRows(), await opIds("nam", "outbox")], [0, [op_id]]);
  });
});

describe("an unsent operation", () => {
  test("stays if it was saved during the sign-out, and the rest is deleted once the queue is empty", async () => {
    const { op_id } = await record("lan", "h12");
    await accounts.closeAccount();
    await clearSignedOut();
    assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
    assert.notEqual(await countRows(), 0);
    await signIn(LAN);
    await phone.sync();
    assert.deepEqual(await opIds("lan", "sent"), [op_id]);
    await signOut();
    assert.equal(await countRows(), 0);
  });

  test("stays if it needs a fix", async () => {
    phone.server.decide = () => ({ status: "rejected", code: "invalid", fields: [] });
    const { op_id } = await record("lan", "h12");
    await phone.sync();
    await accounts.closeAccount();
    await clearSignedOut();
    assert.deepEqual(await opIds("lan", "fixes"), [op_id]);
    assert.notEqual(await countRows(), 0);
  });

  test("is not needed by an account that another sign-in has replaced: it keeps everything", async () => {
    const before = await countRows();
    await signIn({ ...LAN, id: "nam", phone: "0900000002" });
    await clearSignedOut();
    assert.equal(await countRows(), before);
  });
});

describe("signing out without a network", () => {
  beforeEach(async () => {
    phone.fetch = unreachable;
    await signOut();
    phone.fetch = server;
  });

  test("ends the session at the next contact, once", async () => {
    assert.equal(await countRows(), 0);
    assert.equal(await endSession(unreachable), "offline");
    assert.equal(await endSession(phone.fetch), "");
    assert.equal(await endSession(phone.fetch), "");
    assert.deepEqual(requests, ["DELETE /api/v1/devices/current"]);
  });

  test("exchanges nothing meanwhile", async () => {
    const before = phone.server.requests.length;
    assert.equal((await phone.sync()).outcome, "idle");
    assert.equal(phone.server.requests.length, before);
  });

  test("is not completed by a busy server or a captive portal", async () => {
    for (const answer of [new Response("", { status: 503 }), new Response("<h1>Wifi</h1>")]) {
      assert.equal(await endSession(async () => answer), "busy");
    }
    await endSession(phone.fetch);
    assert.equal(requests.length, 1);
  });

  test("ends the session before the next sign-in", async () => {
    assert.equal((await phone.post("/field/sign-in", FIELDS)).location, "/field/first-download");
    assert.deepEqual(requests, ["DELETE /api/v1/devices/current", "POST /api/v1/devices"]);
    await endSession(phone.fetch);
    assert.equal(requests.length, 2);
  });

  test("uses up no code as long as the session cannot be ended", async () => {
    phone.fetch = async (address, init) => {
      await server(address, init);
      return new Response("", { status: 503 });
    };
    const { status, context } = await phone.post("/field/sign-in", FIELDS);
    assert.deepEqual([status, context.errors[0].text], [422, "Nơi nhận đang bận. Thử lại sau ít phút."]);
    assert.deepEqual(requests, ["DELETE /api/v1/devices/current"]);
    assert.equal(await accounts.currentAccount(), null);
  });
});

test("without a sign-out no request ends a session", async () => {
  assert.equal(await endSession(() => assert.fail("a request was sent")), "");
  assert.equal((await outbox.counts("lan")).queued, 0);
});
