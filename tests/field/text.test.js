// app/core/text.py is held to the same vectors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { maskDigits, reasonOf } from "../../static/field/pages/words.js";
import { addressKey, fold, givenNameKey, inOrder, matching, nfc } from "../../static/field/text.js";

const vectors = JSON.parse(readFileSync(new URL("../contract/vectors/text.json", import.meta.url), "utf8"));

/** The same items in every rotation and backwards: enough disorder for lists this short. */
function disorders(items) {
  const rotations = items.map((_, place) => [...items.slice(place), ...items.slice(0, place)]);
  return [...rotations, ...rotations.map((order) => order.toReversed())];
}

test("text is stored composed, with single blanks and its line feeds", () => {
  for (const { text, stored } of vectors.nfc) assert.equal(nfc(text), stored);
});

test("what the server refuses and nobody can see is not stored", () => {
  assert.equal(nfc("Lan\u0000 \u202eNam\ud800"), "Lan Nam");
});

test("line breaks of other systems are line feeds", () => {
  assert.equal(nfc("Lan\u000bNam\r\nBình\rHoa\u0085Mai"), "Lan\nNam\nBình\nHoa\nMai");
});

test("numbers of nine digits and more are hidden but their last two; dates stay", () => {
  for (const { note, shown } of vectors.mask) assert.equal(maskDigits(note), shown);
});

test("a number in the supervisor's words is hidden too", () => {
  const review = { state: "returned", reason: "other", field: "", note: "gọi 0912 (345) 678", at: null };
  assert.match(reasonOf({ review }), /gọi •{12}78$/u);
});

test("folding drops every mark and writes đ as d", () => {
  for (const { text, folded } of vectors.fold) assert.equal(fold(text), folded);
});

test("people stand by given name, letters before tones", () => {
  for (const order of vectors.given_name_order) {
    for (const disorder of disorders(order)) assert.deepEqual(inOrder(disorder, givenNameKey), order);
  }
});

test("hoà and hòa are the same name", () => {
  assert.equal(givenNameKey("Lê Thị Hoà"), givenNameKey("Lê Thị Hòa"));
});

test("houses stand as one walks past them: 2, 12, 12/3, 12A, 13", () => {
  for (const order of vectors.address_order) {
    for (const disorder of disorders(order)) assert.deepEqual(inOrder(disorder, addressKey), order);
  }
});

test("at one door, people stand by given name", () => {
  const [first, second] = [{ head_name: "Trần Thị Ánh" }, { head_name: "Lê Văn Đức" }];
  assert.deepEqual(inOrder([second, first], addressKey), [first, second]);
});

test("a household without number or alley is found by name", () => {
  assert.ok(matching("on")({ head_name: "Lò Thị Ơn", house_no: null }));
});

test("every word of a search is part of name, house number or alley", () => {
  for (const { household, query, found } of vectors.search) assert.equal(matching(query)(household), found, query);
});
