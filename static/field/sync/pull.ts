// Writes an answer's rows to the replica. After a reset they go into a new generation; the old one stays readable until
// the last page is written.

import type { Answer, TombstoneRow } from "../core/protocol.ts";
import { deleteAll, inAccount, putAll, type Transaction } from "../store/db.ts";
import {
  isQuarantined,
  KINDS,
  type Kind,
  NEW_REPLICA,
  REPLICA_STORES,
  RETENTION_MS,
  type ReplicaState,
  type SentOperation,
} from "../store/schema.ts";
import { changeSent } from "../store/sentStore.ts";
import { rowKey } from "./results.ts";
import { ERASED_GENERATION } from "./scope.ts";

type ReceivedRow = { id?: string; code?: string; feed_seq: number };
type StoredRow = ReceivedRow & { id: string };
/** `repeated`: the replica has this row already. */
type Change = { kind: Kind; row: StoredRow; repeated: boolean };

/** Rows written in one transaction. 100 to 500 were measured as equally fast; a save waits for at most one batch. */
const BATCH_ROWS = 500;
const STORES = ["meta", "sent", ...REPLICA_STORES];
/** The changes to a quarantined operation, by the kind of `tombstone` that brings the decision. */
const DECISIONS: Record<string, Partial<SentOperation>> = {
  operation: { status: "quarantined", code: "dropped" },
  accepted: { status: "applied", code: "" },
  reopened: { status: "quarantined" },
};
/** The scope of an erased replica. */
const ERASED = "erased";

/**
 * Writes a page in batches; the cursor is written with the last one. Returns the replica's revision after it, or null
 * if another run has applied an answer meanwhile: the remaining batches are then not written.
 * @param written what the answer's results have written already
 */
export async function writePage(
  accountId: string,
  { revision, written }: { revision: number; written: Set<string> },
  answer: Answer,
): Promise<number | null> {
  const rows = KINDS.flatMap((kind) => (answer.changes[kind] ?? []).map((row) => toChange(kind, row, written)));
  let offset = 0;
  let next = revision;
  do {
    const batch = rows.slice(offset, offset + BATCH_ROWS);
    const isLast = offset + BATCH_ROWS >= rows.length;
    if (!(await writeBatch(accountId, next, batch, isLast ? answer : null))) return null;
    next += 1;
    offset += BATCH_ROWS;
  } while (offset < rows.length);
  return next;
}

/** Deletes generations that are not in use, and acknowledged operations and discarded numbers older than 30 days. */
export async function purgeExpired(accountId: string) {
  await inAccount(
    accountId,
    STORES,
    "readwrite",
    async (tx) => {
      const meta = tx.objectStore("meta");
      const [replica, discarded] = await Promise.all([meta.get("replica"), meta.get("discarded")]);
      const state = replica ?? NEW_REPLICA;
      const before = new Date(Date.parse(state.last_exchange_at ?? "1970-01-01") - RETENTION_MS).toISOString();
      const expired = await tx.objectStore("sent").index("by_acked").getAllKeys(IDBKeyRange.upperBound(before));
      const recent = (discarded ?? []).filter(({ at }: { at: string }) => at > before);
      if (recent.length !== discarded?.length) await meta.put(recent, "discarded");
      deleteAll(tx, "sent", expired);
      for (const store of REPLICA_STORES) deleteAll(tx, store, staleRanges(state));
    },
    "relaxed",
  );
}

/** @param answer the answer, if this is its last batch */
function writeBatch(accountId: string, revision: number, batch: Change[], answer: Answer | null) {
  return inAccount(
    accountId,
    STORES,
    "readwrite",
    async (tx) => {
      const state: ReplicaState = await tx.objectStore("meta").get("replica");
      if (state.revision !== revision) return false;
      const written = await writeRows(tx, state, batch);
      const tombstones = answer?.changes.tombstone ?? [];
      const removed = await removeRows(tx, state, tombstones);
      const decided = await applyDecisions(tx, tombstones);
      const moved = answer ? await storeAliases(tx, state, advancePosition(state, answer), tombstones) : state;
      const changed = moved.generation !== state.generation || decided + (state.loading ? 0 : written + removed) > 0;
      const view_version = state.view_version + Number(changed);
      await tx.objectStore("meta").put({ ...moved, revision: revision + 1, view_version }, "replica");
      return true;
    },
    "relaxed",
  );
}

function toChange(kind: Kind, row: ReceivedRow, written: Set<string>): Change {
  const keyed = { ...row, id: (row.id ?? row.code) as string };
  return { kind, row: keyed, repeated: written.has(rowKey(kind, keyed)) };
}

/**
 * A generation being downloaded receives rows in rising order only, so there is nothing to compare. In the readable one
 * a result may have written a newer row already.
 */
async function writeRows(tx: Transaction, state: ReplicaState, batch: Change[]) {
  const g = (state.loading ?? state).generation;
  const changes = state.loading ? batch : await newerChanges(tx, g, batch);
  for (const kind of KINDS) {
    const rows = changes.filter((change) => change.kind === kind).map(({ row }) => ({ ...row, g }));
    putAll(tx, `replica_${kind}`, rows);
  }
  return changes.length;
}

async function newerChanges(tx: Transaction, g: number, batch: Change[]) {
  const changes = batch.filter(({ repeated }) => !repeated);
  const known = await Promise.all(changes.map(({ kind, row }) => storedRow(tx, kind, g, row.id)));
  return changes.filter(({ row }, index) => row.feed_seq > (known[index]?.feed_seq ?? -1));
}

/** Deletes rows that left a hamlet, except those that have moved to another hamlet of this phone or are newer. */
async function removeRows(tx: Transaction, state: ReplicaState, tombstones: TombstoneRow[]) {
  const g = (state.loading ?? state).generation;
  const ours = tombstones.filter(({ kind }) => KINDS.includes(kind as Kind));
  const rows = await Promise.all(ours.map(({ kind, id }) => storedRow(tx, kind as Kind, g, id)));
  const removed = ours.filter(({ hamlet_id, feed_seq }, index) => {
    const row = rows[index];
    return row && row.feed_seq < feed_seq && (row.hamlet_id ?? hamlet_id) === hamlet_id;
  });
  for (const { kind, id } of removed) deleteAll(tx, `replica_${kind}`, [[g, id]]);
  return removed.length + ours.filter(({ kind }) => kind === "household").length;
}

/**
 * Stores which household another was merged into: links, drafts and queued operations name the merged one. One that has
 * left in another way since is merged no more, and those of a generation come with it: both may be all that the phone
 * hears of a merge that was undone.
 * @param state before the page
 * @param moved after it
 */
async function storeAliases(
  tx: Transaction,
  state: ReplicaState,
  moved: ReplicaState,
  tombstones: TombstoneRow[],
): Promise<ReplicaState> {
  const meta = tx.objectStore("meta");
  const aliases = { ...(state.loading ? state.loading.aliases : await meta.get("aliases")) };
  const left = tombstones.filter(({ kind }) => kind === "household").sort((a, b) => a.feed_seq - b.feed_seq);
  for (const { id, moved_to } of left) {
    if (moved_to) aliases[id] = moved_to;
    else delete aliases[id];
  }
  if (moved.loading) return { ...moved, loading: { ...moved.loading, aliases } };
  if (state.loading || left.length > 0) await meta.put(aliases, "aliases");
  return moved;
}

/**
 * Applies the commune's decisions to this phone's operations that were quarantined. Decisions on others' operations
 * find none here.
 */
async function applyDecisions(tx: Transaction, tombstones: TombstoneRow[]) {
  const decisions = new Map(tombstones.filter(({ kind }) => kind in DECISIONS).map((one) => [one.id, one]));
  let decided = 0;
  await changeSent(tx, [...decisions.keys()], (op) => {
    const decision = decisions.get(op.op_id);
    // Only *Nhận* changes nothing of what is applied: the phone may have missed the undo of an earlier decision.
    if (!decision || (decision.kind === "accepted" && !isQuarantined(op))) return op;
    decided += 1;
    const until = Math.max(op.until ?? 0, decision.feed_seq);
    return { ...op, code: decision.moved_to ?? "", ...DECISIONS[decision.kind], until };
  });
  return decided;
}

function storedRow(tx: Transaction, kind: Kind, g: number, id: string) {
  return tx.objectStore(`replica_${kind}`).get([g, id]);
}

/**
 * The replica's state after the whole page: the last page of a new generation makes it the readable one. An erased
 * replica has a scope that no account has, so that the phone downloads anew if it is allowed again.
 */
function advancePosition(state: ReplicaState, { cursor, scope, more, erase }: Answer): ReplicaState {
  if (erase) return { ...state, generation: ERASED_GENERATION, loading: undefined, cursor, scope: ERASED };
  if (!state.loading) return { ...state, cursor, scope };
  if (more) return { ...state, loading: { ...state.loading, cursor, scope } };
  return { ...state, generation: state.loading.generation, loading: undefined, cursor, scope };
}

/** The key ranges of all generations except the readable one and the one being downloaded, whose number is higher. */
function staleRanges({ generation, loading }: ReplicaState) {
  const earlier = IDBKeyRange.upperBound([generation], true);
  const between = loading && IDBKeyRange.bound([generation, []], [loading.generation], false, true);
  return [earlier, between ?? IDBKeyRange.lowerBound([generation, []])];
}
