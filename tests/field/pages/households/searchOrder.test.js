// What a search finds, in which order: tests/contract/vectors/search.json, to which the desk is held as well.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { searchHouseholds } from "../../../../static/field/pages/households/householdSearch.ts";

const { households, cases } = JSON.parse(
  readFileSync(new URL("../../../contract/vectors/search.json", import.meta.url), "utf8"),
);
const rows = households.map(([house_no, alley, head_name]) => ({ house_no, alley, head_name }));

test("the names and numbers that were typed come first, as at the desk", () => {
  for (const { query, found } of cases) {
    const { hits, similar } = searchHouseholds(rows, query, () => "Thôn Đông");
    assert.deepEqual([hits.map(({ house_no }) => house_no), similar], [found, false], query);
  }
});
