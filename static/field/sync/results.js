// The results of an answer, operation by operation: what each becomes, and the rows that come with them.

import { deleteAll, putAll } from "../store/db.js";
import { isRow, resultsOf } from "./answer.js";

/** @typedef {import("../store/schema.js").Refused} Refused */
/** @typedef {import("../store/schema.js").Sent} Sent */
/** @typedef {import("../store/db.js").Transaction} Transaction */
/** @typedef {import("./protocol.js").Answer} Answer */
/** @typedef {import("./protocol.js").HouseholdRow} HouseholdRow */
/** @typedef {import("./protocol.js").Operation} Operation */
/** @typedef {import("./protocol.js").OperationResult} OperationResult */
/** @typedef {import("./protocol.js").VisitRow} VisitRow */

/** @typedef {{op: Operation, result: OperationResult, before: HouseholdRow | VisitRow | undefined}} Judged */

/**
 * The operations still in the outbox that the answer judges, with the replica's rows of their records.
 * @param {Transaction} tx
 * @param {number} generation
 * @param {Operation[]} ops
 * @param {Answer} answer
 * @returns {Promise<Judged[]>}
 */
export async function judge(tx, generation, ops, answer) {
  const results = resultsOf(answer);
  const held = new Set(await tx.objectStore("outbox").getAllKeys());
  const judged = ops.flatMap((op) => {
    const result = results.get(op.op_id);
    return held.has(op.op_id) && result && result.status !== "retry" ? { op, result } : [];
  });
  const rows = await Promise.all(
    judged.map((one) => tx.objectStore(`replica_${kindOf(one.op)}`).get([generation, idOf(one)])),
  );
  return judged.map((one, place) => ({ ...one, before: rows[place] }));
}

/**
 * Moves the operations to `sent` or `fixes` and writes their rows. `written` says which rows of the readable generation
 * are the results' now, as `rowKey` names them.
 * @param {Transaction} tx
 * @param {number} generation
 * @param {Judged[]} judged
 * @param {Answer} answer
 * @returns {{acked: string[], refused: number, written: Set<string>}} `acked`: op_ids
 */
export function record(tx, generation, judged, answer) {
  const refused = judged.filter(({ result }) => result.status === "rejected");
  const acked = judged.filter(({ result }) => result.status !== "rejected");
  const refusals = refused.map((one) => refusal(one, answer));
  const acknowledgements = acked.map((one) => ({ ...acknowledgement(one, answer), ...whereWithdrawn(one, judged) }));
  putAll(tx, "fixes", refusals);
  putAll(tx, "sent", acknowledgements);
  const written = new Set([
    ...writeRows(tx, generation, "household", acked),
    ...writeRows(tx, generation, "visit", acked),
  ]);
  const settled = judged.map(({ op }) => op.op_id);
  deleteAll(tx, "outbox", settled);
  return { acked: acked.map(({ op }) => op.op_id), refused: refused.length, written };
}

/**
 * Names one state of a row.
 * @param {string} kind
 * @param {{id: string, feed_seq: number}} row
 */
export function rowKey(kind, { id, feed_seq }) {
  return `${kind} ${id} ${feed_seq}`;
}

/**
 * @param {Judged} judged
 * @param {Answer} answer
 * @returns {Refused}
 */
function refusal({ op, result }, answer) {
  return { ...op, code: result.code ?? "invalid", fields: result.fields ?? [], refused_at: answer.server_time };
}

/**
 * @param {Judged} judged
 * @param {Answer} answer
 * @returns {Sent}
 */
function acknowledgement({ op, result, before }, answer) {
  const { got, ...made } = op;
  // A row that comes beside a conflict is somebody else's write: its version is not this operation's.
  const version = result.version ?? got;
  const shown = isSettled(result) && isRow(result.row);
  return {
    ...made,
    status: result.status,
    acked_at: answer.server_time,
    acked_epoch: answer.epoch,
    ...(version === undefined ? {} : { version }),
    ...(result.code === undefined ? {} : { code: result.code }),
    ...(shown ? {} : { until: Math.max(before?.feed_seq ?? 0, result.row?.feed_seq ?? 0) }),
  };
}

/**
 * Where a withdrawn visit was: its row goes, and the operation does not say.
 * @param {Judged} one
 * @param {Judged[]} judged
 */
function whereWithdrawn({ op, before }, judged) {
  if (op.type !== "visit.withdraw") return {};
  const recorded = judged.find((other) => other.op.data.id === op.data.id && other.op.data.household_id);
  const household_id = recorded?.op.data.household_id ?? /** @type {VisitRow | undefined} */ (before)?.household_id;
  return household_id ? { household_id } : {};
}

/**
 * Writes the server's rows of one kind where they are newer than ours; a withdrawn visit has none.
 * @param {Transaction} tx
 * @param {number} generation
 * @param {"household" | "visit"} kind
 * @param {Judged[]} acked
 * @returns {string[]} the rows written, as `rowKey` names them
 */
function writeRows(tx, generation, kind, acked) {
  const own = acked.filter(({ op }) => kindOf(op) === kind);
  const rows = newerRows(own).map((row) => ({ ...row, g: generation }));
  const withdrawn = own.filter(isWithdrawn).map(({ op }) => [generation, op.data.id]);
  putAll(tx, `replica_${kind}`, rows);
  deleteAll(tx, `replica_${kind}`, withdrawn);
  return rows.map((row) => rowKey(kind, row));
}

/** @param {Judged[]} acked */
function newerRows(acked) {
  const newest = new Map(acked.map((one) => [idOf(one), one.before?.feed_seq ?? -1]));
  return acked.flatMap(({ result: { row } }) => {
    if (!row || !isRow(row) || row.feed_seq <= (newest.get(row.id) ?? -1)) return [];
    newest.set(row.id, row.feed_seq);
    return row;
  });
}

/** @param {Judged} judged */
function isWithdrawn({ op, result }) {
  return op.type === "visit.withdraw" && isSettled(result) && !result.row;
}

/** @param {OperationResult} result */
function isSettled({ status }) {
  return status === "applied" || status === "duplicate";
}

/**
 * The record whose row the result brings: a household merged meanwhile is the one it was merged into.
 * @param {{op: Operation, result: OperationResult}} judged
 * @returns {string}
 */
function idOf({ op, result: { row } }) {
  return row && isRow(row) ? row.id : op.data.id;
}

/** @param {Operation} op */
function kindOf(op) {
  return op.type.startsWith("visit.") ? "visit" : "household";
}
