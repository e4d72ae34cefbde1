// Hộ dân: the headings of alleys, the filters with their counts, and the line of a household, as its form says it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lansPhone, putVisit } from "../../support/pageHarness.js";
import { record } from "../../support/phone.js";

/** @type {import("../../support/pageHarness.js").Phone} */
let phone;
const list = async (query = "") => (await phone.get(`/field/households${query}`)).context;

beforeEach(async () => {
  phone = await lansPhone();
  for (const [id, alley] of [
    ["a1", ""],
    ["b1", "Ngõ 2"],
    ["b2", "NGÕ 2"],
    ["c1", "Ngõ 10"],
  ])
    phone.server.household(id, { alley, house_no: id.slice(1), head_name: `Hộ ${id}` });
  await phone.sync();
});

const headings = ({ rows }) => rows.map(({ heading, label }) => [heading, label.slice(-2)]).filter(([text]) => text);

test("an alley is said once above its households, in the order of addresses", async () => {
  const found = headings(await list());
  assert.deepEqual(
    found.filter(([, id]) => /[abc]\d/.test(id)),
    [
      ["Ngõ 2", "b1"],
      ["Ngõ 10", "c1"],
    ],
  );
  assert.equal(new Set(found.map(([text]) => text)).size, found.length);
  assert.ok((await list()).rows.every(({ place }) => place === ""));
});

test("search and the order of names say the alley in each row instead", async () => {
  for (const query of ["?q=b1", "?order=name"]) {
    const shown = await list(query);
    assert.deepEqual(headings(shown), []);
    assert.ok(shown.rows.some(({ place }) => place === "Ngõ 2"));
  }
});

test("Đã gặp lists the households that were met, with their number", async () => {
  const filter = async () => (await list()).filters.find(({ label }) => label === "Đã gặp");
  const before = Number((await filter()).count);
  await record("lan", "b1");
  await record("lan", "c1", { result: "not_home", services: [] });
  assert.equal(Number((await filter()).count), before + 1);
  const { rows, filters } = await list("?show=met");
  assert.ok(rows.some(({ label }) => label.endsWith("b1")));
  assert.ok(!rows.some(({ label }) => label.endsWith("c1")));
  assert.deepEqual(
    filters.filter(({ current }) => current).map(({ label }) => label),
    ["Đã gặp"],
  );
});

test("of an appointment of today the line says when it was made", async () => {
  const line = async () => {
    const row = (await list()).rows.find(({ href }) => href.endsWith("b1"));
    return [row.line, row.recorded];
  };
  const visit = { household_id: "b1", result: "come_back", services: [] };
  putVisit(phone, "v1", { ...visit, occurred_at: "2026-11-23T02:00:00.000Z" });
  await phone.sync();
  assert.deepEqual(await line(), ["Hẹn quay lại, chưa rõ ngày", ""]);
  putVisit(phone, "v2", { ...visit, occurred_at: "2026-11-24T02:00:00.000Z" });
  await phone.sync();
  assert.deepEqual(await line(), ["Hẹn quay lại, chưa rõ ngày", "ghi lúc 09:00"]);
});

test("the form says of a household where nobody was met what the list says", async () => {
  const lines = async () => [
    (await list()).rows.find(({ href }) => href.endsWith("h12")).line,
    (await phone.get("/field/households/h12/visit")).context.last_visit,
  ];
  putVisit(phone, "v1", { result: "not_home", services: [] });
  await phone.sync();
  assert.deepEqual(await lines(), ["Vắng nhà 12/11/2026", "Vắng nhà 12/11/2026"]);
  putVisit(phone, "v2", { occurred_at: "2026-11-10T02:00:00.000Z", counted_on: "2026-11-10" });
  await phone.sync();
  assert.deepEqual(await lines(), ["Đã gặp 10/11/2026", "Tổ đã gặp 10/11/2026"]);
});

test("the list waits twice for the database: for the account, and for all that it shows together", async ({ mock }) => {
  await phone.get("/field/households"); // the connections are open, and the list is known to be there
  const begun = {};
  let turn = 0;
  const count = () => {
    turn += 1;
    if (turn < 10_000) setImmediate(count);
  };
  const { transaction } = IDBDatabase.prototype;
  mock.method(IDBDatabase.prototype, "transaction", function (stores, ...rest) {
    begun[stores.includes("replica_household") ? "list" : stores.join(" ")] = turn;
    return transaction.call(this, stores, ...rest);
  });
  count();
  await phone.get("/field/households?q=duc");
  turn = Number.POSITIVE_INFINITY;
  assert.deepEqual(Object.keys(begun).sort(), ["accounts settings", "drafts", "list", "meta"]);
  assert.ok(begun["accounts settings"] < begun.list);
  assert.deepEqual([begun.drafts, begun.meta], [begun.list, begun.list]);
});
