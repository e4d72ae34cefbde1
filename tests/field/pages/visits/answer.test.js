// Trả lời cán bộ: beside the supervisor's words the form has one field, and what Lan types in it goes with her correction.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { render as renderLater } from "../../../../static/dist/field/laterTemplates.js";
import { loadDraft, saveDraft } from "../../../../static/field/store/drafts.ts";
import { queuedOperations } from "../../../../static/field/store/outbox.ts";
import { putReturnedVisit, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";

const AT = "2026-11-23T02:00:00Z";
const EDIT = "/field/visits/v1/edit";
const WORDS = "Em hỏi lại rồi: nhà số 46";
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = Object.assign(await readyPhone(), { renderLater });
});

const returned = async (changes) => {
  putReturnedVisit(phone, "v1", "missing_information", changes);
  await phone.sync();
};
const save = (fields) => phone.post(EDIT, visitFields({ version: "1", seen_return: AT, ...fields }));
const answers = () => phone.server.row("visit", "v1").answers?.map(({ text }) => text);

test("a returned visit shows the words and the field, any other one does not", async () => {
  putVisit(phone, "v1", { recorded_by: "lan" });
  await phone.sync();
  assert.doesNotMatch((await phone.get(EDIT)).html, /name="answer"/);
  await returned();
  const { html } = await phone.get(EDIT);
  assert.match(html, /Thiếu thông tin: Ghi rõ việc đã làm[\s\S]*name="answer"[\s\S]*name="result"/);
});

test("the answer is sent with the correction, masked, and is on the page of the visit", async () => {
  await returned();
  assert.equal((await save({ answer: ` ${WORDS}, 001099012345 ` })).status, 303);
  const [{ type, data }] = await queuedOperations("lan");
  const stored = `${WORDS}, ••••••••••••`;
  assert.deepEqual([type, data.answer, data.seen_return], ["visit.amend", stored, AT]);
  await phone.sync();
  assert.deepEqual(answers(), [stored]);
  const { context, html } = await phone.get("/field/visits/v1");
  assert.deepEqual(
    context.answers.map(({ text }) => text),
    [stored],
  );
  assert.match(html, /Mình trả lời cán bộ/);
});

test("without one nothing of it is sent", async () => {
  await returned();
  await save({ answer: "  " });
  const [{ data }] = await queuedOperations("lan");
  assert.equal("answer" in data, false);
});

test("one that is too long is said at its field, and nothing is lost", async () => {
  await returned();
  const answer = await save({ answer: "x".repeat(501) });
  assert.deepEqual(
    [answer.status, answer.context.errors.map(({ text }) => text)],
    [422, ["Dài quá 500 ký tự. Viết ngắn lại."]],
  );
  assert.equal(answer.context.answer.length, 501);
  assert.match(answer.html, /id="answer-error"/);
});

describe("whatever the server decided meanwhile", () => {
  test("an answer that was begun stays in the draft, also when the visit has been accepted", async () => {
    await returned();
    await saveDraft("lan", "visit:edit:v1", visitFields({ version: "1", seen_return: AT, answer: WORDS }));
    putVisit(phone, "v1", {
      recorded_by: "lan",
      review: { state: "accepted", reason: "", field: "", note: "", at: AT },
    });
    await phone.sync();
    const { context, html } = await phone.get(EDIT);
    assert.deepEqual([context.reasons, context.answer], [[], WORDS]);
    assert.match(html, new RegExp(WORDS));
    assert.ok(await loadDraft("lan", "visit:edit:v1"));
  });

  test("an answer whose correction is refused is in the form that corrects it", async () => {
    await returned();
    phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
    await save({ answer: WORDS });
    await phone.sync();
    const { context } = await phone.get(EDIT);
    assert.equal(context.answer, WORDS);
    assert.deepEqual(
      context.reasons.map(({ text }) => text),
      ["Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại.", "Thiếu thông tin: Ghi rõ việc đã làm"],
    );
    phone.server.decide = () => null;
    await save({ id: context.id, answer: context.answer, seen_return: context.seen_return });
    await phone.sync();
    assert.deepEqual([answers(), phone.server.row("visit", "v1").review.state], [[WORDS], "received"]);
  });
});
