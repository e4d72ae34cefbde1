// Vietnamese text: how it is stored, folded for search, and in which order names and addresses stand.
// app/core/text.py has the same functions; both are held to tests/contract/vectors/text.json.

// C0 and C1 controls but tab and line feed; lone surrogates; bidi embeddings, overrides and isolates.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters the server refuses
const REFUSED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\u202a-\u202e\u2066-\u2069]/gu;
/** Line breaks of other systems: pasted text has them. */
const BREAKS = /\r\n?|[\v\f\u0085]/g;
const LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
const TONES = new Map([
  ["\u0300", 1],
  ["\u0309", 2],
  ["\u0303", 3],
  ["\u0301", 4],
  ["\u0323", 5],
]);
/** Letters become characters from "A" on, so that digits stand before them and strings compare as they should. */
const RANK = new Map([...LETTERS].map((letter, place) => [letter, String.fromCharCode(65 + place)]));

/**
 * @typedef {object} Addressed What is known of a household's door.
 * @property {string} head_name
 * @property {string | null} [house_no]
 * @property {string | null} [alley]
 */

/**
 * The text as it is stored: composed (NFC), runs of blanks folded to one, ends trimmed, every line break a line feed;
 * invisible characters that the server refuses are left out.
 * @param {string} text
 */
export function nfc(text) {
  const lines = text.replace(BREAKS, "\n").replace(REFUSED, "").normalize("NFC").split("\n");
  return lines
    .map((line) => line.trim().replace(/\s+/g, " "))
    .join("\n")
    .trim();
}

/**
 * The text for searching: no marks, đ as d, small letters, single blanks. *Đặng Thị Ước* → *dang thi uoc*.
 * @param {string} text
 */
export function fold(text) {
  return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").trim().replace(/\s+/g, " ");
}

/** @type {WeakMap<Addressed, string>} */
const folded = new WeakMap();

/**
 * Whether every word of the query is part of the household's name, house number or alley, marks aside.
 * @param {Addressed} household
 * @param {string} query
 */
export function matches(household, query) {
  const text = remembered(folded, household, () =>
    fold(`${household.head_name} ${household.house_no ?? ""} ${household.alley ?? ""}`),
  );
  return fold(query)
    .split(" ")
    .every((word) => text.includes(word));
}

/** @type {WeakMap<Addressed, string>} */
const addresses = new WeakMap();

/**
 * Orders households by alley, house number, then given name; numbers count as numbers: 2, 12, 12A, 13.
 * @param {Addressed} one
 * @param {Addressed} other
 */
export function byAddress(one, other) {
  const places = compare(remembered(addresses, one, addressKey), remembered(addresses, other, addressKey));
  return places || byGivenName(one, other);
}

/** @type {WeakMap<Addressed, string>} */
const names = new WeakMap();

/**
 * Orders people by given name (the last word), then by family and middle names, in Vietnamese order of letters and
 * tones. Takes names, or households by the name of their head.
 * @template {string | Addressed} T
 * @param {T} one
 * @param {T} other
 */
export function byGivenName(one, other) {
  return compare(nameKey(one), nameKey(other));
}

/**
 * @param {WeakMap<Addressed, string>} cache
 * @param {Addressed} household
 * @param {(household: Addressed) => string} make
 */
function remembered(cache, household, make) {
  const known = cache.get(household);
  if (known !== undefined) return known;
  const made = make(household);
  cache.set(household, made);
  return made;
}

/** @param {Addressed} household */
function addressKey({ house_no, alley }) {
  return `${sortKey(alley ?? "")}\u0001${sortKey(house_no ?? "")}`;
}

/** @param {string | Addressed} named */
function nameKey(named) {
  if (typeof named === "string") return givenNameKey(named);
  return remembered(names, named, () => givenNameKey(named.head_name));
}

/** @param {string} name */
function givenNameKey(name) {
  const words = small(name.replace(/[^\p{L}\p{M}\p{Nd}\s]/gu, ""))
    .split(/\s+/)
    .filter(Boolean);
  return [...words.slice(-1), ...words.slice(0, -1)].map(wordKey).join("\u0002");
}

/** @param {string} text */
function sortKey(text) {
  const words = small(text).match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? [];
  return words.map(wordKey).join("\u0002");
}

/** @param {string} text */
function small(text) {
  return text.toLowerCase().normalize("NFD");
}

/**
 * A word's letters first, then its tone: *ma mà mả mã má mạ* stand together, before *mạc*. A syllable has one tone,
 * wherever it is written, so that *hoà* and *hòa* are the same word.
 * @param {string} word decomposed and in small letters
 */
function wordKey(word) {
  let tone = 0;
  const bare = word.replace(/\p{M}/gu, (mark) => {
    tone ||= TONES.get(mark) ?? 0;
    return TONES.has(mark) ? "" : mark;
  });
  const numbered = bare.normalize("NFC").replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, "").padStart(8, "0"));
  return `${[...numbered].map((letter) => RANK.get(letter) ?? letter).join("")}\u0003${tone}`;
}

/**
 * @param {string} one
 * @param {string} other
 */
function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}
