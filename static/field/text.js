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
 * Whether every word of the query is part of a household's name, house number or alley, marks aside: asks for the
 * query, then for the households.
 * @param {string} query
 * @returns {(household: Addressed) => boolean}
 */
export function matching(query) {
  const words = fold(query).split(" ");
  return (household) => {
    const { head_name, house_no, alley } = household;
    const text = folded.get(household) ?? fold(`${head_name} ${house_no ?? ""} ${alley ?? ""}`);
    folded.set(household, text);
    return words.every((word) => text.includes(word));
  };
}

/**
 * Orders households by alley, house number, then given name; numbers count as numbers: 2, 12, 12A, 13.
 * @param {Addressed} household
 */
export function addressKey(household) {
  const { house_no, alley, head_name } = household;
  return `${sortKey(alley ?? "")}\u0001${sortKey(house_no ?? "")}\u0000${givenNameKey(head_name)}`;
}

/**
 * Orders people by given name (the last word), then by family and middle names, in Vietnamese order of letters and
 * tones.
 * @param {string} name
 */
export function givenNameKey(name) {
  const keys = name.split(/\s+/).map(nameWordKey).filter(Boolean);
  return [...keys.slice(-1), ...keys.slice(0, -1)].join("\u0002");
}

/**
 * The items in the order of their keys, each made once.
 * @template T
 * @param {Iterable<T>} items
 * @param {(item: T) => string} key
 * @returns {T[]}
 */
export function inOrder(items, key) {
  return Array.from(items, (item) => ({ item, key: key(item) }))
    .sort((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .map(({ item }) => item);
}

// A hamlet's names are made of few words, and house after house stands in the same alley: each is looked at once.
const nameWordKey = once((word) => wordKey(small(word.replace(/[^\p{L}\p{M}\p{Nd}]/gu, ""))));
const sortKey = once((text) => (small(text).match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? []).map(wordKey).join("\u0002"));

/**
 * @param {(text: string) => string} make
 * @returns {(text: string) => string}
 */
function once(make) {
  /** @type {Map<string, string>} */
  const known = new Map();
  return (text) => {
    const made = known.get(text) ?? make(text);
    known.set(text, made);
    return made;
  };
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
  if (!word) return "";
  let tone = 0;
  const bare = word.replace(/\p{M}/gu, (mark) => {
    tone ||= TONES.get(mark) ?? 0;
    return TONES.has(mark) ? "" : mark;
  });
  const numbered = bare.normalize("NFC").replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, "").padStart(8, "0"));
  return `${[...numbered].map((letter) => RANK.get(letter) ?? letter).join("")}\u0003${tone}`;
}
