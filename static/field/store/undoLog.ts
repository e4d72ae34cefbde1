// The last operation of this phone and the content before it: what *Hoàn tác* can undo. After a quick mark these are the
// marks since anything else was done. It is written in the transaction that saves the operation. A visit without an entry,
// or without `before` in it, cannot be undone.

import type { VisitRow } from "../core/protocol.ts";
import { inAccount, type Transaction } from "./db.ts";
import type { NewOperation } from "./outbox.ts";

type EnteredField = "household_id" | "result" | "services" | "note" | "follow_up_on" | "needs" | "dropped_needs";
/** The fields that a person enters. */
export type VisitContent = Pick<VisitRow, EnteredField>;

/**
 * `quick`: recorded by one tap; `after`: the content that the operation wrote; `before`: the content before it, null if
 * there was no visit, absent if it cannot be restored.
 */
export type UndoEntry = {
  visit_id: string;
  op_id: string;
  quick: boolean;
  after: VisitContent;
  before?: VisitContent | null;
};

/** Enough for the quick marks of one street. */
const MAX_ENTRIES = 30;

/** @returns oldest first: one, or several quick marks */
export function loadUndoLog(accountId: string): Promise<UndoEntry[]> {
  return inAccount(accountId, ["meta"], "readonly", readUndoLog);
}

/**
 * The fields of a visit that a person enters.
 * @param visit the visit, or the data of an operation on it
 */
export function visitContent({
  household_id,
  result,
  services,
  note,
  follow_up_on,
  needs,
  dropped_needs,
}: VisitContent): VisitContent {
  return {
    household_id,
    result,
    services: services ?? [],
    note: note ?? "",
    follow_up_on: follow_up_on ?? null,
    ...(needs?.length ? { needs } : {}),
    ...(dropped_needs?.length ? { dropped_needs } : {}),
  };
}

/**
 * Puts the operation in place of what could be undone before. Another quick mark, or the undo of one, leaves the marks
 * before it. A withdrawal is final, and operations on other records have no undo: they have no entry.
 */
export async function addUndoEntry(tx: Transaction, { id, type, data, before }: NewOperation) {
  const visit_id = String(data.id);
  const log = await readUndoLog(tx);
  const own = log.find((entry) => entry.visit_id === visit_id);
  const entry = {
    visit_id,
    op_id: id,
    quick: data.quick === true,
    after: visitContent(data as Parameters<typeof visitContent>[0]),
    before,
  };
  const isOfMark = type === "visit.withdraw" ? own && isMark(own) : type === "visit.record" && isMark(entry);
  const entries = isOfMark ? log.filter((other) => other !== own && isMark(other)) : [];
  if (type === "visit.record" || type === "visit.amend") entries.push(entry);
  await tx.objectStore("meta").put(entries.slice(-MAX_ENTRIES), "undo_log");
}

/** Whether the entry is of a visit recorded by one tap, and nothing was done to it since. */
export function isMark({ quick, before }: UndoEntry) {
  return quick && before === null;
}

async function readUndoLog(tx: Transaction): Promise<UndoEntry[]> {
  return (await tx.objectStore("meta").get("undo_log")) ?? [];
}
