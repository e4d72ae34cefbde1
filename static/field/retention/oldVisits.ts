// Purges visits of more than 60 days from the replica, and telephone numbers that no open follow-up needs: a phone may
// be lost. The lists say the same before and after. app/sync/stored_rows.py has the same rules, and does not send these
// rows again. See docs/decisions/0138-a-lost-phone-tells-little.md.

import { localDay } from "../core/day.ts";
import type { FollowUpRow, HouseholdRow, Operation, VisitRow } from "../core/protocol.ts";
import { announce } from "../store/changes.ts";
import { deleteAll, inAccount, putAll, type Transaction } from "../store/db.ts";
import type { ReplicaState } from "../store/schema.ts";
import { overlaidSent } from "../store/sentStore.ts";
import { GUIDED } from "../store/view/counted.ts";
import { openNeedsOf } from "../store/view/needs.ts";
import { oldestDay } from "../store/view/visitPeriod.ts";

const COUNTED = new Set(["received", "accepted"]);
const STORES = ["meta", "outbox", "fixes", "sent", "replica_household", "replica_visit", "replica_follow_up"];

type Stored<Row> = Row & { g: number };
type Rows = { households: Stored<HouseholdRow>[]; visits: Stored<VisitRow>[]; followUps: FollowUpRow[] };

/** Purges an account's old visits and numbers; nothing while a list is being downloaded. */
export async function purgeOldVisits(accountId: string) {
  const changed = await inAccount(
    accountId,
    STORES,
    "readwrite",
    async (tx) => {
      const state: ReplicaState | undefined = await tx.objectStore("meta").get("replica");
      if (!state?.last_exchange_at || !state.generation || state.loading) return false;
      const [rows, unsent] = await Promise.all([readRows(tx, state.generation), changedIds(tx)]);
      const old = oldVisits(rows, { author: accountId, oldest: oldestDay(new Date(state.last_exchange_at)), unsent });
      const households = changedHouseholds(rows, old);
      if (old.length + households.length === 0) return false;
      const keys = old.map(({ g, id }) => [g, id]);
      deleteAll(tx, "replica_visit", keys);
      putAll(tx, "replica_household", households);
      await tx.objectStore("meta").put({ ...state, view_version: state.view_version + 1 }, "replica");
      return true;
    },
    "relaxed",
  );
  if (changed) announce({ kind: "replica", account_id: accountId });
}

async function readRows(tx: Transaction, generation: number): Promise<Rows> {
  const range = IDBKeyRange.bound([generation], [generation, []]);
  const [households, visits, followUps] = await Promise.all(
    ["household", "visit", "follow_up"].map((kind) => tx.objectStore(`replica_${kind}`).getAll(range)),
  );
  return { households, visits, followUps };
}

/** The ids of the records that operations on this phone change: the overlay needs their rows. */
async function changedIds(tx: Transaction) {
  const stored: Operation[][] = await Promise.all([
    tx.objectStore("outbox").getAll(),
    tx.objectStore("fixes").getAll(),
    overlaidSent(tx),
  ]);
  return new Set<string>(stored.flat().map(({ data }) => data.id));
}

/** The visits that leave: old ones of which nothing is asked any more. */
function oldVisits(
  { visits, households }: Rows,
  { author, oldest, unsent }: { author: string; oldest: string; unsent: Set<string> },
): Stored<VisitRow>[] {
  // A row without `met_on` is of a server that did not know these days: then the visits alone say them.
  const unknown = new Set(households.flatMap(({ id, met_on }) => (met_on === undefined ? id : [])));
  const old = visits.filter(
    (visit) =>
      dayOf(visit) < oldest &&
      !unknown.has(visit.household_id) &&
      !unsent.has(visit.id) &&
      !(visit.recorded_by === author && waits(visit)),
  );
  const since = new Map<string, string>();
  for (const id of new Set(old.map(({ household_id }) => household_id))) {
    const day = firstNeededDay(visits.filter(({ household_id }) => household_id === id));
    if (day) since.set(id, day);
  }
  return old.filter((visit) => dayOf(visit) < (since.get(visit.household_id) ?? oldest));
}

/** A row of the server has its day. */
function dayOf({ counted_on, occurred_at }: VisitRow) {
  return counted_on ?? localDay(occurred_at);
}

/** Whether its author has to correct or confirm it. */
function waits({ review, vouched_by, disowned }: VisitRow) {
  return review.state === "returned" || Boolean(vouched_by && !disowned);
}

/** The day of the first visit of a household that asked for something which it did not get yet. */
function firstNeededDay(visits: VisitRow[]): string | undefined {
  const counted = visits.filter(({ review }) => COUNTED.has(review.state));
  const newestFirst = counted.sort((one, other) => Date.parse(other.occurred_at) - Date.parse(one.occurred_at));
  const open = openNeedsOf(newestFirst);
  const asked = counted.filter(({ needs = [] }) => needs.some((code) => open.has(code)));
  return asked.map(dayOf).sort()[0];
}

/** The households with what the visits that leave have said of them, and without numbers that nobody needs. */
function changedHouseholds({ households, visits, followUps }: Rows, old: VisitRow[]): Stored<HouseholdRow>[] {
  const promised = new Set(followUps.flatMap((row) => (row.closed_by === null ? row.household_id : [])));
  for (const household of households) if (hasUndatedFollowUp(household, visits)) promised.add(household.id);
  const left = new Map<string, VisitRow[]>();
  for (const visit of old) left.set(visit.household_id, [...(left.get(visit.household_id) ?? []), visit]);
  return households.flatMap((row) => {
    const news = (left.get(row.id) ?? []).filter(({ feed_seq }) => feed_seq > row.feed_seq);
    const hidesNumber = row.phone !== null && !promised.has(row.id);
    if (!news.length && !hidesNumber) return [];
    return { ...news.sort(byDay).reduce(withVisit, row), ...(hidesNumber ? { phone: null } : {}) };
  });
}

/** Whether the newest visit agreed on a return; one without a day is no follow-up. */
function hasUndatedFollowUp({ id, phone, last_counted_on, met_on, last_result }: HouseholdRow, visits: VisitRow[]) {
  if (phone === null) return false;
  const own = visits.filter(({ household_id, review }) => household_id === id && COUNTED.has(review.state));
  const newest = own.sort(byDay).at(-1);
  const isNewest = newest && dayOf(newest) >= (last_counted_on ?? met_on ?? "");
  return (isNewest ? newest.result : last_result) === "come_back";
}

/** As the server orders the visits of a household. */
function byDay(one: VisitRow, other: VisitRow) {
  return orderOf(one) < orderOf(other) ? -1 : 1;
}

function orderOf(visit: VisitRow) {
  return dayOf(visit) + visit.occurred_at + visit.id;
}

/** A household's row with the days of one more visit (app/sync/wire/rows.py · household). */
function withVisit(row: Stored<HouseholdRow>, visit: VisitRow): Stored<HouseholdRow> {
  if (!COUNTED.has(visit.review.state)) return row;
  const day = dayOf(visit);
  const { met_on, last_counted_on = met_on } = row;
  const changed: Stored<HouseholdRow> = {
    ...row,
    met_on: met_on ?? null,
    last_counted_on: last_counted_on ?? undefined,
  };
  if (visit.result !== "not_home") changed.met_on = latest(met_on, day);
  if (visit.services.some(({ outcome }) => GUIDED.has(outcome))) changed.guided_on = latest(row.guided_on, day);
  if (day >= (last_counted_on ?? "")) {
    changed.last_counted_on = day;
    changed.last_result = visit.result;
    changed.last_follow_up_on = visit.follow_up_on ?? undefined;
  }
  return changed;
}

function latest(one: string | null | undefined, other: string) {
  return one && one > other ? one : other;
}
