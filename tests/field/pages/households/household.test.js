import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as outbox from "../../../../static/field/store/outbox.ts";
import { lansPhone, putReturnedVisit, putVisit, readyPhone } from "../../support/pageHarness.js";

const ID = "30000000-0000-4000-8000-000000000001";
const AGREED = { consent_at: "2026-11-24T02:59:00.000Z", consent_way: "device" };
const CONSENT = { at: AGREED.consent_at, way: "device", wording_version: 1 };
/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const queued = () => outbox.queuedOperations("lan");
const labels = async (address) => (await phone.get(address)).context.rows.map(({ label }) => label);
const newHousehold = (changes = {}) => ({
  id: ID,
  head_name: "Vũ Văn Sơn",
  house_no: "7",
  alley: "Ngõ 9",
  phone: "",
  ...changes,
});

/** An open follow-up of the household. */
const openFollowUp = (household_id) =>
  phone.server.put("follow_up", { id: "f1", household_id, due_on: "2026-12-01", closed_by: null });

test("households are sorted by alley and house number, or by given name", async () => {
  assert.deepEqual(await labels("/field/households"), [
    "5 · Đặng Thị Ước",
    "12 · Nguyễn Văn Đức",
    "14 · Trần Thị Mai",
    "16 · Lê Thị Ánh",
  ]);
  assert.deepEqual(await labels("/field/households?order=name"), [
    "16 · Lê Thị Ánh",
    "12 · Nguyễn Văn Đức",
    "14 · Trần Thị Mai",
    "5 · Đặng Thị Ước",
  ]);
});

test("search ignores marks, and finds name and number in any order", async () => {
  assert.deepEqual(await labels("/field/households?q=nguyen%20duc%2012"), ["12 · Nguyễn Văn Đức"]);
  assert.deepEqual(await labels("/field/households?q=%20UOC"), ["5 · Đặng Thị Ước"]);
});

test("a search keeps its filter and order in every link", async () => {
  const { context } = await phone.get("/field/households?q=ngo&show=unvisited&order=name");
  assert.deepEqual(
    context.filters.map(({ href }) => href),
    [
      "/field/households?q=ngo&show=unvisited&order=name",
      "/field/households?q=ngo&show=follow_up&order=name",
      "/field/households?q=ngo&show=met&order=name",
      "/field/households?q=ngo&order=name",
    ],
  );
  assert.deepEqual(context.fields, [
    { name: "show", value: "unvisited" },
    { name: "order", value: "name" },
  ]);
});

test("a visit with nobody home and a returned visit leave a household unvisited", async () => {
  phone = await lansPhone();
  putVisit(phone, "v1", { household_id: "h12" });
  putVisit(phone, "v2", { household_id: "h14", result: "not_home", services: [] });
  putReturnedVisit(phone, "v3", "duplicate_visit", { household_id: "h16" });
  await phone.sync();
  const { context } = await phone.get("/field/households");
  assert.deepEqual([context.met, context.total], ["1", "4"]);
  assert.deepEqual(
    context.rows.map(({ line }) => line),
    ["Chưa gặp", "Đã gặp 12/11/2026", "Vắng nhà 12/11/2026", "Chưa gặp"],
  );
});

describe("a long list", () => {
  const LIST = "/field/households";
  const keys = ({ rows }) => rows.map(({ key }) => key);
  const grown = async ({ more }) => (await phone.get(`${more.href}&from=${more.from}`)).context;

  beforeEach(async () => {
    phone = await lansPhone();
    for (let number = 100; number < 150; number += 1)
      phone.server.household(`n${number}`, { alley: number < 122 ? "Ngõ 1" : "Ngõ 2", house_no: `${number}` });
    await phone.sync();
  });

  test("shows twenty households and Xem thêm, and its address all that are drawn, each page in a list of its own", async () => {
    const first = (await phone.get(LIST)).context;
    assert.deepEqual([first.rows.length, first.more.count, first.more.href], [20, 20, `${LIST}?page=2`]);
    const second = (await phone.get(first.more.href)).context;
    assert.deepEqual([second.rows.length, second.rows.findIndex(({ breaks }) => breaks)], [40, 20]);
  });

  for (const query of ["?show=all", "?order=name", "?q=ng%C3%B5", "?show=unvisited&order=name"])
    test(`grows by the rows after its last until all are there once, each alley under one heading: ${query}`, async () => {
      const whole = (await phone.get(`${LIST}${query}&page=9`)).context.rows;
      let page = (await phone.get(`${LIST}${query}`)).context;
      const rows = [...page.rows];
      while (page.more) {
        const { from } = page.more;
        page = await grown(page);
        assert.deepEqual([page.rows.length <= 20, page.rows[0].key], [true, from]);
        rows.push(...page.rows);
      }
      assert.deepEqual(
        rows.map(({ key, heading, place }) => [key, heading, place]),
        whole.map(({ key, heading, place }) => [key, heading, place]),
      );
    });

  test("repeats and leaves out no row when households come and go above the last", async () => {
    const first = (await phone.get(LIST)).context;
    for (const id of ["a1", "a2", "a3"]) phone.server.household(id, { alley: "Ngõ 1", house_no: id.slice(1) });
    phone.server.household(keys(first)[2], { state: "moved_away" });
    await phone.sync();
    const { context } = await phone.get(`${LIST}?page=9`);
    const all = keys(context);
    assert.deepEqual(all.includes("a1") && !all.includes(keys(first)[2]), true);
    assert.deepEqual(keys(await grown(first)), all.slice(all.indexOf(first.more.from)).slice(0, 20));
  });

  test("goes on with its next page when its first row is gone", async () => {
    const first = (await phone.get(LIST)).context;
    const all = keys((await phone.get(`${LIST}?page=9`)).context);
    phone.server.household(first.more.from, { state: "moved_away" });
    await phone.sync();
    assert.deepEqual(keys(await grown(first)), all.slice(21, 41));
  });
});

test("a new household is on the list at once", async () => {
  const { location } = await phone.post("/field/households/new", newHousehold());
  assert.equal(location, `/field/households/${ID}?done=saved`);
  assert.deepEqual((await queued())[0].data, {
    id: ID,
    hamlet_id: "dong",
    head_name: "Vũ Văn Sơn",
    house_no: "7",
    alley: "Ngõ 9",
  });
  assert.deepEqual(await labels("/field/households?q=son"), ["7 · Vũ Văn Sơn"]);
  assert.equal((await phone.get(location)).context.step.text, "Chưa gửi");
});

for (const [name, fields] of [
  ["the same address", { head_name: "Người khác", house_no: "12", alley: "ngo 3" }],
  ["a name with a word less", { head_name: "Nguyễn Đức", house_no: "", alley: "" }],
]) {
  test(`${name} is shown before saving, and added only when Lan is sure`, async () => {
    const shown = await phone.post("/field/households/new", newHousehold(fields));
    assert.deepEqual(
      shown.context.similar.map(({ label }) => label),
      ["12 · Nguyễn Văn Đức"],
    );
    assert.deepEqual(await queued(), []);
    await phone.post("/field/households/new", newHousehold({ ...fields, sure: "yes" }));
    assert.equal((await queued()).length, 1);
  });
}

test("a household needs a name, and a phone number needs consent", async () => {
  const { status, context } = await phone.post(
    "/field/households/new",
    newHousehold({ head_name: " ", phone: "0900 000 009" }),
  );
  assert.equal(status, 422);
  assert.deepEqual(
    context.errors.map(({ text }) => text),
    ["Nhập tên chủ hộ.", "Bấm Xin số điện thoại để gia đình đồng ý, hoặc để trống số."],
  );
  assert.equal(context.phone, "0900 000 009", "what was typed stays");
  await phone.post("/field/households/new", newHousehold({ phone: "0900 000 009", ...AGREED }));
  const [{ data, v }] = await queued();
  assert.deepEqual([data.phone, data.consent, v], ["0900 000 009", CONSENT, 2]);
});

test("an amended household sends what changed and nothing else", async () => {
  const fields = { id: ID, head_name: "Trần Thị Mai", house_no: "14A", alley: "Ngõ 3", phone: "" };
  await phone.post("/field/households/h14/edit", fields);
  assert.deepEqual((await queued())[0].data, { house_no: "14A", id: "h14", base_version: 1 });
});

test("an amendment that changes nothing sends nothing", async () => {
  await phone.post("/field/households/h14/edit", {
    id: ID,
    head_name: "Trần Thị Mai",
    house_no: "14",
    alley: "Ngõ 3",
    phone: "",
  });
  assert.deepEqual(await queued(), []);
});

test("a phone number is shown as people write it, and saving it unchanged sends nothing", async () => {
  const fields = { head_name: "Vũ Văn Sơn", alley: "Ngõ 9", phone: "+84987654321" };
  phone.server.household("called", fields);
  openFollowUp("called");
  await phone.sync();
  phone.renderLater = (await import("../../../../static/dist/field/laterTemplates.js")).render;
  const { context, html } = await phone.get("/field/households/called");
  assert.deepEqual([context.number, context.phone], ["0987 654 321", "+84987654321"]);
  assert.match(html, /href="tel:\+84987654321"/);
  const form = (await phone.get("/field/households/called/edit")).context;
  assert.equal(form.phone, "0987 654 321");
  for (const written of [form.phone, "0987654321", "+84 987.654.321"]) {
    await phone.post("/field/households/called/edit", { ...fields, id: ID, house_no: form.house_no, phone: written });
    assert.deepEqual(await queued(), []);
  }
  await phone.post("/field/households/called/edit", {
    ...fields,
    id: ID,
    house_no: form.house_no,
    phone: "0987654322",
    ...AGREED,
  });
  const [{ data }] = await queued();
  assert.deepEqual([data.phone, data.consent], ["0987654322", CONSENT]);
});

test("a household that moved away leaves the list after a confirmation, and can be restored", async () => {
  const { context } = await phone.get("/field/households/h14/state/moved");
  await phone.post(context.action, { id: context.id });
  assert.deepEqual((await queued())[0].data, { id: "h14", base_version: 1, state: "moved" });
  assert.ok(!(await labels("/field/households")).includes("14 · Trần Thị Mai"));
  assert.equal((await phone.get("/field/households?q=mai")).context.rows[0].line, "Hộ đã chuyển đi");
  const page = (await phone.get("/field/households/h14")).context;
  assert.deepEqual([page.active, page.changes[0].label], [false, "Đưa lại vào danh sách"]);
});

test("an unknown state is not found", async () => {
  assert.equal((await phone.get("/field/households/h14/state/burnt")).status, 404);
});

test("nothing typed or stored reaches the page as HTML", async () => {
  phone = await lansPhone();
  phone.render = (await import("../../../../static/dist/field/templates.js")).render;
  const { render } = await import("../../../../static/dist/field/laterTemplates.js");
  phone.renderLater = render;
  phone.server.household("x", { head_name: "<script>alert(1)</script>", alley: '"><img src=x>' });
  await phone.sync();
  for (const address of ["/field/households/x", "/field/households?q=%22%3E%3Cimg%3E", "/field/households/x/visit"]) {
    const { html } = await phone.get(address);
    assert.doesNotMatch(html, /<script|<img/);
  }
});

for (const [decision, text, badge] of [
  [{ status: "rejected", code: "phone_invalid", fields: ["phone"] }, "Đã lưu trên máy.", "Cần sửa"],
  [{ status: "conflict", code: "conflict", fields: ["alley"] }, "Đã gửi.", "Chờ xã xử lý"],
]) {
  test(`with the badge ${badge} the page does not say that the household is sent automatically`, async () => {
    await phone.post("/field/households/h12/edit", newHousehold({ head_name: "Nguyễn Văn Đức", house_no: "12" }));
    const shown = async () => (await phone.get("/field/households/h12?done=saved")).context;
    assert.equal((await shown()).message, "Đã lưu trên máy. Sẽ tự gửi khi có mạng.");
    phone.server.decide = () => decision;
    await phone.sync();
    const { message, step } = await shown();
    assert.deepEqual([message, step.text], [text, badge]);
  });
}

test("the page does not say so either after Lan's session has ended", async () => {
  phone.syncState = { outcome: "sign_in", progress: null };
  const { location } = await phone.post("/field/households/new", newHousehold());
  assert.equal((await phone.get(location)).context.message, "Đã lưu trên máy.");
});

describe("while Lan has the form of a household open", () => {
  const EDIT = "/field/households/h12/edit";
  const open = async () => {
    const { context } = await phone.get(EDIT);
    const was = Object.fromEntries(context.was.map(({ name, value }) => [`was_${name}`, value]));
    const { id, version, head_name, house_no, alley } = context;
    return { id, version: String(version), head_name, house_no, alley, phone: context.phone, ...was };
  };
  const othersChange = async (changes) => {
    phone.server.household("h12", { ...phone.server.row("household", "h12"), ...changes, version: 2 });
    await phone.sync();
  };

  for (const [what, changes] of [
    ["another field that somebody else changes meanwhile is not changed back", { house_no: "12A" }],
    ["the same field has the version that she saw, so that the commune decides", { alley: "Ngõ 8" }],
  ]) {
    test(what, async () => {
      const fields = await open();
      await othersChange({ alley: "Ngõ 7" });
      await phone.post(EDIT, { ...fields, ...changes });
      const [{ data }] = await queued();
      assert.deepEqual(data, { id: "h12", ...changes, base_version: 1 });
    });
  }

  test("a form with which nothing was changed sends nothing", async () => {
    const fields = await open();
    await othersChange({ head_name: "Nguyễn Văn Đức Em" });
    await phone.post(EDIT, fields);
    assert.deepEqual(await queued(), []);
  });
});
