// Applies this phone's own operations to the replica's rows, so that what a person records is on screen at once.

import { newestFirst, updateFollowUps } from "./followUps.ts";
import { localState } from "./localState.ts";
import { applyRecord, withdrawRecord } from "./sessionsAndRemarks.ts";

/** @typedef {import("../../core/protocol.ts").Operation} Operation */
/** @typedef {import("../../core/protocol.ts").HouseholdRow} HouseholdRow */
/** @typedef {import("../../core/protocol.ts").VisitRow} VisitRow */
/** @typedef {import("../../core/protocol.ts").FollowUpRow} FollowUpRow */
/** @typedef {import("../../core/protocol.ts").OutreachSessionRow} OutreachSessionRow */
/** @typedef {import("../../core/protocol.ts").RemarkRow} RemarkRow */
/** @typedef {import("../../core/protocol.ts").NameRow} NameRow */
/** @typedef {import("../../core/protocol.ts").ServiceRow} ServiceRow */

/**
 * The state of an operation, in rising order of weight; `dropped`: the commune does not count it.
 * @typedef {"sent" | "dropped" | "waiting" | "queued" | "fix"} Mark
 */
/** @typedef {Mark | "accepted" | "returned" | "duplicate"} Step The single state that a screen shows for a visit. */
/** @typedef {{type: string, code: string}} Cause The type of the operation that a step comes from, and the server's code for it. */
/** @typedef {{op: Operation, mark: Mark, at: string | null, code?: string}} OverlayOperation `at`: when the server acknowledged it. */

/**
 * `pending`: an operation on it is not on the server; `cause`: where the step comes from, null if from the server's
 * row.
 * @typedef {{pending: boolean, cause: Cause | null}} LocalState
 * @typedef {HouseholdRow & LocalState & {step: Mark}} Household
 * @typedef {VisitRow & LocalState & {step: Step, sent_at: string | null}} Visit
 * @typedef {OutreachSessionRow & LocalState & {step: Mark, sent_at: string | null}} OutreachSession
 * @typedef {RemarkRow & LocalState & {step: Mark, sent_at: string | null}} Remark its reader has written it
 */

/**
 * @typedef {object} View The data of a volunteer's screens.
 * @property {Map<string, Household>} households
 * @property {Map<string, Visit>} visits
 * @property {Map<string, Visit[]>} visitsByHousehold newest first
 * @property {Map<string, FollowUpRow>} followUps by the id of the visit that opened it; open while `closed_by` is null
 * @property {Map<string, OutreachSession>} sessions
 * @property {Map<string, Remark>} remarks
 * @property {NameRow[]} hamlets
 * @property {Map<string, NameRow>} members teammates, and supervisors who may be called
 * @property {ServiceRow[]} services in their order, also those that are not offered
 * @property {Map<string, string>} aliases the id of the household that another was merged into, by the id of the other
 * @property {Map<string, Visit[]>} replaced by household, the server's rows of the visits that this phone's operations change
 * @property {Map<string, string>} withdrawn the household of each withdrawn visit that the replica may still have
 */

/** @type {import("../../core/protocol.js").ReviewRow} */
const UNREVIEWED = { state: "received", reason: "", field: "", note: "", at: null };

/** @typedef {View & {author: string, decisive: Map<string, OverlayOperation>, changedHouseholds: Set<string>}} PendingView */

/**
 * `base` with the operations applied in order. `base` is not changed; the result shares the rows that no operation
 * touches.
 * @param {View} base
 * @param {OverlayOperation[]} operations
 * @param {string} author account whose operations these are
 * @returns {View}
 */
export function overlay(base, operations, author) {
  if (operations.length === 0) return base;
  const changesHouseholds = operations.some(({ op }) => op.type.startsWith("household."));
  const view = {
    ...base,
    households: changesHouseholds ? new Map(base.households) : base.households,
    visits: new Map(base.visits),
    visitsByHousehold: new Map(base.visitsByHousehold),
    followUps: new Map(base.followUps),
    sessions: new Map(base.sessions),
    remarks: new Map(base.remarks),
    author,
    decisive: new Map(),
    changedHouseholds: new Set(),
    withdrawn: new Map(base.withdrawn),
  };
  for (const change of operations.flatMap((one) => followAlias(one, base.aliases)))
    APPLY[change.op.type]?.(view, change);
  regroupVisits(view);
  updateFollowUps(view);
  const { author: _author, decisive, changedHouseholds: _changed, ...result } = view;
  const changed = [...decisive.keys(), ...view.withdrawn.keys()];
  return { ...result, replaced: byHousehold(changed.flatMap((id) => base.visits.get(id) ?? [])) };
}

/**
 * The operation with the id of a merged household replaced by that of the household it was merged into. Empty if the
 * operation added the merged household.
 * @param {OverlayOperation} change
 * @param {Map<string, string>} aliases
 * @returns {OverlayOperation[]}
 */
function followAlias(change, aliases) {
  const { type, data } = change.op;
  const name = type.startsWith("household.") ? "id" : "household_id";
  const to = aliases.get(data[name]);
  if (!to) return [change];
  return type === "household.add" ? [] : [{ ...change, op: { ...change.op, data: { ...data, [name]: to } } }];
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

/** @type {Record<string, (view: PendingView, change: OverlayOperation) => void>} */
const APPLY = {
  "household.add": addHousehold,
  "household.amend": amendHousehold,
  "visit.record": applyVisit,
  "visit.amend": amendVisit,
  "visit.withdraw": withdrawVisit,
  "outreach.record": applyRecord,
  "outreach.amend": applyRecord,
  "outreach.withdraw": withdrawRecord,
  "remark.record": applyRecord,
  "remark.amend": applyRecord,
  "remark.withdraw": withdrawRecord,
};

/**
 * If the commune dropped the household, it stays visible with its visits, as added by mistake: nobody has to go there.
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
function addHousehold(view, change) {
  const state = change.mark === "dropped" ? "mistake" : "active";
  applyHousehold(view, change, { house_no: "", alley: "", phone: null, state });
}

/**
 * While the commune has to choose between two changes, or if it has dropped this one, the server's value is shown.
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
function amendHousehold(view, change) {
  const before = view.households.get(change.op.data.id);
  if (!before) return;
  const stays = change.mark === "waiting" || change.mark === "dropped";
  if (stays) view.households.set(before.id, { ...before, ...localState(view, before.id, change) });
  else applyHousehold(view, change, {});
}

/**
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
function amendVisit(view, change) {
  if (change.mark === "dropped") markVisit(view, change);
  else applyVisit(view, change);
}

/**
 * @param {PendingView} view
 * @param {OverlayOperation} change
 * @param {Partial<HouseholdRow>} defaults
 */
function applyHousehold(view, change, defaults) {
  const { base_version: _version, phone_consent: _consent, ...fields } = change.op.data;
  const before = view.households.get(fields.id);
  const row = { version: 0, feed_seq: 0, ...defaults, ...before, ...withoutNulls(fields) };
  view.households.set(fields.id, /** @type {Household} */ ({ ...row, ...localState(view, fields.id, change) }));
}

/**
 * Records or amends a visit. A withdrawal is final: later operations on the visit have no effect.
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
function applyVisit(view, change) {
  const { id, household_id, result, services, note, follow_up_on, needs, dropped_needs } = change.op.data;
  if (view.withdrawn.has(id)) return;
  const before = view.visits.get(id);
  if (before) view.changedHouseholds.add(before.household_id);
  view.changedHouseholds.add(household_id);
  view.visits.set(id, {
    received_at: null,
    counted_on: null,
    version: 0,
    review: UNREVIEWED,
    feed_seq: 0,
    recorded_by: view.author,
    occurred_at: change.op.at,
    ...before,
    id,
    household_id,
    hamlet_id: view.households.get(household_id)?.hamlet_id ?? before?.hamlet_id ?? "",
    result,
    services: services ?? [],
    note: note ?? "",
    follow_up_on: follow_up_on ?? null,
    needs,
    dropped_needs,
    ...localState(view, id, change),
    sent_at: view.decisive.get(id)?.at ?? null,
  });
}

/**
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
function withdrawVisit(view, change) {
  const { id } = change.op.data;
  if (change.mark !== "queued" && change.mark !== "sent") return markVisit(view, change);
  const visit = view.visits.get(id);
  if (visit) view.changedHouseholds.add(visit.household_id);
  view.visits.delete(id);
  if (!view.withdrawn.has(id)) view.withdrawn.set(id, visit?.household_id ?? "");
}

/**
 * Leaves the visit's content as it is and only sets its state.
 * @param {PendingView} view
 * @param {OverlayOperation} change
 */
function markVisit(view, change) {
  const visit = view.visits.get(change.op.data.id);
  if (!visit) return;
  view.changedHouseholds.add(visit.household_id);
  view.visits.set(visit.id, { ...visit, ...localState(view, visit.id, change) });
}

/** @param {PendingView} view */
function regroupVisits(view) {
  const change = byHousehold([...view.decisive.keys()].flatMap((id) => view.visits.get(id) ?? []));
  for (const household of view.changedHouseholds) {
    const others = (view.visitsByHousehold.get(household) ?? []).filter(
      ({ id }) => !view.decisive.has(id) && !view.withdrawn.has(id),
    );
    view.visitsByHousehold.set(household, [...others, ...(change.get(household) ?? [])].sort(newestFirst));
  }
}

/** @param {Record<string, unknown>} data */
function withoutNulls(data) {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));
}
