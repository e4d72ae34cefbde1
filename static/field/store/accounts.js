// The accounts of this phone. One is open at a time; each keeps its own queue, which never travels under another.

import { announce } from "./changes.js";
import { keepStanding } from "./copies.js";
import { inAccount, inIndex } from "./db.js";
import { NEW_REPLICA } from "./schema.js";

/** @typedef {import("./schema.js").Account} Account */

/**
 * @typedef {object} Enrolment What the server answers when a device signs in.
 * @property {string} device_id
 * @property {{id: string, name: string, role: string}} account
 * @property {string} commune_id
 * @property {{id: string, name: string}[]} hamlets
 * @property {number} [households] how many the first download brings
 * @property {string} [epoch]
 * @property {number} [next_seq]
 */

/**
 * What a phone says of itself when it signs in with this number: the device it was before, if it was one.
 * @typedef {{device_id?: string, life: string, next_seq?: number}} Introduction
 */

/** Where operations are that the server does not have. */
const UNSENT = ["outbox", "fixes"];

/**
 * The open account, or null.
 * @returns {Promise<Account | null>}
 */
export function current() {
  return inIndex("readonly", async (tx) => {
    const open = await tx.objectStore("settings").get("open");
    return open === undefined ? null : ((await tx.objectStore("accounts").get(open)) ?? null);
  });
}

/**
 * Every account this phone has had.
 * @returns {Promise<Account[]>}
 */
export function list() {
  return inIndex("readonly", (tx) => tx.objectStore("accounts").getAll());
}

/**
 * @param {string} accountId
 * @returns {Promise<Account | null>}
 */
export function find(accountId) {
  return inIndex("readonly", async (tx) => (await tx.objectStore("accounts").get(accountId)) ?? null);
}

/**
 * To be sent along with the invite code and `phone` to POST /api/v1/devices.
 * @param {string} phone
 * @returns {Promise<Introduction>}
 */
export async function introduction(phone) {
  const known = (await list()).filter((account) => digits(account.phone) === digits(phone));
  const [latest] = known.sort((one, other) => other.opened_at.localeCompare(one.opened_at));
  if (!latest) return { life: await newLife() };
  // What one of them has may become another's (`transfer`): together they give no number twice.
  const numbers = await Promise.all(known.map(({ account_id }) => nextSeq(account_id)));
  return { device_id: latest.device_id, life: latest.life, next_seq: Math.max(...numbers) };
}

/**
 * Stores what the server answered to a sign-in and opens that account. The session cookie belongs to it from now on,
 * so every other account of the phone is signed out.
 * @param {Enrolment} answer
 * @param {string} phone
 * @returns {Promise<Account>}
 */
export async function enrol(answer, phone) {
  const account_id = answer.account.id;
  const life = await prepare(account_id, answer, (await find(account_id))?.life ?? (await introduction(phone)).life);
  const { name, role } = answer.account;
  const { device_id, commune_id, hamlets, households = 0 } = answer;
  const opened_at = new Date().toISOString();
  const who = { account_id, commune_id, device_id, name, role, hamlets, households, phone };
  const account = { ...who, life, signed_in: true, opened_at };
  await inIndex("readwrite", async (tx) => {
    const accounts = tx.objectStore("accounts");
    const others = await accounts.getAll();
    await Promise.all([
      ...others.map((other) => accounts.put({ ...other, signed_in: false })),
      accounts.put(account),
      tx.objectStore("settings").put(account_id, "open"),
      tx.objectStore("settings").delete("life"),
      tx.objectStore("settings").delete("session_left"),
    ]);
  });
  await keepStanding(account_id);
  announce({ kind: "account" });
  return account;
}

/**
 * Signs the open account out on this phone; the server has still to hear of it. What it stored is seen to by
 * `clearSignedOut`; what is not sent stays.
 */
export async function close() {
  const closed = await inIndex("readwrite", async (tx) => {
    const open = await tx.objectStore("settings").get("open");
    const account = open === undefined ? undefined : await tx.objectStore("accounts").get(open);
    if (account) await tx.objectStore("accounts").put({ ...account, signed_in: false, signed_out: true });
    await tx.objectStore("settings").delete("open");
    await tx.objectStore("settings").put(true, "session_left");
    return open;
  });
  if (closed !== undefined) await keepStanding(closed);
  announce({ kind: "account" });
}

/**
 * Keeps the account's hamlets as the server names them now.
 * @param {string} accountId
 * @param {{id: string, name: string}[]} hamlets
 */
export async function assign(accountId, hamlets) {
  await inIndex("readwrite", async (tx) => {
    const account = await tx.objectStore("accounts").get(accountId);
    if (account) await tx.objectStore("accounts").put({ ...account, hamlets });
  });
  announce({ kind: "account" });
}

/**
 * How many operations of the phone's other accounts are not sent, be they waiting or in need of a fix.
 * @returns {Promise<number>}
 */
export async function unsentElsewhere() {
  const [accounts, open] = await Promise.all([list(), current()]);
  const others = accounts.filter((account) => account.account_id !== open?.account_id);
  const counts = others.map(({ account_id }) =>
    inAccount(account_id, UNSENT, "readonly", (tx) =>
      Promise.all(UNSENT.map((store) => tx.objectStore(store).count())),
    ),
  );
  return (await Promise.all(counts)).flat().reduce((sum, count) => sum + count, 0);
}

/**
 * Makes the account's storage ready: numbering goes on where the server or this phone has left off, whichever is later.
 * @param {string} accountId
 * @param {Enrolment} answer
 * @param {string} life
 * @returns {Promise<string>} the life of the storage
 */
function prepare(accountId, answer, life) {
  return inAccount(accountId, ["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [known, next, replica] = await Promise.all([meta.get("life"), meta.get("next_seq"), meta.get("replica")]);
    const state = replica ?? NEW_REPLICA;
    await Promise.all([
      meta.put(known ?? life, "life"),
      meta.put(Math.max(next ?? 1, answer.next_seq ?? 1), "next_seq"),
      meta.delete("declined"),
      // A known epoch is replaced by an exchange only, which heals the server in the same transaction.
      meta.put({ ...state, epoch: state.epoch ?? answer.epoch }, "replica"),
    ]);
    return known ?? life;
  });
}

/** @param {string} accountId */
async function nextSeq(accountId) {
  const next = await inAccount(accountId, ["meta"], "readonly", (tx) => tx.objectStore("meta").get("next_seq"));
  return next ?? 1;
}

/**
 * The random id that the next new storage of this phone will have; it is told to the server before the storage exists.
 * @returns {Promise<string>}
 */
function newLife() {
  return inIndex("readwrite", async (tx) => {
    const life = (await tx.objectStore("settings").get("life")) ?? crypto.randomUUID();
    await tx.objectStore("settings").put(life, "life");
    return life;
  });
}

/**
 * A Vietnamese number without what people write before it: *0900 000 001*, *+84 900 000 001* and *0084…* are the same.
 * @param {string} phone
 */
export function digits(phone) {
  return phone.replace(/\D/g, "").replace(/^(?:(?:00)?84|0)(?=\d{9,10}$)/, "");
}
