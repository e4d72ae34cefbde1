// The replica with this phone's own operations laid over it: what a person has recorded is on screen at once.

/** @typedef {import("../sync/protocol.js").Operation} Operation */
/** @typedef {import("../sync/protocol.js").HouseholdRow} HouseholdRow */
/** @typedef {import("../sync/protocol.js").VisitRow} VisitRow */
/** @typedef {import("../sync/protocol.js").FollowUpRow} FollowUpRow */
/** @typedef {import("../sync/protocol.js").NameRow} NameRow */
/** @typedef {import("../sync/protocol.js").ServiceRow} ServiceRow */

/** @typedef {"sent" | "waiting" | "queued" | "fix"} Mark What an operation's place says, in rising order of weight. */
/** @typedef {Mark | "accepted" | "returned" | "duplicate"} Step The one step a visit is at. */
/** @typedef {{op: Operation, mark: Mark, at: string | null}} Laid `at`: when the server acknowledged it. */

/**
 * `pending`: something of it is not on the server; `op_id`: the operation that gives the step.
 * @typedef {HouseholdRow & {pending: boolean, step: Mark, op_id: string | null}} Household
 */

/** @typedef {VisitRow & {pending: boolean, step: Step, sent_at: string | null, op_id: string | null}} Visit */

/**
 * @typedef {object} Book All a volunteer's screens show.
 * @property {Map<string, Household>} households
 * @property {Map<string, Visit>} visits
 * @property {Map<string, Visit[]>} visitsByHousehold newest first
 * @property {Map<string, FollowUpRow>} followUps by the id of the visit that made the promise; open while `closed_by` is null
 * @property {NameRow[]} hamlets
 * @property {Map<string, NameRow>} members
 * @property {ServiceRow[]} services active ones in their order
 * @property {Map<string, string>} withdrawn the household of each visit taken back that the replica may still have
 */

/** @type {Record<Mark, number>} */
const WEIGHT = { sent: 0, waiting: 1, queued: 2, fix: 3 };

const UNREVIEWED = { state: "received", reason: "", field: "", note: "", at: null };

/** @typedef {Book & {author: string, laid: Map<string, Laid>, touched: Set<string>}} Draft */

/**
 * `base` with the operations laid over it in the order given. `base` is not changed; what no operation is about is
 * shared with it.
 * @param {Book} base
 * @param {Laid[]} operations
 * @param {string} author account whose operations these are
 * @returns {Book}
 */
export function overlay(base, operations, author) {
  if (operations.length === 0) return base;
  const atDoors = operations.some(({ op }) => op.type.startsWith("household."));
  const draft = {
    ...base,
    households: atDoors ? new Map(base.households) : base.households,
    visits: new Map(base.visits),
    visitsByHousehold: new Map(base.visitsByHousehold),
    followUps: new Map(base.followUps),
    author,
    laid: new Map(),
    touched: new Set(),
    withdrawn: new Map(base.withdrawn),
  };
  for (const laid of operations) LAY[laid.op.type]?.(draft, laid);
  regroup(draft);
  settlePromises(draft);
  const { author: _author, laid: _laid, touched: _touched, ...book } = draft;
  return book;
}

/**
 * Groups visits by household, newest first.
 * @param {Iterable<Visit>} visits
 * @returns {Map<string, Visit[]>}
 */
export function byHousehold(visits) {
  /** @type {Map<string, Visit[]>} */
  const groups = new Map();
  for (const visit of visits) {
    const group = groups.get(visit.household_id);
    if (group) group.push(visit);
    else groups.set(visit.household_id, [visit]);
  }
  for (const group of groups.values()) if (group.length > 1) group.sort(newestFirst);
  return groups;
}

/** @type {Record<string, (draft: Draft, laid: Laid) => void>} */
const LAY = {
  "household.add": (draft, laid) =>
    layHousehold(draft, laid, { house_no: "", alley: "", phone: null, state: "active" }),
  "household.amend": amendHousehold,
  "visit.record": layVisit,
  "visit.amend": layVisit,
  "visit.withdraw": withdrawVisit,
};

/**
 * Where the commune has to choose between two changes, the server's value stays on screen.
 * @param {Draft} draft
 * @param {Laid} laid
 */
function amendHousehold(draft, laid) {
  const before = draft.households.get(laid.op.data.id);
  if (!before) return;
  if (laid.mark === "waiting") draft.households.set(before.id, { ...before, ...marks(draft, before.id, laid) });
  else layHousehold(draft, laid, {});
}

/**
 * @param {Draft} draft
 * @param {Laid} laid
 * @param {Partial<HouseholdRow>} defaults
 */
function layHousehold(draft, laid, defaults) {
  const { base_version: _version, phone_consent: _consent, ...given } = laid.op.data;
  const before = draft.households.get(given.id);
  const row = { version: 0, feed_seq: 0, ...defaults, ...before, ...withoutNulls(given) };
  draft.households.set(given.id, /** @type {Household} */ ({ ...row, ...marks(draft, given.id, laid) }));
}

/**
 * Withdrawal is final: nothing brings the visit back.
 * @param {Draft} draft
 * @param {Laid} laid
 */
function layVisit(draft, laid) {
  const { id, household_id, result, services, note, follow_up_on } = laid.op.data;
  if (draft.withdrawn.has(id)) return;
  const before = draft.visits.get(id);
  if (before) draft.touched.add(before.household_id);
  draft.touched.add(household_id);
  draft.visits.set(id, {
    received_at: null,
    counted_on: null,
    version: 0,
    review: UNREVIEWED,
    feed_seq: 0,
    recorded_by: draft.author,
    occurred_at: laid.op.at,
    ...before,
    id,
    household_id,
    hamlet_id: draft.households.get(household_id)?.hamlet_id ?? before?.hamlet_id ?? "",
    result,
    services: services ?? [],
    note: note ?? "",
    follow_up_on: follow_up_on ?? null,
    ...marks(draft, id, laid),
    sent_at: draft.laid.get(id)?.at ?? null,
  });
}

/**
 * @param {Draft} draft
 * @param {Laid} laid
 */
function withdrawVisit(draft, laid) {
  const { id } = laid.op.data;
  const visit = draft.visits.get(id);
  if (visit) draft.touched.add(visit.household_id);
  if (laid.mark === "queued" || laid.mark === "sent") {
    draft.visits.delete(id);
    if (!draft.withdrawn.has(id)) draft.withdrawn.set(id, visit?.household_id ?? "");
  } else if (visit) {
    draft.visits.set(id, { ...visit, ...marks(draft, id, laid) });
  }
}

/**
 * The weightiest of a record's operations gives its step; among equals, the latest.
 * @param {Draft} draft
 * @param {string} id
 * @param {Laid} laid
 */
function marks(draft, id, laid) {
  const before = draft.laid.get(id);
  const decisive = before && WEIGHT[before.mark] > WEIGHT[laid.mark] ? before : laid;
  draft.laid.set(id, decisive);
  const pending = decisive.mark === "queued" || decisive.mark === "fix";
  return { pending, step: decisive.mark, op_id: decisive.op.op_id };
}

/** @param {Draft} draft */
function regroup(draft) {
  const laid = byHousehold([...draft.laid.keys()].flatMap((id) => draft.visits.get(id) ?? []));
  for (const household of draft.touched) {
    const others = (draft.visitsByHousehold.get(household) ?? []).filter(
      ({ id }) => !draft.laid.has(id) && !draft.withdrawn.has(id),
    );
    draft.visitsByHousehold.set(household, [...others, ...(laid.get(household) ?? [])].sort(newestFirst));
  }
}

/**
 * A promise is made by a visit's date and closed by any later visit at that household, or by taking the date away.
 * @param {Draft} draft
 */
function settlePromises(draft) {
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
function promise(draft, { id, household_id, follow_up_on }) {
  const row = draft.followUps.get(id);
  if (follow_up_on) {
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
function newestFirst(one, other) {
  return Date.parse(other.occurred_at) - Date.parse(one.occurred_at);
}

/** @param {Record<string, unknown>} data */
function withoutNulls(data) {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));
}
