// Where a household stands: visited, promised, nobody home, or not yet.

import { _ } from "../strings.js";
import { addressKey, givenNameKey, inOrder } from "../text.js";
import { dateText, dayText, localDay } from "./formats.js";

/** @typedef {import("../store/overlay.js").Book} Book */
/** @typedef {import("../store/overlay.js").Household} Household */
/** @typedef {import("../store/overlay.js").Visit} Visit */
/** @typedef {"new" | "absent" | "reached" | "promised"} Reach */

/** Visits that are not counted (product.md §4), and those the server or the commune has not taken. */
const UNCOUNTED = new Set(["returned", "duplicate", "fix", "dropped"]);

/**
 * The day promised to a household, yyyy-MM-dd, by its id: the earliest of its open promises.
 * @param {Book} book
 * @returns {Map<string, string>}
 */
export const promises = once((book) => {
  const days = new Map();
  for (const { household_id, due_on, closed_by } of book.followUps.values()) {
    const known = days.get(household_id);
    if (closed_by === null && (known === undefined || due_on < known)) days.set(household_id, due_on);
  }
  return days;
});

/**
 * The households whose newest visit that counts promised to return on a day not known yet.
 * @param {Book} book
 * @returns {Set<string>} their ids
 */
const undated = once((book) => {
  const ids = new Set();
  for (const [id, visits] of book.visitsByHousehold) {
    const newest = visits.find(({ step }) => !UNCOUNTED.has(step));
    if (newest?.result === "come_back" && !newest.follow_up_on) ids.add(id);
  }
  return ids;
});

/**
 * What is promised to a household, in words; an empty text if nothing is.
 * @param {Book} book
 * @param {string} householdId
 * @param {Date} now
 */
export function promiseText(book, householdId, now) {
  const due = promises(book).get(householdId);
  if (due) return dueText(due, localDay(now));
  return undated(book).has(householdId) ? _("Hẹn quay lại, chưa rõ ngày") : "";
}

/**
 * Whether something is promised to a household, on a day known or not.
 * @param {Book} book
 * @param {string} householdId
 */
export function isPromised(book, householdId) {
  return promises(book).has(householdId) || undated(book).has(householdId);
}

/**
 * The visit that makes a household count as reached: its newest one that counts and found somebody home.
 * @param {Book} book
 * @param {string} householdId
 * @returns {Visit | undefined}
 */
export function reachedBy(book, householdId) {
  const visits = book.visitsByHousehold.get(householdId) ?? [];
  return visits.find((visit) => visit.result !== "not_home" && !UNCOUNTED.has(visit.step));
}

/**
 * The households in use, by hamlet, alley and house number.
 * @param {Book} book
 * @returns {Household[]}
 */
export const inAddressOrder = once(({ hamlets, households }) => {
  const place = new Map(hamlets.map((hamlet, index) => [hamlet.id, String.fromCharCode(index)]));
  const last = String.fromCharCode(place.size);
  return inOrder(households.values(), (household) => (place.get(household.hamlet_id) ?? last) + addressKey(household));
}, theHouseholds);

/**
 * The same by given name.
 * @param {Book} book
 * @returns {Household[]}
 */
export const inNameOrder = once(
  ({ households }) => inOrder(households.values(), ({ head_name }) => givenNameKey(head_name)),
  theHouseholds,
);

/**
 * How many households are in use, and how many of them are reached.
 * @param {Book} book
 * @returns {{reached: number, total: number}}
 */
export const coverage = once((book) => {
  const active = [...book.households.values()].filter(isActive);
  return { reached: active.filter(({ id }) => reachedBy(book, id)).length, total: active.length };
});

/**
 * The neighbour to go to next: the first household after this one, in the same hamlet, that is not reached.
 * @param {Book} book
 * @param {Household} household
 * @returns {Household | undefined}
 */
export function nextDoor(book, household) {
  const street = inAddressOrder(book).filter(({ hamlet_id }) => hamlet_id === household.hamlet_id);
  const here = street.findIndex(({ id }) => id === household.id);
  const onwards = [...street.slice(here + 1), ...street.slice(0, Math.max(here, 0))];
  return onwards.find((other) => isActive(other) && !reachedBy(book, other.id));
}

/**
 * Where a household stands, and the line that says so.
 * @param {Book} book
 * @param {Household} household
 * @param {Date} now
 * @returns {{reach: Reach, line: string}}
 */
export function standing(book, household, now) {
  const promise = promiseText(book, household.id, now);
  if (promise) return { reach: "promised", line: promise };
  const reached = reachedBy(book, household.id);
  if (reached) return { reach: "reached", line: _("Đã đến %(date)s", { date: dateText(reached.occurred_at) }) };
  const last = book.visitsByHousehold.get(household.id)?.find(({ result }) => result === "not_home");
  if (last) return { reach: "absent", line: _("Vắng nhà %(date)s", { date: dateText(last.occurred_at) }) };
  return { reach: "new", line: _("Chưa đến") };
}

/**
 * *Hẹn hôm nay*, *Hẹn 25/11/2026*, *Quá hẹn 20/11/2026*.
 * @param {string} due yyyy-MM-dd
 * @param {string} today yyyy-MM-dd
 */
export function dueText(due, today) {
  if (due === today) return _("Hẹn hôm nay");
  const date = dayText(due);
  return due < today ? _("Quá hẹn %(date)s", { date }) : _("Hẹn %(date)s", { date });
}

/** @param {Household} household */
export function isActive({ state }) {
  return state === "active";
}

/**
 * Works something out once a book, or once for a part of it, which the next books share as long as it stays as it is.
 * @template T
 * @param {(book: Book) => T} work
 * @param {(book: Book) => object} [part]
 * @returns {(book: Book) => T}
 */
function once(work, part = (book) => book) {
  /** @type {WeakMap<object, T>} */
  const known = new WeakMap();
  return (book) => {
    const key = part(book);
    if (!known.has(key)) known.set(key, work(book));
    return /** @type {T} */ (known.get(key));
  };
}

/** @param {Book} book */
function theHouseholds({ households }) {
  return households;
}
