// Finds the operation that makes the server refuse the whole request: the batch is halved until one operation is left.
// That one counts as refused only if an empty exchange succeeds and it is then refused again.

import { MAX_OPERATIONS } from "../core/protocol.ts";

/** `batch`: how many operations a request has if nothing is searched for; `limit`: how many to send next. */
export type Search = { batch: number; limit: number; suspect: string | null; cleared: boolean };

export function newSearch(batch: number = MAX_OPERATIONS): Search {
  return { batch, limit: batch, suspect: null, cleared: false };
}

/** Whether nothing is searched for: whole batches are sent. */
export function isWhole({ batch, limit, suspect }: Search) {
  return limit === batch && suspect === null;
}

/**
 * Updates the search after a request with these operations was refused. `search`: continue; `culprit`: the only
 * operation is the cause; `error`: the cause is not in the operations.
 */
export function afterRefusal(search: Search, opIds: string[]): "search" | "culprit" | "error" {
  if (opIds.length === 0) return "error";
  if (opIds.length > 1) {
    Object.assign(search, { limit: Math.floor(opIds.length / 2), suspect: null, cleared: false });
    return "search";
  }
  if (search.cleared && search.suspect === opIds[0]) {
    Object.assign(search, newSearch(search.batch));
    return "culprit";
  }
  Object.assign(search, { limit: 0, suspect: opIds[0], cleared: false });
  return "search";
}

/**
 * Updates the search after a successful exchange. True if that was the empty one and the suspect has to be sent again.
 */
export function afterSuccess(search: Search) {
  if (search.suspect === null) return false;
  const empty = !search.cleared;
  Object.assign(search, empty ? { limit: 1, cleared: true } : newSearch(search.batch));
  return empty;
}
