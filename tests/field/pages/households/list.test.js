// Hộ dân: the headings of alleys, and the filters with their counts.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lansPhone } from "../../support/pageHarness.js";
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

test("Đã đến lists the households that were reached, with their number", async () => {
  const filter = async () => (await list()).filters.find(({ label }) => label === "Đã đến");
  const before = Number((await filter()).count);
  await record("lan", "b1");
  await record("lan", "c1", { result: "not_home", services: [] });
  assert.equal(Number((await filter()).count), before + 1);
  const { rows, filters } = await list("?show=reached");
  assert.ok(rows.some(({ label }) => label.endsWith("b1")));
  assert.ok(!rows.some(({ label }) => label.endsWith("c1")));
  assert.deepEqual(
    filters.filter(({ current }) => current).map(({ label }) => label),
    ["Đã đến"],
  );
});
