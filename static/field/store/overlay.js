// The replica with this phone's own operations laid over it: what a person has recorded is on screen at once.

import { newestFirst, settlePromises } from "./promises.js";

/** @typedef {import("../sync/protocol.js").Operation} Operation */
/** @typedef {import("../sync/protocol.js").HouseholdRow} HouseholdRow */
/** @typedef {import("../sync/protocol.js").VisitRow} VisitRow */
/** @typedef {import("../sync/protocol.js").FollowUpRow} FollowUpRow */
/** @typedef {import("../sync/protocol.js").NameRow} NameRow */
/** @typedef {import("../sync/protocol.js").ServiceRow} ServiceRow */

/**
 * What an operation's place says, in rising order of weight; `dropped`: the commune will not count it.
 * @typedef {"sent" | "dropped" | "waiting" | "queued" | "fix"} Mark
 */
/** @typedef {Mark | "accepted" | "returned" | "duplicate"} Step The one step a visit is at. */
/** @typedef {{type: string, code: string}} Cause The operation that gives a step, and the server's code for it. */
/** @typedef {{op: Operation, mark: Mark, at: string | null, code?: string}} Laid `at`: when the server acknowledged it. */

/**
 * `pending`: something of it is not on the server; `cause`: what gives the step, unless the server's row does.
 * @typedef {{pending: boolean, cause: Cause | null}} Standing
 * @typedef {HouseholdRow & Standing & {step: Mark}} Household
 * @typedef {VisitRow & Standing & {step: Step, sent_at: string | null}} Visit
 */

/**
 * @typedef {object} Book All a volunteer's screens show.
 * @property {Map<string, Household>} households
 * @property {Map<string, Visit>} visits
 * @property {Map<string, Visit[]>} visitsByHousehold newest first
 * @property {Map<string, FollowUpRow>} followUps by the id of the visit that made the promise; open while `closed_by` is null
 * @property {NameRow[]} hamlets
 * @property {Map<string, NameRow>} members
 * @property {ServiceRow[]} services active ones in their order
 * @property {Map<string, string>} aliases the household that stands for one merged into it, by the id of that one
 * @property {Map<string, string>} withdrawn the household of each visit taken back that the replica may still have
 */

/** @type {Record<Mark, number>} */
const WEIGHT = { sent: 0, dropped: 1, waiting: 2, queued: 3, fix: 4 };

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
  for (const laid of operations.flatMap((one) => renamed(one, base.aliases))) LAY[laid.op.type]?.(draft, laid);
  regroup(draft);
  settlePromises(draft);
  const { author: _author, laid: _laid, touched: _touched, ...book } = draft;
  return book;
}

/**
 * The operation as if it had been made for the household that stands for the one it names; none if it made that one.
 * @param {Laid} laid
 * @param {Map<string, string>} aliases
 * @returns {Laid[]}
 */
function renamed(laid, aliases) {
  const { type, data } = laid.op;
  const name = type.startsWith("household.") ? "id" : "household_id";
  const to = aliases.get(data[name]);
  if (!to) return [laid];
  return type === "household.add" ? [] : [{ ...laid, op: { ...laid.op, data: { ...data, [name]: to } } }];
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
  "household.add": addHousehold,
  "household.amend": amendHousehold,
  "visit.record": layVisit,
  "visit.amend": amendVisit,
  "visit.withdraw": withdrawVisit,
};

/**
 * One that the commune did not take stays to be seen with its visits, but nobody has to go there.
 * @param {Draft} draft
 * @param {Laid} laid
 */
function addHousehold(draft, laid) {
  const state = laid.mark === "dropped" ? "mistake" : "active";
  layHousehold(draft, laid, { house_no: "", alley: "", phone: null, state });
}

/**
 * Where the commune has to choose between two changes, or has chosen, the server's value stays on screen.
 * @param {Draft} draft
 * @param {Laid} laid
 */
function amendHousehold(draft, laid) {
  const before = draft.households.get(laid.op.data.id);
  if (!before) return;
  const stays = laid.mark === "waiting" || laid.mark === "dropped";
  if (stays) draft.households.set(before.id, { ...before, ...marks(draft, before.id, laid) });
  else layHousehold(draft, laid, {});
}

/**
 * @param {Draft} draft
 * @param {Laid} laid
 */
function amendVisit(draft, laid) {
  if (laid.mark === "dropped") markVisit(draft, laid);
  else layVisit(draft, laid);
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
  if (laid.mark !== "queued" && laid.mark !== "sent") return markVisit(draft, laid);
  const visit = draft.visits.get(id);
  if (visit) draft.touched.add(visit.household_id);
  draft.visits.delete(id);
  if (!draft.withdrawn.has(id)) draft.withdrawn.set(id, visit?.household_id ?? "");
}

/**
 * The visit stays as it is, and says what became of an operation on it.
 * @param {Draft} draft
 * @param {Laid} laid
 */
function markVisit(draft, laid) {
  const visit = draft.visits.get(laid.op.data.id);
  if (!visit) return;
  draft.touched.add(visit.household_id);
  draft.visits.set(visit.id, { ...visit, ...marks(draft, visit.id, laid) });
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
  return { pending, step: decisive.mark, cause: { type: decisive.op.type, code: decisive.code ?? "" } };
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

/** @param {Record<string, unknown>} data */
function withoutNulls(data) {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));
}
