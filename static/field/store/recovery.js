// What is in one copy only, at the start of the app: the journal completes the databases, and they it. After a broken
// memory or a browser has emptied the databases, what was not sent comes back with its account, under its old numbers.

import { find, list } from "./accounts.js";
import { announce } from "./changes.js";
import { keepStanding, match, standingOf } from "./copies.js";
import { inAccount, inIndex } from "./db.js";
import * as journal from "./journal.js";
import { asMade, giveUp, lookUp } from "./places.js";
import { NEW_REPLICA, PLACES } from "./schema.js";

/** @typedef {import("./schema.js").Account} Account */
/** @typedef {import("./db.js").Transaction} Transaction */
/** @typedef {import("./journal.js").Entry} Entry */
/** @typedef {import("./journal.js").Standing} Standing */
/** @typedef {{standing: Standing | null, entries: Entry[]}} Found */
/** @typedef {{lost: Entry[], stale: string[], unwritten: string[], behind: boolean}} Difference */

/**
 * Completes each copy from the other, for every account. If the databases had forgotten everybody, the account that was
 * open last is open again; whether its session still stands, the server says.
 * @returns {Promise<number>} how many operations came back
 */
export async function recover() {
  if (!journal.isAble()) return 0;
  const [folders, known] = await Promise.all([journal.accountIds(), list()]);
  const ids = new Set([...folders, ...known.map(({ account_id }) => account_id)]);
  let restored = 0;
  for (const id of ids) restored += await complete(id);
  if (known.length === 0 && ids.size > 0) await reopen();
  return restored;
}

/**
 * @param {string} accountId
 * @returns {Promise<number>} how many operations came back
 */
async function complete(accountId) {
  const found = (await journal.read(accountId)) ?? { standing: null, entries: [] };
  // Without its owner's name an operation waits, as a file, for its owner to sign in.
  if (!(await find(accountId)) && !(await adopt(accountId, found.standing))) return 0;
  const { lost, stale, unwritten, behind } = await compare(accountId, found);
  if (lost.length || behind) await bringBack(accountId, found.standing, lost);
  for (const opId of unwritten) await match(accountId, opId);
  if (JSON.stringify(found.standing) !== JSON.stringify(await standingOf(accountId))) await keepStanding(accountId);
  await journal.remove(accountId, stale);
  if (lost.length) announce({ kind: "outbox", account_id: accountId });
  return lost.length;
}

/**
 * The phone knows the account again, signed out.
 * @param {string} accountId
 * @param {Standing | null} standing
 */
async function adopt(accountId, standing) {
  if (standing?.account?.account_id !== accountId) return false;
  await inIndex("readwrite", (tx) => tx.objectStore("accounts").put(standing.account));
  return true;
}

/**
 * How the copies differ. `lost`: only the journal has it; `stale`: it was acknowledged or given up since; `unwritten`:
 * it has no file, or none that can be read; `behind`: the database has forgotten its life or numbers it has given.
 * @param {string} accountId
 * @param {Found} found
 * @returns {Promise<Difference>}
 */
function compare(accountId, { standing, entries }) {
  return inAccount(accountId, [...PLACES, "meta"], "readonly", async (tx) => {
    const meta = tx.objectStore("meta");
    const [life, next, ...held] = await Promise.all([
      meta.get("life"),
      meta.get("next_seq"),
      tx.objectStore("outbox").getAllKeys(),
      tx.objectStore("fixes").getAllKeys(),
    ]);
    const waiting = new Set(/** @type {string[]} */ (held.flat()));
    const others = entries.filter(({ op }) => !waiting.has(op.op_id));
    const known = await Promise.all(others.map(({ op }) => lookUp(tx, op.op_id)));
    for (const { op } of entries) waiting.delete(op.op_id);
    return {
      lost: others.filter((_entry, place) => !known[place]),
      stale: others.filter((_entry, place) => known[place]).map(({ op }) => op.op_id),
      unwritten: [...waiting],
      behind: standing !== null && (life === undefined || standing.next_seq > (next ?? 1)),
    };
  });
}

/**
 * Does again, in the order of saving, what the lost transactions had done.
 * @param {string} accountId
 * @param {Standing | null} standing
 * @param {Entry[]} lost
 */
async function bringBack(accountId, standing, lost) {
  const entries = [...lost].sort((one, other) => one.op.seq - other.op.seq);
  await inAccount(accountId, [...PLACES, "drafts", "meta"], "readwrite", async (tx) => {
    await remember(tx, standing, entries);
    for (const entry of entries) await saveAgain(tx, entry);
  });
}

/**
 * @param {Transaction} tx
 * @param {Standing | null} standing
 * @param {Entry[]} entries
 */
async function remember(tx, standing, entries) {
  const meta = tx.objectStore("meta");
  const [life, next, discarded, replica] = await Promise.all(
    ["life", "next_seq", "discarded", "replica"].map((key) => meta.get(key)),
  );
  const state = replica ?? NEW_REPLICA;
  const numbers = [next ?? 1, standing?.next_seq ?? 1, ...entries.map(({ op }) => op.seq + 1)];
  const given = new Map([...(standing?.discarded ?? []), ...(discarded ?? [])].map((one) => [one.op_id, one]));
  await Promise.all([
    meta.put(life ?? standing?.account.life, "life"),
    meta.put(Math.max(...numbers), "next_seq"),
    meta.put([...given.values()], "discarded"),
    meta.put({ ...state, edition: state.edition + 1 }, "replica"),
    // What comes back may be newer than the acts that are known.
    meta.delete("acts"),
  ]);
}

/**
 * @param {Transaction} tx
 * @param {Entry} entry
 */
async function saveAgain(tx, { op, replaces = [], draft }) {
  if (await lookUp(tx, op.op_id)) return;
  for (const opId of replaces) {
    await giveUp(tx, opId, op.at);
    // What was refused comes back as something that waits.
    await giveUp(tx, opId, op.at, "outbox");
  }
  if (draft) await tx.objectStore("drafts").delete(draft);
  await tx.objectStore("outbox").put(asMade(op));
}

/** Opens the account that was signed in last; the others' sessions had ended when it was. */
async function reopen() {
  const reopened = await inIndex("readwrite", async (tx) => {
    const accounts = tx.objectStore("accounts");
    /** @type {Account[]} */
    const all = await accounts.getAll();
    const latest = all.sort((one, other) => other.opened_at.localeCompare(one.opened_at))[0];
    if (!latest?.signed_in || (await tx.objectStore("settings").get("open"))) return false;
    for (const other of all) await accounts.put({ ...other, signed_in: other === latest });
    await tx.objectStore("settings").put(latest.account_id, "open");
    return true;
  });
  if (reopened) announce({ kind: "account" });
}
