// Reads what the screens show: the server's rows with this phone's own operations applied.

import { pageState } from "../../core/pageState.ts";
import type { ClosedPeriods, ExportKeyRow, MovedCommune, Operation, OtherPhone, OwnDays } from "../../core/protocol.ts";
import { inAccount, type Transaction } from "../db.ts";
import {
  ERASED,
  isQuarantined,
  NEW_REPLICA,
  REPLICA_STORES,
  type RefusedOperation,
  type ReplicaState,
  type SentOperation,
} from "../schema.ts";
import { allSent, overlaidSent } from "../sentStore.ts";
import { byHousehold, type OverlayOperation, overlay, type View, type Visit } from "./overlay.ts";
import { rowsOf } from "./sessionsAndRemarks.ts";
import { readStamps } from "./stamps.ts";

type ReplicaStatus = {
  ready: boolean;
  erased: boolean;
  last_exchange_at?: string;
  last_sent_at?: string;
  reassigned_at?: string;
  export_key?: ExportKeyRow;
  own_days?: OwnDays;
  closed_periods?: ClosedPeriods;
  clock_offset: number;
  month_start_day?: number;
  is_leader?: boolean;
  other_phone?: OtherPhone;
  moved?: MovedCommune;
  silence?: string;
  encrypted?: string;
};

const VIEW_STORES = ["outbox", "fixes", "sent", "meta", ...REPLICA_STORES];

type Cached = { stamp: string; view: View };
const cachedView: { of?: Cached } = pageState("view", {});
const cachedReplica: { of?: Cached } = pageState("replica", {});

/**
 * The data of a volunteer's screens. It is cached until this or another tab changes something. Callers share the rows
 * and must not change them.
 */
export function loadView(accountId: string): Promise<View> {
  return inAccount(accountId, VIEW_STORES, "readonly", (tx) => readView(tx, accountId));
}

/**
 * The view, the server's rows alone, and this phone's operations: the queued ones in the order of saving, the refused ones, oldest first, and
 * those acknowledged in the last 30 days, each with its state. All are read in one transaction, so that an operation
 * which is acknowledged at this moment is in exactly one of the lists.
 */
export function loadLog(accountId: string): Promise<{
  view: View;
  rows: View;
  queued: Operation[];
  refused: RefusedOperation[];
  acknowledged: OverlayOperation[];
}> {
  return inAccount(accountId, VIEW_STORES, "readonly", async (tx) => {
    const [view, queued, refused, sent] = await Promise.all([
      readView(tx, accountId),
      tx.objectStore("outbox").getAll(),
      tx.objectStore("fixes").getAll(),
      allSent(tx),
    ]);
    refused.sort((one, other) => one.seq - other.seq);
    const rows = (cachedReplica.of as Cached).view;
    return { view, rows, queued, refused, acknowledged: sent.map((op) => toAcknowledged(view, op)) };
  });
}

/**
 * Whether the list is complete, whether the commune has revoked this phone, when the phone last reached the server and
 * last sent something, which periods are closed, how far the phone's clock is off, milliseconds, the day on which the
 * commune's months begin, whether the account leads a team, what is to be said of a long silence and of what it encrypted, where the commune is if it has moved, and another phone of
 * the account of which nobody has said here that it is theirs.
 */
export function replicaStatus(accountId: string): Promise<ReplicaStatus> {
  return inAccount(accountId, ["meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const state: ReplicaState = (await meta.get("replica")) ?? NEW_REPLICA;
    const { other_phone, erased = false, clock_offset = 0 } = state;
    return {
      ...state,
      clock_offset,
      other_phone: other_phone?.at === (await meta.get("other_phone_seen")) ? undefined : other_phone,
      // A revoked phone downloads nothing more; what was recorded can be seen, and is still sent.
      ready: erased || state.generation > 0,
      erased,
    };
  });
}

async function readView(tx: Transaction, accountId: string): Promise<View> {
  const stamps = await readStamps(tx, accountId);
  if (cachedView.of?.stamp === stamps.view) return cachedView.of.view;
  if (cachedReplica.of?.stamp !== stamps.replica)
    cachedReplica.of = { stamp: stamps.replica, view: await readReplica(tx, stamps.generation) };
  const before = cachedReplica.of.view;
  cachedView.of = { stamp: stamps.view, view: overlay(before, await overlayOperations(tx, before), accountId) };
  return cachedView.of.view;
}

async function readReplica(tx: Transaction, generation: number): Promise<View> {
  const range = IDBKeyRange.bound([generation], [generation, []]);
  // In the order of the schema's kinds.
  const [merged, households, visits, followUps, sessions, remarks, hamlets, members, services] = await Promise.all([
    tx.objectStore("meta").get("aliases"),
    ...REPLICA_STORES.map((store) => tx.objectStore(store).getAll(range)),
  ]);
  const aliases = resolveAliases(merged ?? {}, new Set(households.map(({ id }) => id)));
  const amended = [...visits, ...sessions, ...remarks].some(({ version }) => version > 1)
    ? await amendmentTimes(tx)
    : new Map();
  for (const row of [...visits, ...followUps]) row.household_id = aliases.get(row.household_id) ?? row.household_id;
  for (const row of households) Object.assign(row, { pending: false, step: "sent", cause: null });
  for (const row of visits)
    Object.assign(row, {
      pending: false,
      step: reviewStep(row),
      sent_at: amended.get(row.id) ?? row.received_at,
      cause: null,
    });
  for (const row of [...sessions, ...remarks])
    Object.assign(row, { pending: false, step: "sent", sent_at: amended.get(row.id) ?? row.received_at, cause: null });
  return {
    households: byId(households),
    visits: byId(visits),
    visitsByHousehold: byHousehold(visits),
    followUps: byId(followUps),
    sessions: byId(sessions),
    remarks: byId(remarks),
    hamlets,
    members: byId(members),
    services: services.sort((one, other) => one.order - other.order),
    aliases,
    replaced: new Map(),
    withdrawn: new Map(),
  };
}

/**
 * When amendments from this phone of visits, outreach sessions and remarks were acknowledged, by id: a row only has
 * the time of the first receipt.
 */
async function amendmentTimes(tx: Transaction): Promise<Map<string, string>> {
  const amendments = (await allSent(tx)).filter(
    (op) => /^(visit|outreach|remark).amend$/.test(op.type) && !isQuarantined(op),
  );
  amendments.sort((one, other) => one.seq - other.seq);
  return new Map(amendments.map(({ data, acked_at }) => [data.id, acked_at]));
}

/**
 * For each merged household the one at the end of its chain of merges. The chain ends at a household of the replica:
 * one whose merge was undone is its own end. One that was erased has no other.
 */
function resolveAliases(merged: Record<string, string>, replicaIds: Set<string>) {
  const aliases = new Map<string, string>();
  for (const id of Object.keys(merged)) {
    const seen = new Set();
    let to = id;
    while (!replicaIds.has(to) && merged[to] && !seen.has(to)) {
      seen.add(to);
      to = merged[to];
    }
    if (to !== id && to !== ERASED) aliases.set(id, to);
  }
  return aliases;
}

function reviewStep({ review }: Visit) {
  return review.state === "received" ? "sent" : review.state;
}

function byId<Row extends { id: string }>(rows: Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * The operations that the replica's rows do not contain: acknowledged ones whose row has not arrived or that the
 * commune has to decide on, refused and queued ones; in the order of saving.
 */
async function overlayOperations(tx: Transaction, before: View): Promise<OverlayOperation[]> {
  const [sent, refused, queued]: [SentOperation[], RefusedOperation[], Operation[]] = await Promise.all([
    overlaidSent(tx),
    tx.objectStore("fixes").getAll(),
    tx.objectStore("outbox").getAll(),
  ]);
  const overlaid = sent.filter((op) => isOverlaid(before, op));
  return [
    ...overlaid.map(toSentOverlay),
    ...refused.map(toLocalOverlay("fix")),
    ...queued.map(toLocalOverlay("queued")),
  ].sort((one, other) => one.op.seq - other.op.seq);
}

/**
 * Whether an acknowledged operation is not in the replica's row yet. A quarantined one is not until a decision arrives;
 * with the code `op_reused` no decision is made.
 */
function isOverlaid(view: View, op: SentOperation) {
  const { type, data, code = "", until = -1 } = op;
  if (isQuarantined(op) && !["dropped", "op_reused"].includes(code)) return true;
  const row = rowsOf(view, type).get(view.aliases.get(data.id) ?? data.id);
  return until >= (row?.feed_seq ?? 0);
}

/** An acknowledged operation with its state: one that the commune dropped stays dropped. */
function toAcknowledged(view: View, op: SentOperation): OverlayOperation {
  return op.code === "dropped" || isOverlaid(view, op)
    ? toSentOverlay(op)
    : { op, mark: "sent", at: op.acked_at, code: op.code };
}

function toSentOverlay(op: SentOperation): OverlayOperation {
  const { code, acked_at: at } = op;
  return { op, mark: code === "dropped" ? "dropped" : isQuarantined(op) ? "waiting" : "sent", at, code };
}

function toLocalOverlay(mark: "fix" | "queued"): (op: Operation & { code?: string }) => OverlayOperation {
  return (op) => ({ op, mark, at: null, code: op.code });
}

/** The next exchange asks for newer own days. */
export function askForOwnDays(accountId: string): Promise<unknown> {
  return inAccount(
    accountId,
    ["meta"],
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const state: ReplicaState | undefined = await meta.get("replica");
      if (state?.own_days) await meta.put({ ...state, days_version: state.own_days.version }, "replica");
    },
    "relaxed",
  );
}
