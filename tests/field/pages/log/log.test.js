import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { render } from "../../../../static/dist/field/templates.js";
import * as accounts from "../../../../static/field/store/accounts.ts";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { resendNow } from "../../../../static/field/sync/backoff.ts";
import { lansPhone, putReturnedVisit, putVisit, readyPhone, visitFields } from "../../support/pageHarness.js";
import { NAM, record, save, signIn, switchAccount } from "../../support/phone.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const log = async () => (await phone.get("/field/log")).context;
const today = async () => (await phone.get("/field/")).context;

test("queued operations are counted, listed and can be sent", async () => {
  await phone.post("/field/households/h12/visit", visitFields());
  const { queue, days } = await log();
  assert.equal(queue, "1 lượt đang lưu trên máy, chưa gửi. Máy sẽ tự gửi khi có mạng.");
  assert.deepEqual([days[0].label, days[0].rows[0].step.text], ["Hôm nay, 24/11/2026", "Chưa gửi"]);
  assert.equal((await phone.post("/field/log/send")).location, "/field/log");
  assert.deepEqual(phone.sent, ["lan"]);
});

test("each sent visit says when it was sent", async () => {
  await phone.post("/field/households/h12/visit", visitFields());
  await phone.sync();
  const { queue, last_sent, days } = await log();
  assert.deepEqual([queue, last_sent, days[0].rows[0].step.text], ["", "16:40, 24/11/2026", "Đã gửi 16:40"]);
});

test("every queued operation has a row: new households and withdrawals too", async () => {
  const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
  await phone.sync();
  await save("lan", "visit.withdraw", { id: data.id });
  await save("lan", "household.amend", { id: "h14", base_version: 1, alley: "Ngõ 4" });
  const summaries = (await log()).days.flatMap(({ rows }) => rows).map(({ summary }) => summary);
  assert.deepEqual(summaries.sort(), ["Bỏ lượt thăm", "Sửa thông tin hộ"]);
});

for (const [hours, late] of [
  [23, ""],
  [25, "Lượt cũ nhất lưu trên máy từ 09:00, 23/11/2026."],
  [73, "Hãy đến nơi có mạng, hoặc báo cán bộ."],
]) {
  test(`after ${hours} hours in the queue the warning is: ${late || "none"}`, async () => {
    await record("lan", "h12", {}, { at: new Date(phone.now.getTime() - hours * 3600_000).toISOString() });
    assert.equal((await log()).late, late);
  });
}

test("a refused operation says why, and can be corrected, or discarded after a confirmation", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await phone.post("/field/households/h12/visit", visitFields());
  await phone.sync();
  const [fix] = (await log()).fixes;
  assert.equal(fix.sentence, "Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại.");
  assert.equal((await phone.get(fix.edit)).status, 200);
  const { context } = await phone.get(fix.discard);
  assert.equal((await outbox.refusedOperations("lan")).length, 1);
  await phone.post(context.action, { id: context.id });
  assert.deepEqual(await outbox.refusedOperations("lan"), []);
  assert.equal((await phone.get(fix.discard)).status, 404);
});

test("an operation that no form can correct can only be discarded", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "not_author", fields: ["id"] });
  await record("lan", "h12");
  await phone.sync();
  const [fix] = (await log()).fixes;
  assert.equal(fix.edit, "");
  assert.notEqual(fix.discard, "");
});

test("returned visits are first on Hôm nay, with the supervisor's note", async () => {
  phone = await lansPhone();
  putReturnedVisit(phone, "v1", "missing_information");
  await phone.sync();
  assert.deepEqual((await today()).fixes.rows, [
    { href: "/field/visits/v1/edit", label: "12 · Nguyễn Văn Đức", reason: "Thiếu thông tin: Ghi rõ việc đã làm" },
  ]);
});

test("Hôm nay counts the visits of the day and those that the commune has", async () => {
  await phone.post("/field/households/h12/visit", visitFields());
  await phone.sync();
  await record("lan", "h14", { result: "not_home", services: [] }, { at: phone.now.toISOString() });
  const { standing, hamlets } = await today();
  assert.deepEqual([standing.text, standing.detail], ["1 lượt trên máy, chưa gửi", "Hôm nay ghi 2, đã gửi 1"]);
  assert.deepEqual(hamlets, [{ name: "Thôn Đông", line: "1/4 hộ đã gặp", percent: 25 }]);
  await phone.sync();
  const sent = (await today()).standing;
  assert.deepEqual([sent.kind, sent.text], ["sent", "Hôm nay ghi 2, đã gửi đủ"]);
});

test("a withdrawal among what is not sent is no visit: everywhere the number is one of changes", async () => {
  await phone.post("/field/households/h12/visit", visitFields());
  await phone.sync();
  await record("lan", "h14", { result: "not_home", services: [] }, { at: phone.now.toISOString() });
  const { context } = await phone.get(`/field/visits/${visitFields().id}/withdraw`);
  await phone.post(context.action, { id: context.id });
  assert.equal((await today()).standing.text, "2 thay đổi trên máy, chưa gửi");
  assert.match((await log()).queue, /^2 thay đổi đang lưu trên máy, chưa gửi\./);
  assert.equal((await phone.get("/field/settings")).context.unsent, "Còn 2 thay đổi chưa gửi.");
  assert.equal((await phone.get("/field/account")).context.unsent, "Còn 2 thay đổi chưa gửi. Gửi trước khi đăng xuất.");
  phone.syncState = { outcome: "sign_in", progress: null };
  assert.equal((await log()).sign_in, "Đăng nhập lại bằng mã mời mới để gửi 2 thay đổi đang lưu trên máy.");
});

test("due follow-ups are on Hôm nay until the next visit", async () => {
  const fields = { result: "come_back", service: [], follow_up: "2026-11-24" };
  await phone.post("/field/households/h12/visit", visitFields(fields));
  const due = async () => (await today()).due.rows.map(({ label, due }) => [label, due]);
  assert.deepEqual(await due(), [["12 · Nguyễn Văn Đức", "Hẹn hôm nay"]]);
  const { html } = await Object.assign(phone, { render }).get("/field/");
  assert.ok(html.indexOf("Hẹn hôm nay") < html.indexOf('class="row standing'), "above the queue and the counts");
  phone.now = new Date("2026-11-26T05:00:00.000Z");
  assert.deepEqual(await due(), [["12 · Nguyễn Văn Đức", "Quá hẹn 24/11/2026"]]);
  assert.equal((await today()).follow_ups.count, 0);
  await phone.saveVisit("/field/households/h12/visit", visitFields({ id: "20000000-0000-4000-8000-000000000002" }));
  assert.deepEqual(await due(), []);
});

test("one row on Hôm nay leads to the follow-ups that it does not list, also if none is due", async () => {
  const agree = async (household, follow_up) => {
    const fields = { id: crypto.randomUUID(), household_id: household, result: "come_back", service: [], follow_up };
    await phone.post(`/field/households/${household}/visit`, visitFields(fields));
  };
  await agree("h12", "unknown");
  await agree("h14", "2026-12-24");
  const { count, rows, more } = (await today()).follow_ups;
  assert.deepEqual([count, rows, more], [2, [], 2]);
  await agree("h16", "2026-11-25");
  const soon = (await today()).follow_ups;
  assert.deepEqual([soon.count, soon.rows.length, soon.more], [3, 1, 2]);
  const { filters } = (await phone.get("/field/households?show=follow_up")).context;
  assert.equal(filters.find(({ label }) => label === "Hẹn quay lại").count, "3");
});

test("Cập nhật activates the new version, which then confirms it and counts the unsent operations", async () => {
  await record("lan", "h12");
  const { location } = await phone.post("/field/update");
  assert.equal(phone.updated, 1);
  assert.equal((await phone.get(location)).context.message, "");
  const { context } = await phone.get("/field/?done=updated");
  assert.equal(context.message, "Đã cập nhật. 1 lượt vẫn còn trên máy.");
});

test("refused operations are counted too", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await record("lan", "h12");
  await phone.sync();
  await record("lan", "h14");
  const { context } = await phone.get("/field/?done=updated");
  assert.equal(context.message, "Đã cập nhật. 2 lượt vẫn còn trên máy.");
});

test("signing out is refused while operations are queued", async () => {
  await record("lan", "h12");
  const { status, context } = await phone.post("/field/account/sign-out");
  assert.deepEqual([status, context.unsent], [422, "Còn 1 lượt chưa gửi. Gửi trước khi đăng xuất."]);
  assert.equal((await accounts.currentAccount())?.account_id, "lan");
});

test("signing out is refused while operations need a fix, with a link to Cần sửa", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await record("lan", "h12");
  await phone.sync();
  const sentence = "Còn 1 lượt chưa gửi. Sửa hoặc bỏ trước khi đăng xuất.";
  const shown = (await phone.get("/field/account")).context;
  assert.deepEqual([shown.unsent, shown.queued, shown.fixes], [sentence, false, 1]);
  const { status, context } = await phone.post("/field/account/sign-out");
  assert.deepEqual([status, context.unsent], [422, sentence]);
  await record("lan", "h14");
  const both = (await phone.get("/field/account")).context;
  assert.deepEqual([both.unsent, both.fixes], ["Còn 2 lượt chưa gửi. Gửi trước khi đăng xuất.", 1]);
  assert.equal((await accounts.currentAccount())?.account_id, "lan");
});

for (const [name, end] of [
  ["the server has ended Lan's session", async () => void (phone.syncState = { outcome: "sign_in", progress: null })],
  [
    "Nam has signed in on Lan's phone",
    async () => {
      await signIn(NAM);
      await switchAccount("lan");
    },
  ],
]) {
  test(`${name}: Hôm nay, Đã lưu and Đã ghi link to sign-in, and recording still works`, async () => {
    await end();
    for (const [householdId, id] of [
      ["h12", "20000000-0000-4000-8000-000000000001"],
      ["h14", "20000000-0000-4000-8000-000000000002"],
    ]) {
      const { location } = await phone.post(
        `/field/households/${householdId}/visit`,
        visitFields({ id, household_id: householdId }),
      );
      assert.equal(location, `/field/visits/${id}/saved`);
    }
    const sentence = "Đăng nhập lại bằng mã mời mới để gửi 2 lượt đang lưu trên máy.";
    const saved = (await phone.get("/field/visits/20000000-0000-4000-8000-000000000002/saved")).context;
    assert.deepEqual([saved.title, saved.sync_text, saved.sign_in], ["Đã lưu trên máy", "", sentence]);
    const { queue, sign_in } = await log();
    assert.deepEqual([queue, sign_in], ["", sentence]);
    assert.equal((await today()).sign_in, sentence);
  });
}

test("with an empty queue Đã ghi says nothing about an ended session", async () => {
  phone.syncState = { outcome: "sign_in", progress: null };
  assert.equal((await log()).sign_in, "");
});

for (const [when, sync, syncAgain] of [
  ["before it is sent", async () => {}, async () => {}],
  ["after it was sent", () => phone.sync(), async () => {}],
  ["before it is sent, and both are sent", async () => {}, () => phone.sync()],
  ["after it was sent, and that is sent as well", () => phone.sync(), () => phone.sync()],
]) {
  test(`a withdrawn visit ${when} still names its household`, async () => {
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    await sync();
    await phone.post(`/field/visits/${data.id}/withdraw`, {});
    await syncAgain();
    const rows = (await log()).days.flatMap((day) => day.rows);
    assert.deepEqual(
      rows.map(({ label, summary, href }) => [label, summary, href]),
      [["12 · Nguyễn Văn Đức", "Bỏ lượt thăm", "/field/households/h12"]],
    );
  });
}

test("so does one recorded on another phone; one with an unknown household has no link", async () => {
  putVisit(phone, "v1", { recorded_by: "lan" });
  await phone.sync();
  await phone.post("/field/visits/v1/withdraw", {});
  await phone.sync();
  const [row] = (await log()).days.flatMap((day) => day.rows);
  assert.deepEqual([row.label, row.href], ["12 · Nguyễn Văn Đức", "/field/households/h12"]);
  await save("lan", "visit.withdraw", { id: "v0" }, { at: phone.now.toISOString() });
  const [, other] = (await log()).days.flatMap((day) => day.rows);
  assert.deepEqual([other.label, other.summary, other.href], ["Lượt đã bỏ", "Bỏ lượt thăm", ""]);
});

test("a corrected visit says when the correction was sent, also after a new download", async () => {
  putReturnedVisit(phone, "v1", "missing_information");
  await phone.sync();
  const { context } = await phone.get("/field/visits/v1/edit");
  await phone.post("/field/visits/v1/edit", { ...visitFields({ id: context.id }), note: "Đã ghi rõ" });
  await phone.sync();
  const sent = async () => (await log()).days.flatMap((day) => day.rows)[0].step.text;
  assert.equal(await sent(), "Đã gửi 16:40");
  assert.equal((await phone.get("/field/visits/v1/saved")).context.sync_text, "Đã gửi 16:40");
  phone.server.restore(phone.server.backup(), "second");
  await phone.sync();
  assert.equal(await sent(), "Chưa gửi");
  assert.equal(
    (await log()).queue,
    "1 lượt đã gửi trước đây được gửi lại trong ít phút: nơi nhận vừa lấy lại dữ liệu cũ.",
  );
  await resendNow("lan");
  await phone.sync();
  assert.equal(await sent(), "Đã gửi 16:40");
});

test("what is sent again after a restore has not waited for days", async () => {
  const at = new Date(phone.now.getTime() - 5 * 86_400_000).toISOString();
  await record("lan", "h12", {}, { at });
  assert.equal((await log()).late, "Hãy đến nơi có mạng, hoặc báo cán bộ.");
  await phone.sync();
  phone.server.restore(phone.server.backup(), "second");
  await phone.sync();
  const { queue, late } = await log();
  assert.deepEqual([queue !== "", late], [true, ""]);
});

test("signing out works without a network", async () => {
  const { location } = await phone.post("/field/account/sign-out");
  assert.equal(location, "/field/sign-in");
  assert.equal(await accounts.currentAccount(), null);
});
