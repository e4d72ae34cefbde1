// The stores of this phone's databases, and the types of their records.

import type { IDBPDatabase } from "idb";
import type {
  Answer,
  ClosedPeriods,
  ExportKeyRow,
  MovedCommune,
  Operation,
  OtherPhone,
  OwnDays,
  Question,
} from "../core/protocol.ts";

/** An operation in `fixes`: the server refused it, and a person has to correct or discard it. */
export type RefusedOperation = Operation & { code: string; fields: string[]; refused_at: string };

/**
 * An operation in `sent`: acknowledged in the epoch `acked_epoch`. If it has `until`, the overlay shows it until the
 * replica's row has a higher `feed_seq`, or until the commune has decided on it. `code` says why it is quarantined, or
 * that the commune has `dropped` it. `household_id`: of a withdrawal, the visit's household.
 */
export type SentOperation = Operation & {
  status: string;
  acked_at: string;
  acked_epoch: string;
  version?: number;
  until?: number;
  code?: string;
  household_id?: string;
};

/** Whether the server has quarantined it, until the commune decides. */
export function isQuarantined({ status }: SentOperation) {
  return status === "conflict" || status === "quarantined";
}

/** The replica's state; only sync/ writes it. */
export type ReplicaState = {
  /** the readable generation; 0 before the first download */
  generation: number;
  /** the generation being downloaded, if one is */
  loading?: LoadingGeneration;
  cursor?: number;
  epoch?: string;
  scope?: string;
  /** ids in scope */
  hamlets?: string[];
  /** when the phone heard last that the account has other hamlets */
  reassigned_at?: string;
  /** grows with every answer applied; an answer to a request of an older revision is dropped */
  revision: number;
  /** grows whenever the result of `loadView` may have changed */
  view_version: number;
  /** the server's time in the newest answer */
  last_exchange_at?: string;
  last_sent_at?: string;
  /** the key that export files are encrypted for */
  export_key?: ExportKeyRow;
  /** those that the server has sent last */
  closed_periods?: ClosedPeriods;
  /** what the server has counted of the account's owner, as it was sent last for this list */
  own_days?: OwnDays;
  /** their version, if newer ones are asked for */
  days_version?: string;
  /** the phone's time minus the server's at the newest answer, milliseconds */
  clock_offset?: number;
  /** the day on which the commune's months begin; the first if it is not set */
  month_start_day?: number;
  /** after how many days without contact the phone seals what it has; 30 if it is not set */
  silence_days?: number;
  /** what the commune has its members ask for */
  questions?: Question[];
  /** what Hôm nay says of a long silence, and for a day of erased households (static/field/retention/silence.ts) */
  silence?: string;
  /** how many records are sealed and not delivered, in words; empty if all are; undefined if none was sealed */
  encrypted?: string;
  /** the account leads a team */
  is_leader?: boolean;
  /** another phone that signed in with the account */
  other_phone?: OtherPhone;
  /** the commune has left this address */
  moved?: MovedCommune;
  /** the commune has revoked this phone: it receives no more rows */
  erased?: boolean;
  /** when the server may be called again, milliseconds */
  wait_until?: number;
};

/** `moved_to` of an erased household's tombstone, and the code of the result of an operation on it: no household's id. */
export const ERASED = "erased";

/** `aliases`: which household another was merged into, or that it was erased, as far as the download says. */
type LoadingGeneration = { generation: number; cursor?: number; scope?: string; aliases?: Record<string, string> };

/** An account of this phone. */
export type Account = {
  account_id: string;
  commune_id: string;
  /** as *Xã Yên Bình* */
  commune_name: string;
  device_id: string;
  name: string;
  role: string;
  hamlets: { id: string; name: string }[];
  /** how many there were to download at sign-in; 0 if not known */
  households: number;
  phone: string;
  /** random id of the account's storage on this phone */
  installation_id: string;
  signed_in: boolean;
  /** the supervisors to call, on a phone that was revoked */
  contacts?: { name: string; phone: string }[];
  /** when it was signed out on this phone (of earlier builds only that): its rows are deleted once nothing is unsent */
  signed_out?: string | boolean;
  opened_at: string;
};

/** The stores with operations that the server does not have. */
export const UNSENT_STORES = ["outbox", "fixes"];

/** The stores an operation can be in: queued, acknowledged or refused. */
export const OPERATION_STORES = ["outbox", "sent", "fixes"];

/** In `meta`: until when, in milliseconds, nothing is sent again that an earlier epoch acknowledged. */
export const RESEND_AT = "resend_at";

/** How long acknowledged operations and discarded numbers are stored. */
export const RETENTION_MS = 30 * 24 * 3_600_000;

export const KINDS = [
  "household",
  "visit",
  "follow_up",
  "outreach_session",
  "remark",
  "hamlet",
  "member",
  "service",
] as const;
export type Kind = (typeof KINDS)[number];

/** The stores of the replica, one for each kind of row. */
export const REPLICA_STORES = KINDS.map((kind) => `replica_${kind}`);

export const NEW_REPLICA: ReplicaState = { generation: 0, revision: 0, view_version: 0 };

/** What an answer has only if it is not the request's: the newest that the phone knows. */
export function keptFrom(
  { export_key, closed_periods, own_days, reset, erase }: Answer,
  state: ReplicaState,
): Pick<ReplicaState, "export_key" | "closed_periods" | "own_days"> {
  return {
    export_key: export_key ?? state.export_key,
    closed_periods: closed_periods ?? state.closed_periods,
    own_days: reset || erase ? undefined : (own_days ?? state.own_days),
  };
}

/** The registry: the accounts of this phone, which one is open, and files of other phones to be delivered. */
export function createRegistry(db: IDBPDatabase) {
  db.createObjectStore("accounts", { keyPath: "account_id" });
  db.createObjectStore("settings");
  db.createObjectStore("carried_files", { keyPath: "id" });
}

/**
 * An account's database: the replica's rows by generation `g`, the operations, drafts, rendered
 * pages, and state and counters (`meta`).
 */
export function createAccountDatabase(db: IDBPDatabase) {
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
