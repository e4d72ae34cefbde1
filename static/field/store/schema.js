// What the databases of this phone hold.

/** @typedef {import("../sync/protocol.js").Operation} Operation */

/**
 * An operation in `fixes`: the server refused it and a person must see to it.
 * @typedef {Operation & {code: string, fields: string[], refused_at: string}} Refused
 */

/**
 * An operation in `sent`: acknowledged under `acked_epoch`. With `until` it stands for a row that is not on this phone
 * yet, as long as the replica's row has no higher `feed_seq`, or waits for the commune's decision. `code` says why it is
 * kept apart, or that the commune has `dropped` it; `household_id`, of a withdrawal, where the visit was.
 * @typedef {Operation & {status: string, acked_at: string, acked_epoch: string, version?: number, until?: number,
 *   code?: string, household_id?: string}} Sent
 */

/**
 * Whether the server keeps it apart, for the commune to decide.
 * @param {Sent} op
 */
export function isApart({ status }) {
  return status === "conflict" || status === "quarantined";
}

/**
 * How far the replica is; written by sync/ only.
 * @typedef {object} ReplicaState
 * @property {number} generation the readable generation; 0 before the first download
 * @property {Filling} [filling] the generation being filled, if one is
 * @property {number} [cursor]
 * @property {string} [epoch]
 * @property {string} [scope]
 * @property {string[]} [hamlets] ids in scope
 * @property {number} turn grows with every answer applied: an answer to an older turn is not applied
 * @property {number} edition grows whenever what `book` shows may have changed
 * @property {string} [server_time] of the newest answer
 * @property {string} [last_exchange_at]
 * @property {string} [last_sent_at]
 * @property {import("../sync/protocol.js").BackupKeyRow} [backup_key] for whom files of what is not sent are made
 * @property {boolean} [erased] the commune has taken this phone out of service: it is given no rows any more
 * @property {number} [wait_until] the server asked not to be called before, milliseconds
 */

/** @typedef {{generation: number, cursor?: number, scope?: string}} Filling */

/**
 * @typedef {object} Account An account of this phone.
 * @property {string} account_id
 * @property {string} commune_id
 * @property {string} device_id
 * @property {string} name
 * @property {string} role
 * @property {{id: string, name: string}[]} hamlets
 * @property {number} households how many there were to download at sign-in; 0 if not known
 * @property {string} phone
 * @property {string} life random id of the account's storage on this phone
 * @property {boolean} signed_in
 * @property {boolean} [signed_out] somebody has signed out of it here: what the commune gave goes once nothing waits
 * @property {string} opened_at
 */

/** Where an operation of this phone is: waiting, acknowledged or refused. */
export const PLACES = ["outbox", "sent", "fixes"];

/** How long acknowledged operations and discarded numbers are kept, milliseconds. */
export const KEPT = 30 * 24 * 3_600_000;

export const KINDS = /** @type {const} */ (["household", "visit", "follow_up", "hamlet", "member", "service", "guide"]);
/** @typedef {typeof KINDS[number]} Kind */

/** @type {ReplicaState} */
export const NEW_REPLICA = { generation: 0, turn: 0, edition: 0 };

/**
 * The index: the accounts of this phone, and which is open.
 * @param {import("idb").IDBPDatabase<any>} db
 */
export function createIndex(db) {
  db.createObjectStore("accounts", { keyPath: "account_id" });
  db.createObjectStore("settings");
}

/**
 * An account's database: the replica by generation `g`, the queue and what became of it, drafts, and where things stand.
 * @param {import("idb").IDBPDatabase<any>} db
 */
export function createAccount(db) {
  for (const kind of KINDS) db.createObjectStore(`replica_${kind}`, { keyPath: ["g", "id"] });
  db.createObjectStore("outbox", { keyPath: "op_id" }).createIndex("by_seq", "seq");
  db.createObjectStore("fixes", { keyPath: "op_id" });
  const sent = db.createObjectStore("sent", { keyPath: "op_id" });
  sent.createIndex("by_acked", "acked_at");
  sent.createIndex("by_until", "until");
  db.createObjectStore("drafts", { keyPath: "key" });
  db.createObjectStore("meta");
}
