// A return stands until Lan has read it: the form says which one it showed.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { render as renderLater } from "../../../../static/dist/field/laterTemplates.js";
import { saveDraft } from "../../../../static/field/store/drafts.ts";
import { queuedOperations } from "../../../../static/field/store/outbox.ts";
import { putReturnedVisit, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";

const AT = "2026-11-23T02:00:00Z";
const LATER = "2026-11-24T01:00:00Z";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
  phone.renderLater = renderLater;
});

const form = async () => (await phone.get("/field/visits/v1/edit")).context;
const queuedData = async () => (await queuedOperations("lan")).map(({ data }) => data);
const fixes = async () => (await phone.get("/field/log")).context.fixes;
const saveWith = (seen_return) => phone.post("/field/visits/v1/edit", visitFields({ version: "1", seen_return }));
const returned = (changes = {}) => putReturnedVisit(phone, "v1", "missing_information", changes);
const returnedAgain = () => {
  const { review } = phone.server.row("visit", "v1");
  return returned({ review: { ...review, reason: "wrong_household", at: LATER } });
};

describe("the form of a visit", () => {
  test("that was returned names the return that it shows, and Lưu settles that one", async () => {
    returned();
    await phone.sync();
    assert.equal((await form()).seen_return, AT);
    await saveWith(AT);
    assert.equal((await queuedData())[0].seen_return, AT);
    await phone.sync();
    assert.deepEqual([phone.server.row("visit", "v1").review.state, await fixes()], ["received", []]);
  });

  test("that was not returned names none, so that a return which comes meanwhile stands", async () => {
    putVisit(phone, "v1", { recorded_by: "lan" });
    await phone.sync();
    const { seen_return } = await form();
    assert.equal(seen_return, "");
    await saveWith(seen_return);
    assert.equal((await queuedData())[0].seen_return, null);
    returned();
    await phone.sync();
    const [{ sentence }] = await fixes();
    assert.match(sentence, /Thiếu thông tin/);
    assert.equal(phone.server.row("visit", "v1").version, 2);
  });

  test("opened before a second return names the first, from its draft too until the second is on screen", async () => {
    returned();
    await phone.sync();
    await saveDraft("lan", "visit:edit:v1", visitFields({ version: "1", seen_return: (await form()).seen_return }));
    returnedAgain();
    await phone.sync();
    assert.equal((await form()).seen_return, LATER);
    await saveWith(AT);
    await phone.sync();
    assert.equal((await fixes()).length, 1);
  });
});

describe("Đã đúng rồi", () => {
  test("sends the same content, read, and the visit waits for the commune again", async () => {
    const { services } = returned();
    await phone.sync();
    const [{ confirm }] = await fixes();
    const answer = await phone.post(confirm.action, { id: confirm.id, seen_return: confirm.seen_return });
    assert.equal(answer.location, "/field/log?done=saved");
    const [{ seen_return, base_version, ...data }] = await queuedData();
    assert.deepEqual([seen_return, base_version, data.services, data.household_id], [AT, 1, services, "h12"]);
    await phone.sync();
    assert.deepEqual([phone.server.row("visit", "v1").review.state, await fixes()], ["received", []]);
  });

  test("tapped twice sends it once", async () => {
    returned();
    await phone.sync();
    const [{ confirm }] = await fixes();
    for (let tap = 0; tap < 2; tap += 1) await phone.post(confirm.action, { id: confirm.id, seen_return: AT });
    assert.equal((await queuedData()).length, 1);
  });

  test("of a return that another has replaced meanwhile sends nothing, and shows that one", async () => {
    returned();
    await phone.sync();
    const [{ confirm }] = await fixes();
    returnedAgain();
    await phone.sync();
    assert.equal((await phone.post(confirm.action, { id: confirm.id, seen_return: AT })).location, "/field/log");
    assert.deepEqual(await queuedData(), []);
    assert.match((await fixes())[0].sentence, /Nhầm hộ|hộ/);
  });
});

test("Hoàn tác of an edit has read no return", async () => {
  putVisit(phone, "v1", { recorded_by: "lan" });
  await phone.sync();
  await saveWith("");
  await phone.undo("v1");
  const undone = (await queuedData()).at(-1);
  assert.equal(undone.seen_return, null);
});
