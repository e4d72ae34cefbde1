import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as accounts from "../../static/field/store/accounts.js";
import * as outbox from "../../static/field/store/outbox.js";
import { filled, lansPhone, readyPhone, returned, served } from "./pages_world.js";
import { handOver, NAM, record, save, signIn } from "./phone.js";

/** @type {import("./pages_world.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const log = async () => (await phone.get("/field/log")).context;
const today = async () => (await phone.get("/field/")).context;

test("what waits is counted, listed and can be sent", async () => {
  await phone.post("/field/households/h12/visit", filled());
  const { queue, days } = await log();
  assert.equal(queue, "1 lượt đang lưu trên máy, chưa gửi. Máy sẽ tự gửi khi có mạng.");
  assert.deepEqual([days[0].label, days[0].rows[0].step.text], ["Hôm nay, 24/11/2026", "Trên máy"]);
  assert.equal((await phone.post("/field/log/send")).location, "/field/log");
  assert.deepEqual(phone.sent, ["lan"]);
});

test("after it is sent, each visit says when", async () => {
  await phone.post("/field/households/h12/visit", filled());
  await phone.sync();
  const { queue, last_sent, days } = await log();
  assert.deepEqual([queue, last_sent, days[0].rows[0].step.text], ["", "16:40, 24/11/2026", "Đã gửi 16:40"]);
});

test("everything that waits has a row: new households and withdrawals too", async () => {
  const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
  await phone.sync();
  await save("lan", "visit.withdraw", { id: data.id });
  await save("lan", "household.amend", { id: "h14", base_version: 1, alley: "Ngõ 4" });
  const summaries = (await log()).days.flatMap(({ rows }) => rows).map(({ summary }) => summary);
  assert.deepEqual(summaries.sort(), ["Rút lại lượt thăm", "Sửa thông tin hộ"]);
});

for (const [hours, late] of [
  [23, ""],
  [25, "Lượt cũ nhất lưu trên máy từ 09:00, 23/11/2026."],
  [73, "Hãy đến nơi có mạng, hoặc báo cán bộ xã."],
]) {
  test(`what waits for ${hours} hours says: ${late || "nothing"}`, async () => {
    await record("lan", "h12", {}, { at: new Date(phone.now.getTime() - hours * 3600_000).toISOString() });
    assert.equal((await log()).late, late);
  });
}

test("a refused record says why, can be mended, or be given up after a question", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await phone.post("/field/households/h12/visit", filled());
  await phone.sync();
  const [fix] = (await log()).fixes;
  assert.equal(fix.sentence, "Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại.");
  assert.equal((await phone.get(fix.mend)).status, 200);
  const { context } = await phone.get(fix.discard);
  assert.equal((await outbox.fixes("lan")).length, 1);
  await phone.post(context.action, { id: context.id });
  assert.deepEqual(await outbox.fixes("lan"), []);
  assert.equal((await phone.get(fix.discard)).status, 404);
});

test("what no form can mend can only be given up", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "not_author", fields: ["id"] });
  await record("lan", "h12");
  await phone.sync();
  const [fix] = (await log()).fixes;
  assert.equal(fix.mend, "");
  assert.notEqual(fix.discard, "");
});

test("what came back stands first on Hôm nay, in the supervisor's words", async () => {
  phone = await lansPhone();
  returned(phone, "v1", "missing_information");
  await phone.sync();
  assert.deepEqual((await today()).fixes.rows, [
    { href: "/field/visits/v1/edit", label: "12 · Nguyễn Văn Đức", reason: "Thiếu thông tin: Ghi rõ việc đã làm" },
  ]);
});

test("Hôm nay counts what is on the phone and what the commune has", async () => {
  await phone.post("/field/households/h12/visit", filled());
  await phone.sync();
  await record("lan", "h14", { result: "not_home", services: [] }, { at: phone.now.toISOString() });
  const { counts, queue } = await today();
  assert.deepEqual(counts, { today: "2", received: "1", reached: "1", households: "4" });
  assert.equal(queue, "1 lượt trên máy, chưa gửi");
});

test("promises due stand on Hôm nay until somebody goes there", async () => {
  const fields = { result: "come_back", service: [], follow_up: "2026-11-24" };
  await phone.post("/field/households/h12/visit", filled(fields));
  assert.deepEqual(
    (await today()).promises.rows.map(({ label, due }) => [label, due]),
    [["12 · Nguyễn Văn Đức", "Hẹn hôm nay"]],
  );
  phone.now = new Date("2026-11-24T05:00:00.000Z");
  await phone.post("/field/households/h12/visit", filled({ id: "20000000-0000-4000-8000-000000000002" }));
  assert.equal((await today()).promises.count, 0);
});

test("Cập nhật changes over; that it is done only the new version says, with what is still there", async () => {
  await record("lan", "h12");
  const { location } = await phone.post("/field/update");
  assert.equal(phone.updated, 1);
  assert.equal((await phone.get(location)).context.message, "");
  const { context } = await phone.get("/field/?done=updated");
  assert.equal(context.message, "Đã cập nhật. 1 lượt vẫn còn trên máy.");
});

test("what needs a fix is still there as well", async () => {
  phone.server.decide = () => ({ status: "rejected", code: "service_unknown", fields: ["services"] });
  await record("lan", "h12");
  await phone.sync();
  await record("lan", "h14");
  const { context } = await phone.get("/field/?done=updated");
  assert.equal(context.message, "Đã cập nhật. 2 lượt vẫn còn trên máy.");
});

test("Chế độ ngoài nắng goes on and off", async () => {
  assert.equal((await phone.get("/field/account")).context.sunny, false);
  assert.equal((await phone.post("/field/account/light", { sunny: "on" })).location, "/field/account");
  assert.equal((await phone.get("/field/account")).context.sunny, true);
  await phone.post("/field/account/light", { sunny: "" });
  assert.equal(phone.sunny, false);
});

test("nobody signs out away from what is not sent", async () => {
  await record("lan", "h12");
  const { status, context } = await phone.post("/field/account/sign-out");
  assert.deepEqual([status, context.unsent], [422, "Còn 1 lượt chưa gửi. Gửi trước khi đăng xuất."]);
  assert.equal((await accounts.current())?.account_id, "lan");
});

test("nor away from what needs a fix: it is counted, and leads to Cần sửa", async () => {
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
  assert.equal((await accounts.current())?.account_id, "lan");
});

for (const [name, end] of [
  ["the server has ended Lan's session", async () => void (phone.known = { outcome: "sign_in", progress: null })],
  [
    "Nam has signed in on Lan's phone",
    async () => {
      await signIn(NAM);
      await handOver("lan");
    },
  ],
]) {
  test(`${name}: Hôm nay, Đã lưu and Đã ghi lead to sign-in, and recording goes on`, async () => {
    await end();
    for (const [place, id] of [
      ["h12", "20000000-0000-4000-8000-000000000001"],
      ["h14", "20000000-0000-4000-8000-000000000002"],
    ]) {
      const { location } = await phone.post(`/field/households/${place}/visit`, filled({ id, household_id: place }));
      assert.equal(location, `/field/visits/${id}/saved`);
    }
    const sentence = "Đăng nhập lại để gửi 2 lượt đang lưu trên máy.";
    const saved = (await phone.get("/field/visits/20000000-0000-4000-8000-000000000002/saved")).context;
    assert.deepEqual([saved.title, saved.line, saved.sign_in], ["Đã lưu trên máy", "", sentence]);
    const { queue, sign_in } = await log();
    assert.deepEqual([queue, sign_in], ["", sentence]);
    assert.equal((await today()).sign_in, sentence);
  });
}

test("with all sent, an ended session is no matter of Đã ghi", async () => {
  phone.known = { outcome: "sign_in", progress: null };
  assert.equal((await log()).sign_in, "");
});

for (const [when, sync, syncAgain] of [
  ["before it is sent", async () => {}, async () => {}],
  ["after it was sent", () => phone.sync(), async () => {}],
  ["before it is sent, and both are sent", async () => {}, () => phone.sync()],
  ["after it was sent, and that is sent as well", () => phone.sync(), () => phone.sync()],
]) {
  test(`a visit taken back ${when} still says at whose door it was`, async () => {
    const { data } = await record("lan", "h12", {}, { at: phone.now.toISOString() });
    await sync();
    await phone.post(`/field/visits/${data.id}/withdraw`, {});
    await syncAgain();
    const rows = (await log()).days.flatMap((day) => day.rows);
    assert.deepEqual(
      rows.map(({ label, summary, href }) => [label, summary, href]),
      [["12 · Nguyễn Văn Đức", "Rút lại lượt thăm", "/field/households/h12"]],
    );
  });
}

test("so does one that was recorded on another phone, and one whose household is not known has no way anywhere", async () => {
  served(phone, "v1", { recorded_by: "lan" });
  await phone.sync();
  await phone.post("/field/visits/v1/withdraw", {});
  await phone.sync();
  const [row] = (await log()).days.flatMap((day) => day.rows);
  assert.deepEqual([row.label, row.href], ["12 · Nguyễn Văn Đức", "/field/households/h12"]);
  await save("lan", "visit.withdraw", { id: "v0" }, { at: phone.now.toISOString() });
  const [, other] = (await log()).days.flatMap((day) => day.rows);
  assert.deepEqual([other.label, other.summary, other.href], ["Lượt đã rút lại", "Rút lại lượt thăm", ""]);
});

test("a mended visit says when the mended one was sent, not the first, also after the list came anew", async () => {
  returned(phone, "v1", "missing_information");
  await phone.sync();
  const { context } = await phone.get("/field/visits/v1/edit");
  await phone.post("/field/visits/v1/edit", { ...filled({ id: context.id }), note: "Đã ghi rõ" });
  await phone.sync();
  const sent = async () => (await log()).days.flatMap((day) => day.rows)[0].step.text;
  assert.equal(await sent(), "Đã gửi 16:40");
  assert.equal((await phone.get("/field/visits/v1/saved")).context.line, "Đã gửi 16:40");
  phone.server.restore(phone.server.backup(), "second");
  await phone.sync();
  assert.equal(await sent(), "Đã gửi 16:40");
});

test("signing out works without a network", async () => {
  const { location } = await phone.post("/field/account/sign-out");
  assert.equal(location, "/field/sign-in");
  assert.equal(await accounts.current(), null);
});
