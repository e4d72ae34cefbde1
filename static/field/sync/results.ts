// Applies the results of an answer: where each operation goes, and the rows that come with the results.

import type {
  Answer,
  HouseholdRow,
  MinimalVisitRow,
  Operation,
  OperationResult,
  OutreachSessionRow,
  RemarkRow,
  VisitRow,
} from "../core/protocol.ts";
import { deleteAll, putAll, type Transaction } from "../store/db.ts";
import { numbersBetween, type QueueKey, queuedKeys } from "../store/outboxStore.ts";
import type { RefusedOperation, SentOperation } from "../store/schema.ts";
import { addSent } from "../store/sentStore.ts";
import { type VisitContent, visitContent } from "../store/undoLog.ts";
import { UNREVIEWED } from "../store/view/overlay.ts";
import { isRow, resultsById } from "./answer.ts";

type RecordRow = HouseholdRow | VisitRow | OutreachSessionRow | RemarkRow;
type RecordKind = "household" | "visit" | "outreach_session" | "remark";

type OperationOutcome = { op: Operation; result: OperationResult; before: RecordRow | undefined };

const RECORD_KINDS = ["household", "visit", "outreach_session", "remark"] as const;

/**
 * The operations in the outbox that the answer has a final result for, with the replica's rows of their records; and
 * the keys of all that the outbox has from the first to the last of the request's operations.
 */
export async function matchResults(
  tx: Transaction,
  generation: number,
  ops: Operation[],
  answer: Answer,
  accountId: string,
): Promise<{ outcomes: OperationOutcome[]; keys: QueueKey[] }> {
  if (ops.length === 0) return { outcomes: [], keys: [] };
  const results = resultsById(answer);
  const keys = await queuedKeys(tx, numbersBetween(ops[0].seq, ops[ops.length - 1].seq));
  const held = new Set(keys.map(([, opId]) => opId));
  const matched = ops.flatMap((op) => {
    const result = results.get(op.op_id);
    return held.has(op.op_id) && result && result.status !== "retry"
      ? { op, result: withWholeRow(op, result, accountId) }
      : [];
  });
  const rows = await Promise.all(
    matched.map((one) =>
      isNewRecord(one) || !isInReplica(one)
        ? undefined
        : tx.objectStore(`replica_${recordKind(one.op)}`).get([generation, recordId(one)]),
    ),
  );
  return { outcomes: matched.map((one, index) => ({ ...one, before: rows[index] })), keys };
}

/** The result with the whole row in place of the minimal one. */
function withWholeRow(op: Operation, result: OperationResult, accountId: string): OperationResult {
  const { minimal_row, ...others } = result;
  return minimal_row ? { ...others, row: recordedRow(op, minimal_row, accountId) } : result;
}

/** The whole row of a visit that the server has stored as it was sent, from its operation and the minimal row. */
function recordedRow({ at, data }: Operation, row: MinimalVisitRow, accountId: string): VisitRow {
  const content = visitContent(data as VisitContent);
  return { id: data.id, recorded_by: accountId, occurred_at: at, ...content, version: 1, review: UNREVIEWED, ...row };
}

/** Whether the server has just made the record: the replica cannot have its row. */
function isNewRecord({ op, result }: { op: Operation; result: OperationResult }) {
  return /\.(record|add)$/.test(op.type) && result.status === "applied";
}

/**
 * Puts the operations into `sent` or `fixes` and writes their rows. `written`: the rows written to the readable
 * generation, as `rowKey` names them.
 * @returns `acked`: op_ids
 */
export function storeOutcomes(
  tx: Transaction,
  generation: number,
  outcomes: OperationOutcome[],
  answer: Answer,
): { acked: string[]; refused: number; written: Set<string> } {
  const refused = outcomes.filter(({ result }) => result.status === "rejected");
  const acked = outcomes.filter(({ result }) => result.status !== "rejected");
  const refusals = refused.map((one) => toRefused(one, answer));
  const acknowledgements = acked.map((one) => ({ ...toSent(one, answer), ...withdrawnHousehold(one, outcomes) }));
  putAll(tx, "fixes", refusals);
  addSent(tx, acknowledgements);
  const written = new Set(RECORD_KINDS.flatMap((kind) => writeRows(tx, generation, kind, acked)));
  for (const key of writeFollowUps(tx, generation, acked, answer)) written.add(key);
  return { acked: acked.map(({ op }) => op.op_id), refused: refused.length, written };
}

/** A key for one state of a row. */
export function rowKey(kind: string, { id, feed_seq }: { id: string; feed_seq: number }) {
  return `${kind} ${id} ${feed_seq}`;
}

function toRefused({ op, result }: OperationOutcome, answer: Answer): RefusedOperation {
  return { ...op, code: result.code ?? "invalid", fields: result.fields ?? [], refused_at: answer.server_time };
}

function toSent({ op, result, before }: OperationOutcome, answer: Answer): SentOperation {
  const { acked_version, ...operation } = op;
  // The row beside a conflict was written by another operation: its version is not this operation's.
  const version = result.version ?? acked_version;
  const shown = isSettled(result) && isRow(result.row);
  return {
    ...operation,
    status: result.status,
    acked_at: answer.server_time,
    acked_epoch: answer.epoch,
    ...(version === undefined ? {} : { version }),
    ...(result.code === undefined ? {} : { code: result.code }),
    ...(shown ? {} : { until: Math.max(before?.feed_seq ?? 0, result.row?.feed_seq ?? 0) }),
  };
}

/** The household of a withdrawn visit: the row is deleted, and the operation does not contain it. */
function withdrawnHousehold({ op, before }: OperationOutcome, outcomes: OperationOutcome[]) {
  if (op.type !== "visit.withdraw") return {};
  const recorded = outcomes.find((other) => other.op.data.id === op.data.id && other.op.data.household_id);
  const household_id = recorded?.op.data.household_id ?? (before as VisitRow | undefined)?.household_id;
  return household_id ? { household_id } : {};
}

/**
 * Writes the server's rows of one kind that are newer than the replica's, and deletes withdrawn records.
 * @returns the rows written, as `rowKey` names them
 */
function writeRows(tx: Transaction, generation: number, kind: RecordKind, acked: OperationOutcome[]): string[] {
  const own = acked.filter(({ op }) => recordKind(op) === kind);
  const rows = newerRows(own).map((row) => ({ ...row, g: generation }));
  const withdrawn = own.filter(isWithdrawal).map(({ op }) => [generation, op.data.id]);
  putAll(tx, `replica_${kind}`, rows);
  deleteAll(tx, `replica_${kind}`, withdrawn);
  return rows.map((row) => rowKey(kind, row));
}

/**
 * Writes the page's follow-ups of acknowledged visits: with the visit's row in the replica, its operation does not show
 * the follow-up any more, and the page may not be written before the phone is without a network again.
 * @returns the rows written, as `rowKey` names them
 */
function writeFollowUps(tx: Transaction, generation: number, acked: OperationOutcome[], { changes }: Answer): string[] {
  const visits = new Set(acked.map(recordId));
  const rows = (changes.follow_up ?? []).filter(
    (row) => isRow(row) && (visits.has(row.id) || visits.has(row.closed_by ?? "")),
  );
  putAll(
    tx,
    "replica_follow_up",
    rows.map((row) => ({ ...row, g: generation })),
  );
  return rows.map((row) => rowKey("follow_up", row));
}

function newerRows(acked: OperationOutcome[]) {
  const newest = new Map(acked.map((one) => [recordId(one), one.before?.feed_seq ?? -1]));
  return acked.flatMap(({ result: { row } }) => {
    if (!row || !isRow(row) || row.feed_seq <= (newest.get(row.id) ?? -1)) return [];
    newest.set(row.id, row.feed_seq);
    return row;
  });
}

function isWithdrawal({ op, result }: OperationOutcome) {
  return op.type.endsWith(".withdraw") && isSettled(result) && !result.row;
}

function isSettled({ status }: OperationResult) {
  return status === "applied" || status === "duplicate";
}

/**
 * The id of the record that the result is about. If a household was merged meanwhile, the row is the one it was merged
 * into.
 */
function recordId({ op, result: { row } }: { op: Operation; result: OperationResult }): string {
  return row && isRow(row) ? row.id : op.data.id;
}

/** Of a citizen's request no phone gets a row. */
function isInReplica({ op }: { op: Operation }) {
  return !op.type.startsWith("request.");
}

function recordKind(op: Operation) {
  const [kind] = op.type.split(".");
  return kind === "outreach" ? "outreach_session" : kind;
}
