// The stores of this phone's databases, and the types of their records.

/** @typedef {import("../core/protocol.ts").Operation} Operation */

/**
 * An operation in `fixes`: the server refused it, and a person has to correct or discard it.
 * @typedef {Operation & {code: string, fields: string[], refused_at: string}} RefusedOperation
 */

/**
 * An operation in `sent`: acknowledged in the epoch `acked_epoch`. If it has `until`, the overlay shows it until the
 * replica's row has a higher `feed_seq`, or until the commune has decided on it. `code` says why it is quarantined, or
 * that the commune has `dropped` it. `household_id`: of a withdrawal, the visit's household.
 * @typedef {Operation & {status: string, acked_at: string, acked_epoch: string, version?: number, until?: number,
 *   code?: string, household_id?: string}} SentOperation
 */

/**
 * Whether the server has quarantined it, until the commune decides.
 * @param {SentOperation} op
 */
export function isQuarantined({ status }) {
  return status === "conflict" || status === "quarantined";
}

/**
 * The replica's state; only sync/ writes it.
 * @typedef {object} ReplicaState
 * @property {number} generation the readable generation; 0 before the first download
 * @property {LoadingGeneration} [loading] the generation being downloaded, if one is
 * @property {number} [cursor]
 * @property {string} [epoch]
 * @property {string} [scope]
 * @property {string[]} [hamlets] ids in scope
 * @property {string} [reassigned_at] when the phone heard last that the account has other hamlets
 * @property {number} revision grows with every answer applied; an answer to a request of an older revision is dropped
 * @property {number} view_version grows whenever the result of `loadView` may have changed
 * @property {string} [server_time] of the newest answer
 * @property {string} [last_exchange_at]
 * @property {string} [last_sent_at]
 * @property {import("../core/protocol.ts").ExportKeyRow} [export_key] the key that export files are encrypted for
 * @property {import("../core/protocol.ts").ClosedPeriods} [closed_periods] those that the server has sent last
 * @property {number} [clock_offset] the phone's time minus the server's at the newest answer, milliseconds
 * @property {number} [month_start_day] the day on which the commune's months begin; the first if it is not set
 * @property {boolean} [is_leader] the account leads a team
 * @property {import("../core/protocol.ts").OtherPhone} [other_phone] another phone that signed in with the account
 * @property {boolean} [erased] the commune has revoked this phone: it receives no more rows
 * @property {number} [wait_until] when the server may be called again, milliseconds
 */

/**
 * @typedef {{generation: number, cursor?: number, scope?: string, aliases?: Record<string, string>}} LoadingGeneration
 * `aliases`: which household another was merged into, as far as the download says.
 */

/**
 * @typedef {object} Account An account of this phone.
 * @property {string} account_id
 * @property {string} commune_id
 * @property {string} commune_name as *Xã Yên Bình*
 * @property {string} device_id
 * @property {string} name
 * @property {string} role
 * @property {{id: string, name: string}[]} hamlets
 * @property {number} households how many there were to download at sign-in; 0 if not known
 * @property {string} phone
 * @property {string} installation_id random id of the account's storage on this phone
 * @property {boolean} signed_in
 * @property {{name: string, phone: string}[]} [contacts] the supervisors to call, on a phone that was revoked
 * @property {string | boolean} [signed_out] when it was signed out on this phone (of earlier builds only that): its rows are
 *   deleted once nothing is unsent
 * @property {string} opened_at
 */

/** The stores with operations that the server does not have. */
export const UNSENT_STORES = ["outbox", "fixes"];

/** The stores an operation can be in: queued, acknowledged or refused. */
export const OPERATION_STORES = ["outbox", "sent", "fixes"];

/** How long acknowledged operations and discarded numbers are stored. */
export const RETENTION_MS = 30 * 24 * 3_600_000;

export const KINDS = /** @type {const} */ ([
  "household",
  "visit",
  "follow_up",
  "outreach_session",
  "remark",
  "hamlet",
  "member",
  "service",
]);
/** @typedef {typeof KINDS[number]} Kind */

/** The stores of the replica, one for each kind of row. */
export const REPLICA_STORES = KINDS.map((kind) => `replica_${kind}`);

/** @type {ReplicaState} */
export const NEW_REPLICA = { generation: 0, revision: 0, view_version: 0 };

/**
 * What an answer has only if it is not the request's: the newest that the phone knows.
 * @param {import("../core/protocol.ts").Answer} answer
 * @param {ReplicaState} state
 * @returns {Pick<ReplicaState, "export_key" | "closed_periods">}
 */
export function keptFrom({ export_key, closed_periods }, state) {
  return { export_key: export_key ?? state.export_key, closed_periods: closed_periods ?? state.closed_periods };
}

/**
 * The registry: the accounts of this phone, which one is open, and files of other phones to be delivered.
 * @param {import("idb").IDBPDatabase<any>} db
 */
export function createRegistry(db) {
  db.createObjectStore("accounts", { keyPath: "account_id" });
  db.createObjectStore("settings");
  db.createObjectStore("carried_files", { keyPath: "id" });
}

/**
 * An account's database: the replica's rows by generation `g`, the operations, drafts, rendered
 * pages, and state and counters (`meta`).
 * @param {import("idb").IDBPDatabase<any>} db
 */
export function createAccountDatabase(db) {
  for (const store of REPLICA_STORES) db.createObjectStore(store, { keyPath: ["g", "id"] });
  // In the order of saving, so that an answer removes what it settles as one range (outboxStore.ts).
  db.createObjectStore("outbox", { keyPath: ["seq", "op_id"] }).createIndex("by_op", "op_id", { unique: true });
  db.createObjectStore("fixes", { keyPath: "op_id" });
  // sentStore.ts has the form of its records.
  const sent = db.createObjectStore("sent", { autoIncrement: true });
  sent.createIndex("by_op", "op_ids", { multiEntry: true });
  sent.createIndex("by_acked", "acked_at");
  sent.createIndex("by_until", "until");
  // Guides are the commune's and not of one scope: they outlive the generations of the replica (guides.ts).
  db.createObjectStore("guides", { keyPath: "id" });
  db.createObjectStore("drafts", { keyPath: "key" });
  db.createObjectStore("pages", { keyPath: "path" });
  db.createObjectStore("meta");
}
