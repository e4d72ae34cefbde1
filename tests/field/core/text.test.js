// Vietnamese text. app/core/text.py is tested with the same vectors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  addressKey,
  fold,
  foldedText,
  givenNameKey,
  isNear,
  nameWords,
  nfc,
  searchText,
  searchWords,
  sortByKey,
} from "../../../static/field/core/text.ts";
import { maskDigits, returnReason } from "../../../static/field/pages/labels.ts";
import { generator } from "../support/random.js";

const vectors = JSON.parse(readFileSync(new URL("../../contract/vectors/text.json", import.meta.url), "utf8"));

/** The items in every rotation, forwards and backwards. */
function permutations(items) {
  const rotations = items.map((_, index) => [...items.slice(index), ...items.slice(0, index)]);
  return [...rotations, ...rotations.map((order) => order.toReversed())];
}

test("text is stored composed, with single blanks and its line feeds", () => {
  for (const { text, stored } of vectors.nfc) assert.equal(nfc(text), stored);
});

test("invisible characters that the server refuses are not stored", () => {
  assert.equal(nfc("Lan\u0000 \u202eNam\ud800"), "Lan Nam");
});

test("line breaks of other systems are line feeds", () => {
  assert.equal(nfc("Lan\u000bNam\r\nBình\rHoa\u0085Mai"), "Lan\nNam\nBình\nHoa\nMai");
});

test("of numbers with nine digits or more only the last two are shown; dates are shown", () => {
  for (const { note, shown } of vectors.mask) assert.equal(maskDigits(note), shown);
});

test("a number in the supervisor's note is hidden too", () => {
  const review = { state: "returned", reason: "other", field: "", note: "gọi 0912 (345) 678", at: null };
  assert.match(returnReason({ review }), /gọi •{12}78$/u);
});

test("folding drops every mark and writes đ as d", () => {
  for (const { text, folded } of vectors.fold) assert.equal(fold(text), folded);
});

test("people are sorted by given name, letters before tones", () => {
  for (const order of vectors.given_name_order) {
    for (const disorder of permutations(order)) assert.deepEqual(sortByKey(disorder, givenNameKey), order);
  }
});

test("hoà and hòa are the same name", () => {
  assert.equal(givenNameKey("Lê Thị Hoà"), givenNameKey("Lê Thị Hòa"));
});

test("house numbers are sorted as numbers: 2, 12, 12/3, 12A, 13", () => {
  for (const order of vectors.address_order) {
    for (const disorder of permutations(order)) assert.deepEqual(sortByKey(disorder, addressKey), order);
  }
});

test("households of one address are sorted by given name", () => {
  const [first, second] = [{ head_name: "Trần Thị Ánh" }, { head_name: "Lê Văn Đức" }];
  assert.deepEqual(sortByKey([second, first], addressKey), [first, second]);
});

test("the text of a household is that of its name, number and alley together", () => {
  const random = generator(118);
  const one = (items) => items[Math.floor(random() * items.length)];
  const pieces = [
    "Nguyễn",
    "Đức",
    "ÁNH",
    "O’ne",
    "12",
    "3b",
    "12/3",
    "A",
    " ",
    "  ",
    "-",
    "–",
    "/",
    ",",
    ";",
    "·",
    "3/",
    "/a",
    "12-",
    "ngo\u0302\u0303",
  ];
  const words = () => Array.from({ length: Math.floor(random() * 6) }, () => one(pieces)).join(one(["", " "]));
  for (let round = 0; round < 3_000; round += 1) {
    const household = { head_name: words(), house_no: one([null, words()]), alley: one([undefined, words()]) };
    const { head_name, house_no, alley } = household;
    const whole = searchText(`${head_name} ${house_no ?? ""} ${alley ?? ""}`);
    assert.equal(foldedText(household), whole, JSON.stringify(household));
  }
});

const has = (household, words) => words.every((word) => foldedText(household).includes(word));

test("a household without number or alley is found by name", () => {
  assert.ok(has({ head_name: "Lò Thị Ơn", house_no: null }, searchWords("on")));
});

test("every word of a search is part of name, house number or alley", () => {
  for (const { household, query, found } of vectors.search)
    assert.equal(has(household, searchWords(query)), found, query);
});

test("forms of address are whole words, and left out of a search that finds nothing", () => {
  for (const { household, query, first, found } of vectors.titles) {
    const words = searchWords(query);
    assert.equal(has(household, words), first, query);
    assert.equal(first || has(household, nameWords(words)), found, query);
  }
});

test("two texts are near if one letter differs, is missing, or changed places with its neighbour", () => {
  for (const { one, other, near } of vectors.near) {
    assert.equal(isNear(one, other), near, `${one} ${other}`);
    assert.equal(isNear(other, one), near, `${other} ${one}`);
  }
});
