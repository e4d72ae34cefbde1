// [Lưu tệp nhờ gửi hộ]: the unsent operations in a file that only the holder of the private key can read.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inAccount, inRegistry } from "../../../../static/field/store/db.ts";
import { NEW_REPLICA } from "../../../../static/field/store/schema.ts";
import { decrypt, KEY_ID, makeExportKey } from "../../support/exportKey.js";
import { lansPhone } from "../../support/pageHarness.js";
import { all, newId, opIds, record } from "../../support/phone.js";

const { generateKey } = crypto.subtle;
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;
/** @type {CryptoKeyPair} */
let keys;

const log = async () => (await phone.get("/field/log")).context;

beforeEach(async () => {
  phone = await lansPhone();
  keys = await makeExportKey(phone.server);
  await phone.sync();
});

test("the file has the queued and refused operations as they were made, and names account and device", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await record("lan", "h12");
  const [refused] = await all("lan", "outbox");
  await phone.sync();
  await record("lan", "h14", { note: "Bà hỏi về mức 2" });
  const [queued] = await all("lan", "outbox");
  assert.equal((await phone.post("/field/log/export")).location, "/field/log?done=exported");
  const [{ file, name }] = phone.files;
  const { head, content } = await decrypt(file, keys);
  const { signature: _signature, ...parts } = content;
  assert.deepEqual(parts, {
    commune_id: "yen-binh",
    account_id: "lan",
    device_id: "device-lan",
    ops: [refused, queued],
  });
  assert.equal(new TextDecoder().decode(head.slice(0, 8)), "TUNGNHA\u0002");
  assert.equal(new TextDecoder().decode(head.slice(90)), "yen-binh", "the commune whose key it is");
  assert.equal(Buffer.from(head.slice(8, 24)).toString("hex"), KEY_ID.replaceAll("-", ""));
  assert.equal(name, "luot-chua-gui-2026-11-24-1000.tnha");
});

test("the file is signed with the key that the exchange has registered", async () => {
  await record("lan", "h12");
  await phone.post("/field/log/export");
  const { json, content } = await decrypt(phone.files[0].file, keys);
  const point = Buffer.from(phone.server.requests.at(-1).device_key, "base64");
  const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("raw", point, ecdsa, false, ["verify"]);
  const signed = Buffer.from(json.replace(/,"signature":"[^"]*"}$/, "}"));
  const bytes = Buffer.from(content.signature, "base64");
  assert.equal(await crypto.subtle.verify({ ...ecdsa, hash: "SHA-256" }, key, bytes, signed), true);
});

test("without a key the phone records, sends and copies, and the file is unsigned", async (context) => {
  await inRegistry("readwrite", (tx) => tx.objectStore("settings").delete("device_key"));
  context.mock.method(crypto.subtle, "generateKey", async (algorithm, ...others) => {
    if (algorithm.name === "ECDSA") throw new DOMException("private window", "DataCloneError");
    return generateKey.call(crypto.subtle, algorithm, ...others);
  });
  await record("lan", "h12");
  await phone.post("/field/log/export");
  const { content } = await decrypt(phone.files[0].file, keys);
  assert.deepEqual([content.ops.length, "signature" in content], [1, false]);
  await phone.sync();
  assert.equal("device_key" in phone.server.requests.at(-1), false);
  assert.equal((await opIds("lan", "sent")).length, 1);
});

test("a phone whose storage was emptied, and that cannot sign in, copies what its journal has restored", async () => {
  await record("lan", "h12");
  await inAccount("lan", ["meta"], "readwrite", async (tx) => {
    const { export_key } = await tx.objectStore("meta").get("replica");
    await tx.objectStore("meta").put({ ...NEW_REPLICA, export_key }, "replica");
  });
  assert.equal((await phone.get("/field/log")).location, "/field/first-download");
  assert.equal((await phone.get("/field/first-download")).context.can_export, false, "it may still be downloading");
  phone.syncState = { outcome: "sign_in", progress: null };
  assert.equal((await phone.get("/field/first-download")).context.can_export, true);
  await phone.post("/field/log/export");
  const { content } = await decrypt(phone.files[0].file, keys);
  assert.deepEqual([content.device_id, content.ops.length], ["device-lan", 1]);
});

test("the file has no plain text, and no two files are equal", async () => {
  await record("lan", "h14", { note: "Bà hỏi về mức 2" });
  await phone.post("/field/log/export");
  await phone.post("/field/log/export");
  const [one, other] = await Promise.all(phone.files.map(({ file }) => file.arrayBuffer()));
  assert.equal(Buffer.from(one).includes("device-lan"), false);
  assert.notDeepEqual(one, other);
});

test("operations in the file stay queued and are sent later", async () => {
  const { op_id } = await record("lan", "h12");
  await phone.post("/field/log/export");
  assert.deepEqual(await opIds("lan", "outbox"), [op_id]);
  await phone.sync();
  assert.deepEqual(await opIds("lan", "sent"), [op_id]);
});

test("Đã ghi offers it once something has waited for a day, Cài đặt as long as operations are unsent", async () => {
  const offered = async () => [(await log()).can_export, (await phone.get("/field/settings")).context.unsent !== ""];
  assert.deepEqual(await offered(), [false, false]);
  await record("lan", "h12");
  assert.deepEqual(await offered(), [false, true]);
  phone.now = new Date(phone.now.getTime() + 24 * 3600_000);
  assert.deepEqual(await offered(), [true, true]);
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await phone.sync();
  assert.deepEqual(await offered(), [true, true]);
});

test("and at once where nothing can be sent: without a session", async () => {
  await record("lan", "h12");
  phone.syncState = { outcome: "sign_in", progress: null };
  assert.equal((await log()).can_export, true);
});

test("without unsent operations no file is made", async () => {
  await record("lan", "h12");
  await phone.sync();
  const { location } = await phone.post("/field/log/export");
  assert.deepEqual([phone.files, (await phone.get(location)).context.message], [[], ""]);
});

test("a newer key of the server replaces the earlier one", async () => {
  const newer = { ...phone.server.export_key, id: newId() };
  phone.server.export_key = newer;
  await phone.sync();
  await phone.sync();
  assert.deepEqual(
    phone.server.requests.map(({ export_key_id }) => export_key_id),
    [undefined, KEY_ID, KEY_ID, newer.id],
  );
});

test("if the file cannot be made, the page says so and nothing is lost", async () => {
  await record("lan", "h12");
  const message = "Chưa chép được ra tệp. Các lượt vẫn còn trên máy.";
  phone.server.decide = () => ({ status: "retry" });
  phone.server.export_key = { id: newId(), public_key: btoa("no point of the curve") };
  await phone.sync();
  const { location } = await phone.post("/field/log/export");
  assert.equal((await phone.get(location)).context.message, message);
  assert.equal((await opIds("lan", "outbox")).length, 1);
});

test("it can be shared as a text that says what to do with it and contains the same file", async () => {
  await record("lan", "h12");
  phone.shareable = true;
  assert.equal((await log()).can_share, true);
  assert.equal((await phone.post("/field/log/export", { share: "yes" })).location, "/field/log?done=shared");
  const [{ text, name }] = phone.shared;
  assert.equal(name, "luot-chua-gui-2026-11-24-1000.txt");
  assert.match(text, /^Tệp gửi hộ của Từng Nhà.* mở http:\/\/phone\/upload, /);
  const [, encoded] = text.match(/\n-----BEGIN TUNG NHA-----\n(.+)\n-----END TUNG NHA-----\n$/);
  const { content } = await decrypt(new Blob([Buffer.from(encoded, "base64")]), keys);
  assert.deepEqual([content.account_id, content.ops.length, phone.files], ["lan", 1, []]);
});

test("closing the share sheet says nothing; a browser that refuses to share is reported", async () => {
  await record("lan", "h12");
  phone.chooses = false;
  assert.equal((await phone.post("/field/log/export", { share: "yes" })).location, "/field/log");
  phone.shareError = new Error("not allowed");
  assert.equal((await phone.post("/field/log/export", { share: "yes" })).location, "/field/log?done=export_failed");
});
