// Numbers of identity cards. app/core/numbers/id_numbers.py is tested with the same vectors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { maskIdNumbers } from "../../../static/field/core/idNumbers.ts";

const vectors = JSON.parse(readFileSync(new URL("../../contract/vectors/id_numbers.json", import.meta.url), "utf8"));

test("numbers of identity cards are masked, telephone numbers, dates and house numbers are not", () => {
  for (const { text, stored } of vectors.mask) assert.equal(maskIdNumbers(text), stored);
});

test("masking again changes nothing", () => {
  for (const { stored } of vectors.mask) assert.equal(maskIdNumbers(stored), stored);
});
