// Vietnamese text: its stored form, its form for search, and the sort order of names and addresses.
// app/core/text.py has the same functions; both are tested with tests/contract/vectors/text.json.

// C0 and C1 controls but tab and line feed; lone surrogates; bidi embeddings, overrides and isolates.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters the server refuses
const REFUSED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\u202a-\u202e\u2066-\u2069]/gu;
/** Line breaks of other systems, as in pasted text. */
const BREAKS = /\r\n?|[\v\f\u0085]/g;
const LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
const TONES = new Map([
  ["\u0300", 1],
  ["\u0309", 2],
  ["\u0303", 3],
  ["\u0301", 4],
  ["\u0323", 5],
]);
/** Maps letters to characters from "A" on, so that digits sort before letters and plain string comparison is right. */
const RANK = new Map([...LETTERS].map((letter, index) => [letter, String.fromCharCode(65 + index)]));

/** The fields of a household that people recognise it by. */
type Address = {
  head_name: string;
  house_no?: string | null;
  alley?: string | null;
};

/**
 * The text as it is stored: composed (NFC), runs of blanks as one, trimmed, every line break a line feed, without the
 * invisible characters that the server refuses.
 */
export function nfc(text: string) {
  const lines = text.replace(BREAKS, "\n").replace(REFUSED, "").normalize("NFC").split("\n");
  return lines
    .map((line) => line.trim().replace(/\s+/g, " "))
    .join("\n")
    .trim();
}

/** The text for search: without marks, đ as d, lower case, single blanks. *Đặng Thị Ước* → *dang thi uoc*. */
export function fold(text: string) {
  return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").trim().replace(/\s+/g, " ");
}

// What separates words, or the sign in a house number that does not: 12/3, 12B-3, 12/A. No lookbehind: Safari reads it
// from 16.4 only.
const SEPARATORS = /(\d[a-z]?(?:[-/](?=\d)|\/(?=[a-z]\b)))|[ ,;·–/-]+/g;

/**
 * The text as searches compare it: folded, with a blank at both ends and for what separates words.
 * *17 · Hoàng, ngõ 1* → * 17 hoang ngo 1 *.
 */
export function searchText(text: string) {
  return ` ${fold(text)} `.replace(SEPARATORS, (_sign, number) => number ?? " ");
}

/**
 * What a search looks for, as in `searchText`: its words, but *ngõ 3* and the like as one (also *ngo3*), and without
 * *số*, *nhà* or *sn* in front of a number, which only say what the number is. A form of address before the name or the
 * number (*nhà ông Long*, *hộ 13*) has its blanks, so that only a whole word is one; `nameWords` leaves it out.
 */
export function searchWords(query: string) {
  const text = searchText(query)
    .replace(/([a-z])(?=\d)/g, "$1 ")
    .replace(/\b((so|nha|sn|s) )+(?=\d)/g, "");
  const words = text.match(/\b(ngo|ngach|hem|xom|to|ap|thon|ban) \d\S*|\S+/g) ?? [];
  if (words.every(isTitle)) return words;
  const name = words.findIndex((word) => !isTitle(word) && !/\d/.test(word));
  return words.map((word, index) => (isTitle(word) && (name < 0 || index < name) ? ` ${word} ` : word));
}

function isTitle(word: string) {
  return /^(nha|ho|ong|ba|anh|chi|bac|co|chu)$/.test(word);
}

/** The words of `searchWords` without forms of address. */
export function nameWords(words: string[]) {
  return words.filter((word) => word[0] !== " ");
}

/** Whether two folded texts are equal but for one letter: another one, one more or less, or two that changed places. */
export function isNear(one: string, other: string) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const [a, b] = [one.slice(same), other.slice(same)];
  const swapped = a.length > 1 && a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  return swapped || a.slice(1) === b.slice(1) || a === b.slice(1) || a.slice(1) === b;
}

const foldedTexts = new WeakMap<Address, string>();
const searchPart = memoize((text) => searchText(text).trim());

/**
 * Name, house number and alley as `searchText`, made of their parts: no sign joins what a blank separates, and the first
 * key in the search box needs the texts of all households.
 */
export function foldedText(household: Address) {
  const before = foldedTexts.get(household);
  if (before !== undefined) return before;
  const { head_name, house_no, alley } = household;
  const parts = [...head_name.split(" "), house_no ?? "", alley ?? ""].map(searchPart);
  const text = parts.reduce((all, part) => (part ? `${all}${part} ` : all), " ");
  foldedTexts.set(household, text);
  return text;
}

/** A sort key: by alley, house number, then given name. Numbers compare as numbers: 2, 12, 12A, 13. */
export function addressKey(household: Address) {
  const { house_no, alley, head_name } = household;
  return `${sortKey(alley ?? "")}\u0001${sortKey(house_no ?? "")}\u0000${givenNameKey(head_name)}`;
}

/**
 * A sort key: by given name (the last word), then family and middle names, in Vietnamese order of letters and tones.
 */
export function givenNameKey(name: string) {
  const keys = name.split(/\s+/).map(nameWordKey).filter(Boolean);
  return [...keys.slice(-1), ...keys.slice(0, -1)].join("\u0002");
}

/** The items sorted by key; each key is computed once. */
export function sortByKey<T>(items: Iterable<T>, key: (item: T) => string): T[] {
  return Array.from(items, (item) => ({ item, key: key(item) }))
    .sort((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .map(({ item }) => item);
}

// A hamlet's names share few words, and many households an alley: each word and each alley is computed once.
const nameWordKey = memoize((word) => wordKey(lowerDecomposed(word.replace(/[^\p{L}\p{M}\p{Nd}]/gu, ""))));
const sortKey = memoize((text) =>
  (lowerDecomposed(text).match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? []).map(wordKey).join("\u0002"),
);

function memoize(make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const made = known.get(text) ?? make(text);
    known.set(text, made);
    return made;
  };
}

function lowerDecomposed(text: string) {
  return text.toLowerCase().normalize("NFD");
}

/**
 * A word's letters, then its tone: *ma mà mả mã má mạ* come together, before *mạc*. A syllable has one tone, on
 * whichever letter it is written, so *hoà* and *hòa* are the same word.
 * @param word decomposed and in lower case
 */
function wordKey(word: string) {
  if (!word) return "";
  let tone = 0;
  const bare = word.replace(/\p{M}/gu, (mark) => {
    tone ||= TONES.get(mark) ?? 0;
    return TONES.has(mark) ? "" : mark;
  });
  const numbered = bare.normalize("NFC").replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, "").padStart(8, "0"));
  return `${[...numbered].map((letter) => RANK.get(letter) ?? letter).join("")}\u0003${tone}`;
}
