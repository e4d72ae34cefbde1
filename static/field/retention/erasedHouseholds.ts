// Clears what this phone has of households that were erased on request. Their rows leave with the rows of the page, as
// those of a household that has moved; the tombstone's `moved_to` stays among the aliases and names no household. See
// docs/decisions/0144-erased-on-request.md.

import type { Operation } from "../core/protocol.ts";
import { announce } from "../store/changes.ts";
import { inAccount, type Transaction } from "../store/db.ts";
import type { Values } from "../store/drafts.ts";
import { removeFromJournal } from "../store/journal/journalSync.ts";
import { discardOperation } from "../store/operationStores.ts";
import type { SentOperation } from "../store/schema.ts";
import { allSent, removeSent } from "../store/sentStore.ts";
import type { UndoEntry } from "../store/undoLog.ts";

/** `moved_to` of an erased household's tombstone, and the code of the result of an operation on it. */
const ERASED = "erased";
const STORES = ["meta", "sent", "fixes", "drafts", "pages"];

/**
 * Clears sent and refused operations on erased households, drafts, what can be undone, and stored pages. What still
 * waits in the outbox is sent first: the server answers it without storing it, and then it goes too.
 */
export async function clearErased(accountId: string, now: Date) {
  const cleared = await inAccount(accountId, STORES, "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [aliases, sent] = await Promise.all([meta.get("aliases"), allSent(tx)]);
    const households = Object.entries(aliases ?? {}).flatMap(([id, to]) => (to === ERASED ? id : []));
    const forgotten = sent.filter(({ code }) => code === ERASED).map(householdOf);
    const ids = new Set([...households, ...forgotten]);
    if (ids.size === 0) return null;
    const operations = sent.filter((op) => op.code === ERASED || ids.has(householdOf(op)));
    for (const { data } of operations) ids.add(data.id);
    await removeSent(
      tx,
      operations.map(({ op_id }) => op_id),
    );
    const refused = await clearRefused(tx, ids, now);
    const others = [await clearDrafts(tx, ids), await clearUndoLog(tx, ids)];
    const isChanged = operations.length + refused.length + others.flat().length > 0;
    if (isChanged) await redraw(tx);
    return { refused, isChanged };
  });
  if (!cleared?.isChanged) return;
  await removeFromJournal(accountId, cleared.refused);
  announce({ kind: "replica", account_id: accountId });
}

/** The household that an operation is about; of a withdrawal only what was sent knows it. */
function householdOf(op: Operation & Partial<SentOperation>): string {
  return op.type.startsWith("household.") ? op.data.id : (op.data.household_id ?? op.household_id ?? "");
}

/** Discards refused operations; their numbers stay known. @returns their ids */
async function clearRefused(tx: Transaction, ids: Set<string>, now: Date): Promise<string[]> {
  const all: Operation[] = await tx.objectStore("fixes").getAll();
  const opIds = all.filter((op) => ids.has(householdOf(op)) || ids.has(op.data.id)).map(({ op_id }) => op_id);
  for (const opId of opIds) await discardOperation(tx, opId, now.toISOString());
  return opIds;
}

/** A draft's key ends with the household or the visit that its form is for. */
async function clearDrafts(tx: Transaction, ids: Set<string>): Promise<string[]> {
  const store = tx.objectStore("drafts");
  const all: { key: string; values?: Values }[] = await store.getAll();
  const isErased = ({ key, values }: { key: string; values?: Values }) =>
    ids.has(key.slice(key.lastIndexOf(":") + 1)) || ids.has(String(values?.household_id));
  const keys = all.filter(isErased).map(({ key }) => key);
  for (const key of keys) await store.delete(key);
  return keys;
}

async function clearUndoLog(tx: Transaction, ids: Set<string>): Promise<UndoEntry[]> {
  const meta = tx.objectStore("meta");
  const log: UndoEntry[] = (await meta.get("undo_log")) ?? [];
  const isErased = ({ after, before }: UndoEntry) => ids.has(after.household_id) || ids.has(before?.household_id ?? "");
  const entries = log.filter(isErased);
  if (entries.length > 0)
    await meta.put(
      log.filter((entry) => !isErased(entry)),
      "undo_log",
    );
  return entries;
}

/** Stored pages may show it; with the new version no page that is being rendered is stored. */
async function redraw(tx: Transaction) {
  const meta = tx.objectStore("meta");
  const state = await meta.get("replica");
  await tx.objectStore("pages").clear();
  if (state) await meta.put({ ...state, view_version: state.view_version + 1 }, "replica");
}
