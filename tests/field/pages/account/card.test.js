// Thẻ thành viên: the phone's half of a check, without clock and network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inAccount } from "../../../../static/field/store/db.ts";
import { cardAnswer } from "../../../../static/field/sync/card/cardAnswer.ts";
import { renewCard } from "../../../../static/field/sync/card/renewal.ts";
import { readCard } from "../../../../static/field/sync/card/storedCard.ts";
import { CardServer, OWNER, VECTORS } from "../../support/cardServer.js";
import { LAN, readyPhone } from "../../support/pageHarness.js";

async function open(phone, question) {
  return question === undefined ? phone.get("/field/card") : phone.post("/field/card", { question });
}

test("answers are those of the server", async () => {
  const bytes = Uint8Array.from(atob(VECTORS.secret), (sign) => sign.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  for (const [question, answer] of Object.entries(VECTORS.answers))
    assert.equal(await cardAnswer(key, question), answer);
});

test("the card answers once the server knows that this phone has its secret, with any clock and no network", async () => {
  const phone = await readyPhone();
  const server = new CardServer();
  assert.equal((await open(phone)).context.ready, false);
  assert.equal((await open(phone, "1234")).context.answer, "", "there is nothing to answer with");
  assert.equal(await renewCard(OWNER, server.fetch), true);
  assert.deepEqual(server.requests, ["", "k1"]);
  for (const clock of [-400, 0, 4_000]) {
    phone.now = new Date(phone.now.getTime() + clock * 86_400_000);
    const { context } = await open(phone, "8960");
    assert.deepEqual([context.ready, context.answer], [true, "268 733"]);
  }
  const { context } = await open(phone);
  assert.deepEqual([context.team, context.commune, context.shown], ["Tổ Thôn Đông", "Xã Yên Bình", "0900 000 099"]);
});

test("a secret whose confirmation is lost is not relied on, and a stored one is never replaced by nothing", async () => {
  const phone = await readyPhone();
  const server = new CardServer();
  const lost = async (address, init) => {
    if (server.requests.length === 1) server.loses = 1;
    return server.fetch(address, init);
  };
  assert.equal(await renewCard(OWNER, lost), false);
  assert.equal((await open(phone)).context.ready, false);
  assert.equal(await renewCard(OWNER, server.fetch), true);
  const stored = await readCard(LAN.id);
  for (const [status, text] of [
    [401, '{"proto":1,"error":"sign_in"}'],
    [200, "<html>Wi-Fi"],
    [503, ""],
  ]) {
    assert.equal(await renewCard(OWNER, async () => new Response(text, { status })), false);
    assert.deepEqual(await readCard(LAN.id), stored);
  }
  server.key = { id: "k2", secret: `${"A".repeat(43)}=` };
  assert.equal(await renewCard(OWNER, server.fetch), true);
  assert.notEqual((await open(phone, "1234")).context.answer, "525 011", "the secret is another one");
});

test("the secret leaves the storage by no way, and what are not four digits is said", async () => {
  const phone = await readyPhone();
  await renewCard(OWNER, new CardServer().fetch);
  const { key } = await readCard(LAN.id);
  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("raw", key));
  const stored = await inAccount(LAN.id, ["meta"], "readonly", (tx) => tx.objectStore("meta").getAll());
  assert.ok(!JSON.stringify(stored).includes(VECTORS.secret));
  for (const typed of ["", "12", "12345", "abcd"]) {
    const { status, context } = await open(phone, typed);
    assert.deepEqual([status, context.answer, context.problem], [422, "", "Gõ đủ bốn số cán bộ đọc."]);
  }
  assert.equal((await open(phone, " 12 34 ")).context.answer, "525 011");
});
