// The search of Hộ dân: what people type for a number, an alley or a hamlet, and one wrong letter.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { readyPhone } from "../../support/pageHarness.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;

beforeEach(async () => {
  phone = await readyPhone();
});

const search = async (q) => (await phone.get(`/field/households?q=${encodeURIComponent(q)}`)).context;
const labels = async (q) => (await search(q)).rows.map(({ label }) => label);

test("a number is found with the words that people put before it", async () => {
  for (const q of ["Số 12", "số nhà 12", "nhà 12", "12"]) assert.deepEqual(await labels(q), ["12 · Nguyễn Văn Đức"], q);
});

test("an alley is found with its number close to it", async () => {
  assert.deepEqual(await labels("ngo1"), ["5 · Đặng Thị Ước"]);
  assert.deepEqual(await labels("mai ngo3"), ["14 · Trần Thị Mai"]);
  assert.deepEqual(await labels("12 Ngõ 3"), ["12 · Nguyễn Văn Đức"]);
});

test("the house number that was typed comes first, then those that begin with it", async () => {
  phone.server.household("h3", { house_no: "3", alley: "Xóm Trên", head_name: "Vũ Văn Sơn" });
  phone.server.household("h31", { house_no: "31", alley: "Xóm Trên", head_name: "Hà Văn Tư" });
  await phone.sync();
  assert.deepEqual((await labels("3")).slice(0, 2), ["3 · Vũ Văn Sơn", "31 · Hà Văn Tư"]);
  assert.ok((await labels("3")).includes("12 · Nguyễn Văn Đức")); // of Ngõ 3
});

test("the name of the hamlet finds its households, also with a name", async () => {
  const { name } = phone.server.row("hamlet", "dong") ?? { name: "" };
  assert.notEqual(name, "");
  assert.equal((await labels(name)).length, 4);
  assert.deepEqual(await labels(`mai ${name}`), ["14 · Trần Thị Mai"]);
});

test("with one wrong letter similar households are shown, and the page says so", async () => {
  for (const q of ["nguyen dut", "ngyen duc", "nguyne duc"]) {
    const { rows, similar } = await search(q);
    assert.deepEqual([rows.map(({ label }) => label), similar], [["12 · Nguyễn Văn Đức"], true], q);
  }
});

test("one wrong letter in the name of a hamlet shows its households as similar", async () => {
  const { name } = phone.server.row("hamlet", "dong") ?? { name: "" };
  const { rows, similar } = await search(name.replace("ông", "nôg"));
  assert.deepEqual([rows.length, similar], [4, true]);
});

test("nothing similar is shown for two wrong letters, a wrong number, or what is found as it is", async () => {
  assert.deepEqual(await labels("ngyen dut"), []);
  assert.deepEqual(await labels("duc 13"), []);
  assert.equal((await search("duc")).similar, false);
});

test("what the list prints is found, and house numbers with signs", async () => {
  phone.server.household("h3", { house_no: "12/3", alley: "Xóm Trên", head_name: "Vũ Văn Sơn" });
  phone.server.household("h4", { house_no: "12-3", alley: "Xóm Trên", head_name: "Hà Văn Tư" });
  await phone.sync();
  for (const q of ["Số 12, ngõ 3", "12 · Nguyễn Văn Đức", "12-Duc", "12 , Đức"])
    assert.deepEqual(await labels(q), ["12 · Nguyễn Văn Đức"], q);
  assert.deepEqual(await labels("12/3"), ["12/3 · Vũ Văn Sơn"]);
  assert.deepEqual(await labels("12-3"), ["12-3 · Hà Văn Tư"]);
});

test("a form of address before a name or number is left out only if nothing is found with it", async () => {
  for (const q of ["hộ 12", "nhà ông Đức", "chú Đức", "hộ số 12", "12, nhà anh Đức"])
    assert.deepEqual(await labels(q), ["12 · Nguyễn Văn Đức"], q);
  phone.server.household("h3", { house_no: "12", alley: "Xóm Trên", head_name: "Hồ Anh Đức" });
  await phone.sync();
  for (const q of ["Hồ 12", "anh Đức"]) assert.deepEqual(await labels(q), ["12 · Hồ Anh Đức"], q);
  assert.equal((await labels("bác Đức")).length, 2);
});

test("a name that has the word comes before an alley that has it, after the house number that was typed", async () => {
  phone.server.household("a1", { house_no: "1", alley: "A Hoa", head_name: "Vũ Văn Sơn" });
  phone.server.household("a2", { house_no: "2", alley: "A Hoa", head_name: "Lê Thị Hoa" });
  phone.server.household("z2", { house_no: "3", alley: "Xóm Trên", head_name: "Hà Thị Hoà" });
  await phone.sync();
  assert.deepEqual(await labels("hoa"), ["2 · Lê Thị Hoa", "3 · Hà Thị Hoà", "1 · Vũ Văn Sơn"]);
  assert.deepEqual(await labels("hoa 1"), ["1 · Vũ Văn Sơn"]);
  phone.server.household("a3", { house_no: "23", alley: "A Hoa", head_name: "Lê Thị Hoa" });
  phone.server.household("a4", { house_no: "2", alley: "Ngõ Hoa", head_name: "Lê Thị Mai" });
  await phone.sync();
  assert.deepEqual(await labels("hoa 2"), ["2 · Lê Thị Hoa", "2 · Lê Thị Mai", "23 · Lê Thị Hoa"]);
});

test("what is found in another filter is said, and shown by Xem tất cả", async () => {
  const other = "Không có trong mục Hẹn quay lại. Có 1 hộ ở mục khác.";
  for (const path of ["/field/households", "/field/households/quick"]) {
    const { context } = await phone.get(`${path}?q=duc&show=follow_up&order=name`);
    assert.deepEqual([context.rows, context.empty, context.see_all], [[], other, `${path}?q=duc&order=name`]);
    const { context: all } = await phone.get(context.see_all);
    assert.deepEqual([all.rows.length, all.see_all], [1, ""]);
  }
  for (const query of ["q=khong+ai&show=follow_up", "q=nguyen+dut&show=follow_up", "show=follow_up"])
    assert.equal((await phone.get(`/field/households?${query}`)).context.see_all, "", query);
});

test("a household with one wrong letter in its name is shown before another one is added", async () => {
  const fields = { id: "30000000-0000-4000-8000-000000000001", house_no: "40", alley: "Ngõ 9", phone: "" };
  const asked = await phone.post("/field/households/new", { ...fields, head_name: "Nguyễn Văn Đứt" });
  assert.deepEqual([asked.status, asked.context.similar.map(({ label }) => label)], [422, ["12 · Nguyễn Văn Đức"]]);
  const other = await phone.post("/field/households/new", { ...fields, head_name: "Vũ Văn Sơn" });
  assert.equal(other.status, 303);
});

test("what was searched for is in the form of a new household, if it is a name or a house number", async () => {
  for (const [q, head_name, house_no] of [
    ["Vũ Sơn", "Vũ Sơn", ""],
    ["số nhà 17B/2", "", "17B/2"],
    ["nha 17", "", "17"],
    ["17 ", "", "17"],
    ["ngõ 3", "", ""],
    ["12 Ngõ 3", "", ""],
    ["đức 12", "", ""],
  ]) {
    const { context } = await phone.get(`/field/households/new?${new URLSearchParams({ q })}`);
    assert.deepEqual([context.head_name, context.house_no], [head_name, house_no], q);
  }
});
