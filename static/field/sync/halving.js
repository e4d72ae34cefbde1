// Finding the one operation that the server refuses to read: the batch is halved until it stands alone. It is set aside
// only if it is refused again after an empty exchange has shown that the server is well.

import { MAX_OPERATIONS } from "./protocol.js";

/** @typedef {{limit: number, suspect: string | null, cleared: boolean}} Search `limit`: operations to send next. */

/** @returns {Search} */
export function newSearch() {
  return { limit: MAX_OPERATIONS, suspect: null, cleared: false };
}

/**
 * After a request with these operations was refused: goes on searching, or says that the only one of them is the
 * culprit, or that the fault is not in the operations.
 * @param {Search} search
 * @param {string[]} opIds
 * @returns {"search" | "culprit" | "fault"}
 */
export function refusal(search, opIds) {
  if (opIds.length === 0) return "fault";
  if (opIds.length > 1) {
    Object.assign(search, { limit: Math.floor(opIds.length / 2), suspect: null, cleared: false });
    return "search";
  }
  if (search.cleared && search.suspect === opIds[0]) {
    Object.assign(search, newSearch());
    return "culprit";
  }
  Object.assign(search, { limit: 0, suspect: opIds[0], cleared: false });
  return "search";
}

/**
 * After an answered exchange. True if it was the empty one, so that the suspect is to be tried again.
 * @param {Search} search
 */
export function success(search) {
  if (search.suspect === null) return false;
  const empty = !search.cleared;
  Object.assign(search, empty ? { limit: 1, cleared: true } : newSearch());
  return empty;
}
