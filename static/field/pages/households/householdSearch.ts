// The search of the list: what is found, in which order, and what is similar if nothing is found.

import { fold, foldedText, isNear, nameWords, nfc, searchText, searchWords, sortByKey } from "../../core/text.ts";
import type { Household } from "../../store/view/overlay.ts";

/** The digits of a telephone number without 0 or +84 in front, however it is typed; an empty text if it is none. */
export function telephoneDigits(text: string) {
  const digits = /^[\d\s().+-]+$/.test(text) ? text.replace(/\D/g, "") : "";
  return /^(?:0084|84|0)?(\d{9,10})$/.exec(digits)?.[1] ?? "";
}

/** In a shorter word one different letter is another word. */
const MIN_NEAR_LENGTH = 3;

/**
 * The households whose name, house number or alley have every word of the query; if there are none, those that have
 * them with the name of their hamlet (*thôn đông*); if there are none either, both again without forms of address (*bà
 * Hoa*); at last those with one wrong letter: `similar`. The house number that was typed comes first, then the name
 * that was, then whole words before beginnings before letters; else the given order stays.
 * @param households in the order of the list
 * @param hamletOf the name of its hamlet
 */
export function searchHouseholds(
  households: Household[],
  query: string,
  hamletOf: (household: Household) => string,
): { hits: Household[]; similar: boolean } {
  const words = searchWords(query);
  const names = nameWords(words);
  const find = (wanted: string[]) => {
    const hits = households.filter((household) => wanted.every((word) => foldedText(household).includes(word)));
    if (hits.length) return hits;
    return households.filter((household) => {
      const text = foldedText(household) + searchText(hamletOf(household));
      return wanted.every((word) => text.includes(word));
    });
  };
  let hits = find(words);
  if (!hits.length && names.length < words.length) hits = find(names);
  if (hits.length) return { hits: sortByKey(hits, rank(query, names)), similar: false };
  const isSimilar = similarMatcher(names);
  return { hits: households.filter((one) => isSimilar(one) || isHamletNear(names, hamletOf(one))), similar: true };
}

/**
 * A sort key: how near the house number is to the one that was typed; whether the name is what was typed; then how near
 * the words are to those of the household. The desk has the same (app/fieldwork/households/search_order.py).
 */
function rank(query: string, words: string[]): (household: Household) => string {
  const number = words.find(isNumber) ?? "";
  const others = words.filter((word) => !isNumber(word));
  const typed = nfc(query).toLowerCase();
  const folded = others.join(" ");
  return (household) => {
    const own = number && fold(household.house_no ?? "");
    const far = own === number ? 0 : own.startsWith(number) ? 1 : 2;
    const text = foldedText(household);
    // The name is the first part of the text, and as long as it is stored: letters lose only their marks.
    const name = text.slice(0, household.head_name.length + 2);
    const other = household.head_name.toLowerCase() === typed ? 0 : name.trim() === folded ? 1 : 2;
    // From 100 on, so that the sums of some words are as long.
    const sum = others.reduce((all, word) => all + distance(word, name, text), 100);
    return `${far}${other}${sum}`;
  };
}

function isNumber(word: string) {
  return /^\d/.test(word);
}

/** A whole word, the beginning of one, letters; in the name, of which the last word is the given name, or after it. */
function distance(word: string, name: string, text: string) {
  if (name.endsWith(` ${word} `)) return 0;
  if (name.includes(` ${word} `)) return 1;
  const last = name.lastIndexOf(" ", name.length - 2);
  if (name.startsWith(` ${word}`, last)) return 2;
  if (name.includes(` ${word}`)) return 3;
  if (name.includes(word)) return 4;
  return text.includes(` ${word} `) ? 5 : text.includes(` ${word}`) ? 6 : 7;
}

/** A predicate: every word is part of the text, but for one, which is near to a word of it. */
function similarMatcher(words: string[]): (household: Household) => boolean {
  return (household) => {
    const text = foldedText(household);
    const [wrong = "", ...more] = words.filter((word) => !text.includes(word));
    if (more.length || wrong.length < MIN_NEAR_LENGTH || /\d/.test(wrong)) return false;
    return text.split(" ").some((other) => isNear(wrong, other));
  };
}

/** Whether the words are the hamlet's name with one wrong letter. A single word can as well be somebody's name. */
function isHamletNear(words: string[], hamlet: string) {
  return words.length > 1 && isNear(words.join(" "), fold(hamlet));
}
