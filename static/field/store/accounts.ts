// The accounts of this phone. One is open at a time. Each has its own queue, which is only sent under that account.

import type { Operation } from "../core/protocol.ts";
import { announce } from "./changes.ts";
import { inAccount, inRegistry } from "./db.ts";
import { devicePublicKey } from "./deviceKey.ts";
import { updateManifest } from "./journal/journalSync.ts";
import { type Account, NEW_REPLICA, UNSENT_STORES } from "./schema.ts";

/** What the server answers when a device signs in. */
export type Enrolment = {
  device_id: string;
  account: { id: string; name: string; role: string };
  commune_id: string;
  /** as *Xã Yên Bình* */
  commune_name: string;
  hamlets: { id: string; name: string }[];
  /** how many the first download brings */
  households?: number;
  epoch?: string;
  next_seq?: number;
};

/**
 * How a phone identifies itself at sign-in: with the device that it was under this number before, if there was one.
 * `device_key`: the public half of the key that it signs its export files with.
 */
type DeviceIdentity = { device_id?: string; installation_id: string; next_seq?: number; device_key?: string };

/** The open account, or null. */
export function currentAccount(): Promise<Account | null> {
  return inRegistry("readonly", async (tx) => {
    const open = await tx.objectStore("settings").get("open_account");
    return open === undefined ? null : ((await tx.objectStore("accounts").get(open)) ?? null);
  });
}

/** Every account that has ever signed in on this phone. */
export function listAccounts(): Promise<Account[]> {
  return inRegistry("readonly", (tx) => tx.objectStore("accounts").getAll());
}

/** The other accounts of this number and commune. */
export function earlierOf(account: Account, accounts: Account[]) {
  const number = normalizePhone(account.phone);
  return accounts.filter(
    (other) =>
      other.commune_id === account.commune_id &&
      normalizePhone(other.phone) === number &&
      other.account_id !== account.account_id,
  );
}

export function findAccount(accountId: string): Promise<Account | null> {
  return inRegistry("readonly", async (tx) => (await tx.objectStore("accounts").get(accountId)) ?? null);
}

/** The fields that are sent to POST /api/v1/devices beside the invite code and `phone`. */
export async function deviceIdentity(phone: string): Promise<DeviceIdentity> {
  const known = (await listAccounts()).filter((account) => normalizePhone(account.phone) === normalizePhone(phone));
  const device_key = await devicePublicKey();
  const [latest] = known.sort((one, other) => other.opened_at.localeCompare(one.opened_at));
  if (!latest) return { installation_id: await newInstallationId(), device_key };
  // Operations may move from one of these accounts to another (transfer.ts), so a number of one is not given by
  // another.
  const numbers = await Promise.all(known.map(({ account_id }) => nextSeq(account_id)));
  const { device_id, installation_id } = latest;
  return { device_id, installation_id, next_seq: Math.max(...numbers), device_key };
}

/**
 * Stores the server's answer to a sign-in and opens that account. The session cookie now belongs to it, so every other
 * account of the phone is signed out.
 */
export async function enrol(answer: Enrolment, phone: string): Promise<Account> {
  const account_id = answer.account.id;
  const installation_id = await prepareStorage(
    account_id,
    answer,
    (await findAccount(account_id))?.installation_id ?? (await deviceIdentity(phone)).installation_id,
  );
  const { name, role } = answer.account;
  const { device_id, commune_id, commune_name, hamlets, households = 0 } = answer;
  const opened_at = new Date().toISOString();
  const who = { account_id, commune_id, commune_name, device_id, name, role, hamlets, households, phone };
  const account = { ...who, installation_id, signed_in: true, opened_at };
  await inRegistry("readwrite", async (tx) => {
    const accounts = tx.objectStore("accounts");
    const others = await accounts.getAll();
    await Promise.all([
      ...others.map((other) => accounts.put({ ...other, signed_in: false })),
      accounts.put(account),
      tx.objectStore("settings").put(account_id, "open_account"),
      tx.objectStore("settings").delete("installation_id"),
      tx.objectStore("settings").delete("session_to_end"),
    ]);
  });
  await updateManifest(account_id);
  announce({ kind: "account" });
  return account;
}

/**
 * Signs the open account out on this phone. `endSession` tells the server, and `clearSignedOut` removes what the
 * account stored; unsent operations stay.
 */
export async function closeAccount() {
  const closed = await inRegistry("readwrite", async (tx) => {
    const open = await tx.objectStore("settings").get("open_account");
    const account = open === undefined ? undefined : await tx.objectStore("accounts").get(open);
    const closing = { signed_in: false, signed_out: new Date().toISOString(), contacts: undefined };
    if (account) await tx.objectStore("accounts").put({ ...account, ...closing });
    await tx.objectStore("settings").delete("open_account");
    await tx.objectStore("settings").put(true, "session_to_end");
    return open;
  });
  if (closed !== undefined) await updateManifest(closed);
  announce({ kind: "account" });
}

/** Stores the account's hamlets as the server names them now. */
export function updateHamlets(accountId: string, hamlets: { id: string; name: string }[]) {
  return update(accountId, { hamlets });
}

/**
 * Stores the supervisors to call, before a revoked phone deletes its rows. The next sign-in or sign-out forgets them.
 */
export async function keepContacts(accountId: string) {
  const members: { id: string; name: string; phone?: string }[] = await inAccount(
    accountId,
    ["replica_member"],
    "readonly",
    (tx) => tx.objectStore("replica_member").getAll(),
  );
  // Of several generations the latest.
  const latest = [...new Map(members.map((row) => [row.id, row])).values()];
  const contacts = latest.flatMap(({ name, phone }) => (phone ? { name, phone } : []));
  if (contacts.length) await update(accountId, { contacts });
}

async function update(accountId: string, changes: Partial<Account>) {
  await inRegistry("readwrite", async (tx) => {
    const account = await tx.objectStore("accounts").get(accountId);
    if (account) await tx.objectStore("accounts").put({ ...account, ...changes });
  });
  announce({ kind: "account" });
}

/**
 * The operations on this phone that are not sent, queued or refused, by the person who recorded them.
 * @param exceptId an account to leave out
 */
export async function unsentByPerson(exceptId?: string): Promise<{ name: string; ops: Operation[] }[]> {
  const accounts = (await listAccounts()).filter(({ account_id }) => account_id !== exceptId);
  const people = accounts.map(async ({ account_id, name }) => {
    const ops = await inAccount(account_id, UNSENT_STORES, "readonly", (tx) =>
      Promise.all(UNSENT_STORES.map((store) => tx.objectStore(store).getAll())),
    );
    return { name, ops: ops.flat() };
  });
  return (await Promise.all(people)).filter(({ ops }) => ops.length > 0);
}

/**
 * Prepares the account's storage. Numbering continues from the server's next number or this phone's, whichever is
 * higher.
 * @returns the installation_id of the storage
 */
function prepareStorage(accountId: string, answer: Enrolment, installation_id: string): Promise<string> {
  return inAccount(accountId, ["meta"], "readwrite", async (tx) => {
    const meta = tx.objectStore("meta");
    const [known, next, replica] = await Promise.all([
      meta.get("installation_id"),
      meta.get("next_seq"),
      meta.get("replica"),
    ]);
    const state = replica ?? NEW_REPLICA;
    await Promise.all([
      meta.put(known ?? installation_id, "installation_id"),
      meta.put(Math.max(next ?? 1, answer.next_seq ?? 1), "next_seq"),
      meta.delete("declined_transfers"),
      // Only an exchange replaces a known epoch: it queues again, in the same transaction, what that epoch
      // acknowledged.
      meta.put({ ...state, epoch: state.epoch ?? answer.epoch }, "replica"),
    ]);
    return known ?? installation_id;
  });
}

async function nextSeq(accountId: string) {
  const next = await inAccount(accountId, ["meta"], "readonly", (tx) => tx.objectStore("meta").get("next_seq"));
  return next ?? 1;
}

/**
 * The id of the next storage on this phone. The server hears it at sign-in, before the storage exists, so it is saved
 * until then.
 */
function newInstallationId(): Promise<string> {
  return inRegistry("readwrite", async (tx) => {
    const installation_id = (await tx.objectStore("settings").get("installation_id")) ?? crypto.randomUUID();
    await tx.objectStore("settings").put(installation_id, "installation_id");
    return installation_id;
  });
}

/**
 * The digits of a Vietnamese phone number without its prefix: *0900 000 001*, *+84 900 000 001* and *0084…* are the
 * same.
 */
export function normalizePhone(phone: string) {
  return phone.replace(/\D/g, "").replace(/^(?:(?:00)?84|0)(?=\d{9,10}$)/, "");
}
