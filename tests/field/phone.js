// A phone for tests, with an empty memory: Lan's in Thôn Đông, Nam's in Thôn Tây.

import "fake-indexeddb/auto";
import * as accounts from "../../static/field/store/accounts.js";
import { announce } from "../../static/field/store/changes.js";
import { inAccount, inIndex } from "../../static/field/store/db.js";
import * as outbox from "../../static/field/store/outbox.js";

export const DONG = { id: "dong", name: "Thôn Đông" };
export const TAY = { id: "tay", name: "Thôn Tây" };
export const LAN = { id: "lan", name: "Nguyễn Thị Lan", phone: "0900000001", hamlets: [DONG] };
export const NAM = { id: "nam", name: "Trần Văn Nam", phone: "0900000002", hamlets: [TAY] };

/** Deletes all this process has stored, as a new phone has nothing. */
export async function newPhone() {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = () => reject(request.error);
    });
  }
}

/** Signs somebody in on the phone. */
export function signIn(person, { epoch = "first", next_seq = 1, commune_id = "yen-binh" } = {}) {
  const { id, name, phone, hamlets } = person;
  const account = { id, name, role: "volunteer" };
  return accounts.enrol({ device_id: `device-${id}`, account, commune_id, hamlets, epoch, next_seq }, phone);
}

let made = 0;

/** An id that looks like the browser's and is the same in every run. */
export function newId() {
  made += 1;
  return `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`;
}

/** Minute by minute through one morning, so that later is later. */
export function minute(number) {
  return new Date(Date.UTC(2026, 10, 24, 1, number)).toISOString();
}

export function visit(household_id, changes = {}) {
  const services = [{ code: "vneid_install", outcome: "did_it", people: 1 }];
  return { id: newId(), household_id, result: "helped", services, note: "", follow_up_on: null, ...changes };
}

/** Saves one operation; its data and its op_id come back. */
export async function save(accountId, type, data, { at = minute(0), id = newId(), ...rest } = {}) {
  const saved = await outbox.append(accountId, { id, type, data, at, ...rest });
  return { op_id: id, ...saved, data };
}

export function record(accountId, household_id, changes, rest) {
  const data = { ...visit(household_id, changes), quick: false };
  return save(accountId, "visit.record", data, { before: null, ...rest });
}

/** Another account of this phone is open from now on, as after its sign-in in another tab. */
export async function handOver(accountId) {
  await inIndex("readwrite", (tx) => tx.objectStore("settings").put(accountId, "open"));
  announce({ kind: "account" });
}

/** Every record of one store of an account. */
export function all(accountId, store) {
  return inAccount(accountId, [store], "readonly", (tx) => tx.objectStore(store).getAll());
}

/** The op_ids in one store of an account, sorted. */
export async function opIds(accountId, store) {
  return (await all(accountId, store)).map(({ op_id }) => op_id).sort();
}

/** The readable rows of one kind, by id, and where the replica stands. */
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
 * Lets the browser fail: `fail` is asked at every write and may throw, and the write's transaction is aborted with that
 * error. Returns the way back to normal.
 */
export function sabotage(fail) {
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

/** Whether the work failed. */
export function dies(work) {
  return work.then(
    () => false,
    () => true,
  );
}
