// Clears what this phone has of households that were erased on request. Their rows leave with the rows of the page, as
// those of a household that has moved; what their tombstones say stays in `meta`. See docs/decisions/0144-erased-on-request.md
// and 0207-an-erasure-is-said-on-the-phone.md.

import type { Operation } from "../core/protocol.ts";
import { announce } from "../store/changes.ts";
import { inAccount, type Transaction } from "../store/db.ts";
import type { Values } from "../store/drafts.ts";
import { removeFromJournal } from "../store/journal/journalSync.ts";
import { discardOperation } from "../store/operationStores.ts";
import { ERASED, type SentOperation } from "../store/schema.ts";
import { allSent, removeSent } from "../store/sentStore.ts";
import type { UndoEntry } from "../store/undoLog.ts";

/** In `meta`: when this phone cleared something of an erased household last; Hôm nay says so for a day. */
export const CLEARED_AT = "erased_cleared_at";
const SAID_FOR_MS = 24 * 3_600_000;
const STORES = ["meta", "sent", "fixes", "drafts", "pages"];

/**
 * Clears sent and refused operations on erased households, drafts, what can be undone, and stored pages. What still
 * waits in the outbox is sent first: the server answers it without storing it, and then it goes too. The numbers of all
 * of it stay known: after a restore the server must not call them lost.
 * @returns whether Hôm nay says something else from now on
 */
export async function clearErased(accountId: string, now: Date) {
  const cleared = await inAccount(accountId, STORES, "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [aliases, sent, saidAt] = await Promise.all([meta.get("aliases"), allSent(tx), meta.get(CLEARED_AT)]);
    const households = Object.entries(aliases ?? {}).flatMap(([id, to]) => (to === ERASED ? id : []));
    const forgotten = sent.filter(({ code }) => code === ERASED).map(householdOf);
    if (households.length + forgotten.length === 0 && !saidAt) return null;
    // An older build has saved what was open as of a household that is called so.
    const ids = new Set([ERASED, ...households, ...forgotten]);
    const operations = sent.filter((op) => op.code === ERASED || ids.has(householdOf(op)));
    for (const { data } of operations) ids.add(data.id);
    await holdNumbers(tx, operations, now);
    const refused = await clearRefused(tx, ids, now);
    const others = [await clearDrafts(tx, ids), await clearUndoLog(tx, ids)];
    const isChanged = operations.length + refused.length + others.flat().length > 0;
    if (isChanged) await Promise.all([redraw(tx), meta.put(now.toISOString(), CLEARED_AT)]);
    const isOver = !isChanged && saidAt && now.getTime() - Date.parse(saidAt) > SAID_FOR_MS;
    if (isOver) await meta.delete(CLEARED_AT);
    return { opIds: [...operations.map(({ op_id }) => op_id), ...refused], isChanged: isChanged || Boolean(isOver) };
  });
  if (!cleared?.isChanged) return false;
  await removeFromJournal(accountId, cleared.opIds);
  announce({ kind: "replica", account_id: accountId });
  return true;
}

/** Deletes acknowledged operations; their numbers stay known, as those of what was discarded. */
async function holdNumbers(tx: Transaction, operations: SentOperation[], now: Date) {
  const meta = tx.objectStore("meta");
  const before = (await meta.get("discarded")) ?? [];
  const numbers = operations.map(({ op_id, seq }) => ({ op_id, seq, at: now.toISOString() }));
  if (numbers.length) await meta.put([...before, ...numbers], "discarded");
  await removeSent(
    tx,
    operations.map(({ op_id }) => op_id),
  );
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
