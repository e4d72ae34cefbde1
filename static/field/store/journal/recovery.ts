// Compares the journal with the databases at the start of the app and completes each from the other. If the databases
// were emptied, by the browser or by broken memory, unsent operations are restored with their account and their
// numbers.

import { findAccount, listAccounts } from "../accounts.ts";
import { announce } from "../changes.ts";
import { inAccount, inRegistry, type Transaction } from "../db.ts";
import { discardOperation, findOperation, withoutRefusal } from "../operationStores.ts";
import { type Account, NEW_REPLICA, OPERATION_STORES } from "../schema.ts";
import type { JournalEntry, Manifest } from "./journal.ts";
import * as journal from "./journal.ts";
import { buildManifest, unsentIds, updateEntry, updateManifest } from "./journalSync.ts";

type Journal = { manifest: Manifest | null; entries: JournalEntry[] };
type Difference = { lost: JournalEntry[]; stale: string[]; unwritten: string[]; behind: boolean };

/**
 * Completes each copy from the other, for every account. If the databases had no account, the account that was open
 * last is opened again; the server decides whether its session is still valid.
 * @returns how many operations were restored
 */
export async function recover(): Promise<number> {
  if (!journal.isSupported()) return 0;
  const [folders, known] = await Promise.all([journal.accountIds(), listAccounts()]);
  const ids = new Set([...folders, ...known.map(({ account_id }) => account_id)]);
  let restored = 0;
  for (const id of ids) restored += await reconcile(id);
  if (known.length === 0 && ids.size > 0) await reopenLatest();
  return restored;
}

/** @returns how many operations were restored */
async function reconcile(accountId: string): Promise<number> {
  const found = (await journal.readAccount(accountId)) ?? { manifest: null, entries: [] };
  // Without a manifest the account is unknown: its operations stay in files until it signs in.
  if (!(await findAccount(accountId)) && !(await restoreAccount(accountId, found.manifest))) return 0;
  const { lost, stale, unwritten, behind } = await compare(accountId, found);
  if (lost.length || behind) await restoreOperations(accountId, found.manifest, lost);
  // The manifest first: operations without one are not restored until their account signs in.
  if (JSON.stringify(found.manifest) !== JSON.stringify(await buildManifest(accountId)))
    await updateManifest(accountId);
  for (const opId of unwritten) await updateEntry(accountId, opId);
  await journal.removeEntries(accountId, stale);
  if (lost.length) announce({ kind: "outbox", account_id: accountId });
  return lost.length;
}

/** Adds the account from the manifest to the registry. False if there is none. */
async function restoreAccount(accountId: string, manifest: Manifest | null) {
  if (manifest?.account?.account_id !== accountId) return false;
  await inRegistry("readwrite", (tx) => tx.objectStore("accounts").put(manifest.account));
  return true;
}

/**
 * How the copies differ. `lost`: operations that only the journal has; `stale`: files of operations acknowledged or
 * discarded since; `unwritten`: operations without a readable file; `behind`: the database lacks its installation_id or
 * used numbers.
 */
function compare(accountId: string, { manifest, entries }: Journal): Promise<Difference> {
  return inAccount(accountId, [...OPERATION_STORES, "meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [installation_id, next, waiting] = await Promise.all([
      meta.get("installation_id"),
      meta.get("next_seq"),
      unsentIds(tx),
    ]);
    const others = entries.filter(({ op }) => !waiting.has(op.op_id));
    const known = await Promise.all(others.map(({ op }) => findOperation(tx, op.op_id)));
    for (const { op } of entries) waiting.delete(op.op_id);
    return {
      lost: others.filter((_entry, index) => !known[index]),
      stale: others.filter((_entry, index) => known[index]).map(({ op }) => op.op_id),
      unwritten: [...waiting],
      behind: manifest !== null && (installation_id === undefined || manifest.next_seq > (next ?? 1)),
    };
  });
}

/** Repeats the lost transactions in the order of saving. */
async function restoreOperations(accountId: string, manifest: Manifest | null, lost: JournalEntry[]) {
  const entries = [...lost].sort((one, other) => one.op.seq - other.op.seq);
  await inAccount(accountId, [...OPERATION_STORES, "drafts", "meta"], "readwrite", async (tx) => {
    await restoreNumbering(tx, manifest, entries);
    for (const entry of entries) await restoreOperation(tx, entry);
  });
}

async function restoreNumbering(tx: Transaction, manifest: Manifest | null, entries: JournalEntry[]) {
  const meta = tx.objectStore("meta");
  const [installation_id, next, discarded, replica] = await Promise.all(
    ["installation_id", "next_seq", "discarded", "replica"].map((key) => meta.get(key)),
  );
  const state = replica ?? NEW_REPLICA;
  const numbers = [next ?? 1, manifest?.next_seq ?? 1, ...entries.map(({ op }) => op.seq + 1)];
  const discardedById = new Map([...(manifest?.discarded ?? []), ...(discarded ?? [])].map((one) => [one.op_id, one]));
  await Promise.all([
    meta.put(installation_id ?? manifest?.account.installation_id, "installation_id"),
    meta.put(Math.max(...numbers), "next_seq"),
    meta.put([...discardedById.values()], "discarded"),
    meta.put(
      { ...state, export_key: state.export_key ?? manifest?.export_key, view_version: state.view_version + 1 },
      "replica",
    ),
    // The restored operations may be newer than the log's entries.
    meta.delete("undo_log"),
  ]);
}

async function restoreOperation(tx: Transaction, { op, replaces = [], draft }: JournalEntry) {
  if (await findOperation(tx, op.op_id)) return;
  for (const opId of replaces) {
    await discardOperation(tx, opId, op.at);
    // A restored operation is queued, even if it had been refused.
    await discardOperation(tx, opId, op.at, "outbox");
  }
  if (draft) await tx.objectStore("drafts").delete(draft);
  await tx.objectStore("outbox").put(withoutRefusal(op));
}

/** Opens the account that signed in last: that sign-in ended the sessions of the others. */
async function reopenLatest() {
  const reopened = await inRegistry("readwrite", async (tx) => {
    const accounts = tx.objectStore("accounts");
    const all: Account[] = await accounts.getAll();
    const latest = all.sort((one, other) => other.opened_at.localeCompare(one.opened_at))[0];
    if (!latest?.signed_in || (await tx.objectStore("settings").get("open_account"))) return false;
    for (const other of all) await accounts.put({ ...other, signed_in: other === latest });
    await tx.objectStore("settings").put(latest.account_id, "open_account");
    return true;
  });
  if (reopened) announce({ kind: "account" });
}
