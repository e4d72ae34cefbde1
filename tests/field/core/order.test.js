// The order of addresses and of names is the server's: tests/contract/vectors/order.py wrote it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { addressKey, givenNameKey } from "../../../static/field/core/text.ts";

const FILE = new URL("../../contract/vectors/order.txt.gz", import.meta.url);

/**
 * @param {string} one
 * @param {string} other
 */
function relation(one, other) {
  if (one === other) return "=";
  return one < other ? "<" : ">";
}

test("20,000 addresses and names are in the order of the server", () => {
  const lines = gunzipSync(readFileSync(FILE)).toString("utf8").split("\n").slice(0, -1);
  const wrong = [];
  let before = { fields: 0, key: "" };
  for (const line of lines) {
    const [mark, ...fields] = line.split("\t");
    const [alley, house_no, head_name] = fields;
    const key = fields.length > 1 ? addressKey({ alley, house_no, head_name }) : givenNameKey(alley);
    if (before.fields === fields.length && relation(before.key, key) !== mark) wrong.push(line);
    before = { fields: fields.length, key };
  }
  assert.equal(lines.length, 20_000);
  assert.deepEqual(wrong, []);
});
