// Households that look like one about to be added: the same door, or the same name with a word more or less.

import { fold } from "../text.js";
import { isActive } from "./reach.js";

/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {{head_name: string, house_no: string, alley: string, hamlet_id: string}} Newcomer */

const SHOWN = 5;

/**
 * The households of the same hamlet that may be this one, at most five.
 * @param {Book} book
 * @param {Newcomer} newcomer
 * @returns {Household[]}
 */
export function alikeTo(book, newcomer) {
  const neighbours = [...book.households.values()].filter(
    (household) => household.hamlet_id === newcomer.hamlet_id && isActive(household),
  );
  return neighbours
    .filter((household) => sameDoor(household, newcomer) || sameName(household, newcomer))
    .slice(0, SHOWN);
}

/**
 * @param {Household} household
 * @param {Newcomer} newcomer
 */
function sameDoor(household, newcomer) {
  const number = fold(newcomer.house_no);
  if (!number || fold(household.house_no ?? "") !== number) return false;
  const [one, other] = [fold(household.alley ?? ""), fold(newcomer.alley)];
  return one === other || !one || !other;
}

/**
 * *Nguyễn Đức* may be *Nguyễn Văn Đức*: every word of the shorter name, at least two, is in the longer.
 * @param {Household} household
 * @param {Newcomer} newcomer
 */
function sameName(household, newcomer) {
  const names = [fold(household.head_name).split(" "), fold(newcomer.head_name).split(" ")];
  const [shorter, longer] = names.sort((one, other) => one.length - other.length);
  if (shorter.length < 2) return shorter.join() === longer.join();
  return shorter.every((word) => longer.includes(word));
}
