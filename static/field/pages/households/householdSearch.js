// The search of the list: what is found, in which order, and what is similar if nothing is found.

import { fold, foldedText, isNear, matcher, searchWords } from "../../core/text.js";

/** @typedef {import("../../store/view/overlay.js").Household} Household */

/** In a shorter word one different letter is another word. */
const MIN_NEAR_LENGTH = 3;

/**
 * The households whose name, house number or alley have every word of the query; if there are none, those that have them
 * with the name of their hamlet (*thôn đông*); if there are none either, those with one wrong letter: `similar`.
 * Within the given order, the house number that was typed comes first.
 * @param {Household[]} households in the order of the list
 * @param {string} query
 * @param {(household: Household) => string} hamletOf the name of its hamlet
 * @returns {{hits: Household[], similar: boolean}}
 */
export function searchHouseholds(households, query, hamletOf) {
  const words = searchWords(query);
  const number = words.find((word) => /^\d/.test(word));
  let hits = households.filter(matcher(query));
  if (!hits.length)
    hits = households.filter((household) => {
      const text = `${foldedText(household)} ${fold(hamletOf(household))}`;
      return words.every((word) => text.includes(word));
    });
  if (hits.length) return { hits: number ? numberFirst(hits, number) : hits, similar: false };
  return { hits: households.filter(similarMatcher(words)), similar: true };
}

/**
 * @param {Household[]} households
 * @param {string} number
 */
function numberFirst(households, number) {
  /** @param {Household} household */
  const rank = ({ house_no }) => {
    const own = fold(house_no ?? "");
    return own === number ? 0 : own.startsWith(number) ? 1 : 2;
  };
  return [...households].sort((one, other) => rank(one) - rank(other));
}

/**
 * A predicate: every word is part of the text, but for one, which is near to a word of it.
 * @param {string[]} words
 * @returns {(household: Household) => boolean}
 */
function similarMatcher(words) {
  return (household) => {
    const text = foldedText(household);
    const [wrong = "", ...more] = words.filter((word) => !text.includes(word));
    if (more.length || wrong.length < MIN_NEAR_LENGTH || /\d/.test(wrong)) return false;
    return text.split(" ").some((other) => isNear(wrong, other));
  };
}
