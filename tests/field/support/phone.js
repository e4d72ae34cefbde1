// The stores of a phone for tests, and its people: Lan of Thôn Đông and Nam of Thôn Tây.

import "fake-indexeddb/auto";
import * as accounts from "../../../static/field/store/accounts.ts";
import { announce } from "../../../static/field/store/changes.ts";
import { inAccount, inRegistry } from "../../../static/field/store/db.ts";
import * as outbox from "../../../static/field/store/outbox.ts";
import { allSent } from "../../../static/field/store/sentStore.ts";

export const DONG = { id: "dong", name: "Thôn Đông" };
export const TAY = { id: "tay", name: "Thôn Tây" };
export const LAN = { id: "lan", name: "Nguyễn Thị Lan", phone: "0900000001", hamlets: [DONG] };
export const NAM = { id: "nam", name: "Trần Văn Nam", phone: "0900000002", hamlets: [TAY] };

/** Deletes every database of this process. */
export async function newPhone() {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = () => reject(request.error);
    });
  }
}

/** Signs a person in on the phone. */
export function signIn(person, { epoch = "first", next_seq = 1, commune_id = "yen-binh" } = {}) {
  const { id, name, phone, hamlets } = person;
  const account = { id, name, role: "volunteer" };
  const commune = { commune_id, commune_name: "Xã Yên Bình" };
  return accounts.enrol({ device_id: `device-${id}`, account, ...commune, hamlets, epoch, next_seq }, phone);
}

let idCount = 0;

/** A UUID; the ids of a run are always the same. */
export function newId() {
  idCount += 1;
  return `00000000-0000-4000-8000-${String(idCount).padStart(12, "0")}`;
}

/** A time on the morning of 24/11/2026, as the phone writes it. */
export function minute(number) {
  return new Date(Date.UTC(2026, 10, 24, 1, number)).toISOString();
}

/** The data of a visit, without `quick`. */
export function visit(household_id, changes = {}) {
  const services = [{ code: "vneid_install", outcome: "did_it", people: 1 }];
  return { id: newId(), household_id, result: "helped", services, note: "", follow_up_on: null, ...changes };
}

/** Saves one operation; returns the result with its data and op_id. */
export async function save(accountId, type, data, { at = minute(0), id = newId(), ...rest } = {}) {
  const saved = await outbox.append(accountId, { id, type, data, at, ...rest });
  return { op_id: id, ...saved, data };
}

/** Records a visit. */
export function record(accountId, household_id, changes, rest) {
  const data = { ...visit(household_id, changes), quick: false };
  return save(accountId, "visit.record", data, { before: null, ...rest });
}

/** Opens another account of this phone, as its sign-in in another tab does. */
export async function switchAccount(accountId) {
  await inRegistry("readwrite", (tx) => tx.objectStore("settings").put(accountId, "open_account"));
  announce({ kind: "account" });
}

/** Every record of one store of an account; of `sent`, every operation. */
export function all(accountId, store) {
  return inAccount(accountId, [store], "readonly", (tx) =>
    store === "sent" ? allSent(tx) : tx.objectStore(store).getAll(),
  );
}

/** The op_ids in one store of an account, sorted. */
export async function opIds(accountId, store) {
  return (await all(accountId, store)).map(({ op_id }) => op_id).sort();
}

/** The readable rows of one kind by id, how many are stored in all generations, and the replica's state. */
export function replica(accountId, kind) {
  return inAccount(accountId, ["meta", `replica_${kind}`], "readonly", async (tx) => {
    const state = await tx.objectStore("meta").get("replica");
    const rows = await tx.objectStore(`replica_${kind}`).getAll();
    const readable = rows.filter(({ g }) => g === state.generation);
    return { state, stored: rows.length, rows: new Map(readable.map(({ g: _g, ...row }) => [row.id, row])) };
  });
}

export const KILLED = new DOMException("the phone is switched off", "Killed");

/**
 * Calls `fail` at every write to a database. If it throws, the write's transaction is aborted with that error. Returns
 * a function that ends this.
 */
export function interceptWrites(fail) {
  const methods = ["add", "put", "delete"];
  const originals = methods.map((method) => [method, IDBObjectStore.prototype[method]]);
  const aborted = new WeakSet();
  for (const [method, original] of originals) {
    IDBObjectStore.prototype[method] = function (...args) {
      try {
        fail(this.name, method, this);
      } catch ({ name }) {
        if (!aborted.has(this.transaction)) queueMicrotask(() => this.transaction._abort(name));
        aborted.add(this.transaction);
      }
      return original.apply(this, args);
    };
  }
  return () => {
    for (const [method, original] of originals) IDBObjectStore.prototype[method] = original;
  };
}

/** Whether the promise is rejected. */
export function rejects(work) {
  return work.then(
    () => false,
    () => true,
  );
}
