// Applies this phone's own operations to the replica's rows, so that what a person records is on screen at once.

import type {
  FollowUpRow,
  HouseholdRow,
  NameRow,
  Operation,
  OutreachSessionRow,
  RemarkRow,
  ReviewRow,
  ServiceRow,
  VisitRow,
} from "../../core/protocol.ts";
import { newestFirst, updateFollowUps } from "./followUps.ts";
import { localState } from "./localState.ts";
import { applyRecord, withdrawRecord } from "./sessionsAndRemarks.ts";

/** The state of an operation, in rising order of weight; `dropped`: the commune does not count it. */
export type Mark = "sent" | "dropped" | "waiting" | "queued" | "fix";
/** The single state that a screen shows for a visit. */
export type Step = Mark | "accepted" | "returned" | "duplicate";
/** The type of the operation that a step comes from, and the server's code for it. */
export type Cause = { type: string; code: string };
/** `at`: when the server acknowledged it. */
export type OverlayOperation = { op: Operation; mark: Mark; at: string | null; code?: string };

/**
 * `pending`: an operation on it is not on the server; `cause`: where the step comes from, null if from the server's
 * row.
 */
type LocalState = { pending: boolean; cause: Cause | null };
export type Household = HouseholdRow & LocalState & { step: Mark };
export type Visit = VisitRow & LocalState & { step: Step; sent_at: string | null };
export type OutreachSession = OutreachSessionRow & LocalState & { step: Mark; sent_at: string | null };
/** its reader has written it */
export type Remark = RemarkRow & LocalState & { step: Mark; sent_at: string | null };

/** The data of a volunteer's screens. */
export type View = {
  households: Map<string, Household>;
  visits: Map<string, Visit>;
  /** newest first */
  visitsByHousehold: Map<string, Visit[]>;
  /** by the id of the visit that opened it; open while `closed_by` is null */
  followUps: Map<string, FollowUpRow>;
  sessions: Map<string, OutreachSession>;
  remarks: Map<string, Remark>;
  hamlets: NameRow[];
  /** teammates, and supervisors who may be called */
  members: Map<string, NameRow>;
  /** in their order, also those that are not offered */
  services: ServiceRow[];
  /** the id of the household that another was merged into, by the id of the other */
  aliases: Map<string, string>;
  /** by household, the server's rows of the visits that this phone's operations change */
  replaced: Map<string, Visit[]>;
  /** the household of each withdrawn visit that the replica may still have */
  withdrawn: Map<string, string>;
};

/** Of a visit that nobody has decided on. */
export const UNREVIEWED: ReviewRow = { state: "received", reason: "", field: "", note: "", at: null };

export type PendingView = View & {
  author: string;
  decisive: Map<string, OverlayOperation>;
  changedHouseholds: Set<string>;
};

/**
 * `base` with the operations applied in order. `base` is not changed; the result shares the rows that no operation
 * touches.
 * @param author account whose operations these are
 */
export function overlay(base: View, operations: OverlayOperation[], author: string): View {
  if (operations.length === 0) return base;
  const changesHouseholds = operations.some(({ op }) => op.type.startsWith("household."));
  const view: PendingView = {
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
 */
function followAlias(change: OverlayOperation, aliases: Map<string, string>): OverlayOperation[] {
  const { type, data } = change.op;
  const name = type.startsWith("household.") ? "id" : "household_id";
  const to = aliases.get(data[name]);
  if (!to) return [change];
  return type === "household.add" ? [] : [{ ...change, op: { ...change.op, data: { ...data, [name]: to } } }];
}

/** Groups visits by household, newest first. */
export function byHousehold(visits: Iterable<Visit>): Map<string, Visit[]> {
  const groups = new Map<string, Visit[]>();
  for (const visit of visits) {
    const group = groups.get(visit.household_id);
    if (group) group.push(visit);
    else groups.set(visit.household_id, [visit]);
  }
  for (const group of groups.values()) if (group.length > 1) group.sort(newestFirst);
  return groups;
}

const APPLY: Record<string, (view: PendingView, change: OverlayOperation) => void> = {
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
 */
function addHousehold(view: PendingView, change: OverlayOperation) {
  const state = change.mark === "dropped" ? "mistake" : "active";
  applyHousehold(view, change, { house_no: "", alley: "", phone: null, state });
}

/** While the commune has to choose between two changes, or if it has dropped this one, the server's value is shown. */
function amendHousehold(view: PendingView, change: OverlayOperation) {
  const before = view.households.get(change.op.data.id);
  if (!before) return;
  const stays = change.mark === "waiting" || change.mark === "dropped";
  if (stays) view.households.set(before.id, { ...before, ...localState(view, before.id, change) });
  else applyHousehold(view, change, {});
}

function amendVisit(view: PendingView, change: OverlayOperation) {
  if (change.mark === "dropped") markVisit(view, change);
  else applyVisit(view, change);
}

function applyHousehold(view: PendingView, change: OverlayOperation, defaults: Partial<HouseholdRow>) {
  const { base_version: _version, consent: _consent, ...fields } = change.op.data;
  const before = view.households.get(fields.id);
  const row = { version: 0, feed_seq: 0, ...defaults, ...before, ...withoutNulls(fields) };
  view.households.set(fields.id, { ...row, ...localState(view, fields.id, change) } as Household);
}

/** Records or amends a visit. A withdrawal is final: later operations on the visit have no effect. */
function applyVisit(view: PendingView, change: OverlayOperation) {
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

function withdrawVisit(view: PendingView, change: OverlayOperation) {
  const { id } = change.op.data;
  if (change.mark !== "queued" && change.mark !== "sent") return markVisit(view, change);
  const visit = view.visits.get(id);
  if (visit) view.changedHouseholds.add(visit.household_id);
  view.visits.delete(id);
  if (!view.withdrawn.has(id)) view.withdrawn.set(id, visit?.household_id ?? "");
}

/** Leaves the visit's content as it is and only sets its state. */
function markVisit(view: PendingView, change: OverlayOperation) {
  const visit = view.visits.get(change.op.data.id);
  if (!visit) return;
  view.changedHouseholds.add(visit.household_id);
  view.visits.set(visit.id, { ...visit, ...localState(view, visit.id, change) });
}

function regroupVisits(view: PendingView) {
  const change = byHousehold([...view.decisive.keys()].flatMap((id) => view.visits.get(id) ?? []));
  for (const household of view.changedHouseholds) {
    const others = (view.visitsByHousehold.get(household) ?? []).filter(
      ({ id }) => !view.decisive.has(id) && !view.withdrawn.has(id),
    );
    view.visitsByHousehold.set(household, [...others, ...(change.get(household) ?? [])].sort(newestFirst));
  }
}

function withoutNulls(data: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));
}
