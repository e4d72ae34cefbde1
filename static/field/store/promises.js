// Promises to return, as they stand with this phone's own visits.

/** @typedef {import("../sync/protocol.js").FollowUpRow} FollowUpRow */
/** @typedef {import("./overlay.js").Draft} Draft */
/** @typedef {import("./overlay.js").Visit} Visit */

/**
 * A promise is made by a visit's date and closed by any later visit at that household, or by taking the date away.
 * @param {Draft} draft
 */
export function settlePromises(draft) {
  for (const id of draft.withdrawn.keys()) draft.followUps.delete(id);
  for (const id of draft.laid.keys()) {
    const visit = draft.visits.get(id);
    if (visit) promise(draft, visit);
  }
  for (const row of draft.followUps.values()) {
    if (!draft.touched.has(row.household_id)) continue;
    const closed_by = row.closed_by && !draft.withdrawn.has(row.closed_by) ? row.closed_by : closer(draft, row);
    if (closed_by !== row.closed_by) draft.followUps.set(row.id, { ...row, closed_by });
  }
}

/**
 * @param {Draft} draft
 * @param {Visit} visit
 */
function promise(draft, { id, household_id, follow_up_on, step }) {
  const row = draft.followUps.get(id);
  if (follow_up_on && (row || step !== "dropped")) {
    const closed_by = row && row.closed_by !== id ? row.closed_by : null;
    draft.followUps.set(id, { feed_seq: 0, ...row, id, household_id, due_on: follow_up_on, closed_by });
  } else if (row) {
    draft.followUps.set(id, { ...row, closed_by: row.closed_by ?? id });
  }
}

/**
 * The visit that closes a promise. If the visit that made it is not on this phone, only own visits that the server has
 * not counted yet can.
 * @param {Draft} draft
 * @param {FollowUpRow} row
 */
function closer(draft, row) {
  const made = draft.visits.get(row.id);
  const later = (draft.visitsByHousehold.get(row.household_id) ?? []).filter((visit) =>
    made ? newestFirst(visit, made) < 0 : draft.laid.has(visit.id),
  );
  return later.at(-1)?.id ?? null;
}

/**
 * @param {Visit} one
 * @param {Visit} other
 */
export function newestFirst(one, other) {
  return Date.parse(other.occurred_at) - Date.parse(one.occurred_at);
}
