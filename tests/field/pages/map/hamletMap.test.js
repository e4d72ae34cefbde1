// Sơ đồ thôn: a cell for each household of the list, in its order, with what the list says of it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lansPhone, putReturnedVisit, putVisit } from "../../support/pageHarness.js";
import { record } from "../../support/phone.js";

const DAY = "2026-11-20";
const GUIDANCE = [{ code: "vietqr", outcome: "explained", people: 1 }];
const OFFERED = [{ code: "vietqr", outcome: "already_had", people: 1 }];

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;
const map = async (query = "") => (await phone.get(`/field/households/map${query}`)).context;
const list = async () => (await phone.get("/field/households")).context;
const cellsOf = ({ alleys }) => alleys.flatMap(({ cells }) => cells);
const cell = async (id) => cellsOf(await map()).find((one) => one.href === `/field/households/${id}/visit`);
const statusOf = async (id) => (await cell(id))?.status;
const putDay = (id, changes) => putVisit(phone, `v-${id}`, { household_id: id, counted_on: DAY, ...changes });

beforeEach(async () => {
  phone = await lansPhone();
});

test("alleys and households stand as in the list, also those without an alley or a number", async () => {
  for (const [id, alley, house_no] of [
    ["a2", "Ngõ 10", "2"],
    ["a10", "Ngõ 10", "10"],
    ["a0", "NGÕ 10", ""],
    ["b1", "Ngõ 2", "12/3A"],
    ["c1", "", ""],
    ["gone", "Ngõ 2", "1"],
  ])
    phone.server.household(id, {
      alley,
      house_no,
      head_name: `Lê Thị ${id}`,
      state: id === "gone" ? "moved" : "active",
    });
  await phone.sync();
  const { rows } = await list();
  const { alleys } = await map();
  assert.deepEqual(
    alleys.flatMap(({ cells }) => cells.map(({ id }) => id)),
    rows.map(({ key }) => key),
  );
  assert.deepEqual(
    alleys.slice(1).map(({ name, cells }) => [name, cells[0].id]),
    rows.filter(({ heading }) => heading).map(({ heading, key }) => [heading, key]),
  );
  assert.equal(alleys[0].name, "Chưa ghi ngõ, xóm");
  const texts = alleys.map(({ cells }) => cells.map(({ text, wide }) => (wide ? `${text} …` : text)));
  assert.deepEqual(texts, [["c1"], ["5"], ["12/3A"], ["12", "14", "16"], ["a0", "2", "10"]]);
});

test("a cell says guided, met, promised, absent or not yet, as its row in the list does", async () => {
  putDay("h12", { services: GUIDANCE });
  putDay("h14", { services: OFFERED });
  putDay("h16", { result: "not_home" });
  await phone.sync();
  const shown = async () => Promise.all(["h12", "h14", "h16", "h5"].map(statusOf));
  assert.deepEqual(await shown(), ["guided", "met", "absent", "new"]);
  await record("lan", "h12", { result: "come_back", services: [], follow_up_on: "2026-11-25" });
  await record("lan", "h5", { result: "come_back", services: [] });
  assert.deepEqual(await shown(), ["follow_up", "met", "absent", "follow_up"]);
  const lines = new Map((await list()).rows.map(({ key, label, line }) => [key, [label.split(" · ")[1], line]]));
  for (const { id, label, line } of cellsOf(await map())) {
    const [name, said] = lines.get(id);
    assert.ok(label.endsWith(name), label);
    assert.equal(line, said);
  }
});

test("guided is by the visits that count, of the server and of this phone alike", async () => {
  const duc = { house_no: "12", head_name: "Nguyễn Văn Đức" };
  phone.server.household("h12", { ...duc, met_on: "2025-03-02", guided_on: "2025-03-01", last_result: "helped" });
  phone.server.household("h14", { met_on: "2025-03-02", last_result: "helped" });
  await phone.sync();
  assert.deepEqual([await statusOf("h12"), await statusOf("h14")], ["guided", "met"]);
  const { label, line } = await cell("h12");
  assert.deepEqual([label, line], ["Số 12, Nguyễn Văn Đức", "Đã hướng dẫn · Đã gặp 02/03/2025"]);
  await record("lan", "h14", { services: GUIDANCE });
  assert.equal(await statusOf("h14"), "guided");
  putReturnedVisit(phone, "v1", "wrong_household", { household_id: "h16", services: GUIDANCE });
  await phone.sync();
  assert.equal(await statusOf("h16"), "new");
});

test("an alley counts its households that were met, and all alleys together are what the list says", async () => {
  putDay("h12", { services: GUIDANCE });
  putDay("h14", { result: "not_home" });
  await phone.sync();
  await record("lan", "h16", { result: "come_back", services: [], follow_up_on: "2026-11-25" });
  const { alleys, legend, met, total } = await map();
  assert.deepEqual(
    alleys.map((alley) => [alley.name, alley.met, alley.total]),
    [
      ["Ngõ 1", "0", "1"],
      ["Ngõ 3", "2", "3"],
    ],
  );
  const listed = await list();
  assert.deepEqual([met, total], [listed.met, listed.total]);
  assert.deepEqual(
    legend.map(({ status, count }) => [status, count]),
    [
      ["guided", "1"],
      ["met", "0"],
      ["follow_up", "1"],
      ["absent", "1"],
      ["new", "1"],
    ],
  );
});

test("of several hamlets one is shown, and an unknown address shows the first", async () => {
  phone.server.hamlets.add("tay");
  phone.server.put("hamlet", { id: "tay", name: "Thôn Tây" });
  phone.server.household("t1", { hamlet_id: "tay", house_no: "1" });
  await phone.sync();
  for (const [query, name, ids] of [
    ["", "Thôn Đông", 4],
    ["?hamlet=tay", "Thôn Tây", 1],
    ["?hamlet=x", "Thôn Đông", 4],
  ]) {
    const shown = await map(query);
    assert.deepEqual([shown.name, cellsOf(shown).length], [name, ids]);
    assert.deepEqual(
      shown.hamlets.filter(({ current }) => current).map((one) => one.name),
      [name],
    );
  }
});
