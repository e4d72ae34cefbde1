// Generated from app/sync/protocol.py by `.venv/bin/python service_worker/protocol_types.py`; do not edit.

export const BUILD = "0.1.0";
export const PROTO = 1;
export const MAX_OPERATIONS = 200;
export const MAX_REQUEST_BYTES = 524_288;
export const MAX_HELD = 20_000;
/** The newest version of each operation's data. */
export const VERSIONS = {
  "household.add": 1,
  "household.amend": 1,
  "visit.record": 2,
  "visit.amend": 1,
  "visit.withdraw": 1,
};

/**
 * Data of `household.add`.
 * @typedef {object} AddHousehold
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string} head_name
 * @property {string | null} [house_no]
 * @property {string | null} [alley]
 * @property {string | null} [phone]
 * @property {boolean} [phone_consent]
 */

/**
 * Data of `household.amend`: only the fields that change, and the version they were written upon.
 * @typedef {object} AmendHousehold
 * @property {string} id
 * @property {number} base_version
 * @property {string | null} [head_name]
 * @property {string | null} [house_no]
 * @property {string | null} [alley]
 * @property {string | null} [phone]
 * @property {boolean} [phone_consent]
 * @property {"active" | "moved" | "empty" | "mistake" | null} [state]
 */

/**
 * One service in a visit; `people` counts persons, or applications where the catalog says so.
 * @typedef {object} ServiceGiven
 * @property {string} code
 * @property {string} outcome
 * @property {number} people
 */

/**
 * Data of `visit.record`; `quick`: by one tap on *Ghi nhanh*.
 * @typedef {object} RecordVisit
 * @property {string} id
 * @property {string} household_id
 * @property {"helped" | "come_back" | "not_home" | "not_needed"} result
 * @property {ServiceGiven[]} services
 * @property {string | null} [note]
 * @property {string | null} [follow_up_on]
 * @property {boolean} quick
 */

/**
 * Data of `visit.amend`: the whole visit anew, and the version it was written upon.
 * @typedef {object} AmendVisit
 * @property {string} id
 * @property {string} household_id
 * @property {"helped" | "come_back" | "not_home" | "not_needed"} result
 * @property {ServiceGiven[]} services
 * @property {string | null} [note]
 * @property {string | null} [follow_up_on]
 * @property {number} base_version
 */

/**
 * Data of `visit.withdraw`. Withdrawal is final.
 * @typedef {object} WithdrawVisit
 * @property {string} id
 */

/**
 * One thing a person did on the phone. `seq` numbers a device's operations without gaps.
 *
 * `epoch` names the server history it was made in (absent from phones that never heard one).
 * @typedef {object} Operation
 * @property {string} op_id
 * @property {number} seq
 * @property {OperationType} type
 * @property {number} v
 * @property {string} commune_id
 * @property {string} at
 * @property {Record<string, any>} data
 * @property {string} [epoch]
 * @property {number} [got]
 */

/**
 * What the phone says of its outbox: how many wait, since when, which numbers it still holds.
 * @typedef {object} Queue
 * @property {number} count
 * @property {string | null} [oldest_at]
 * @property {number} next_seq
 * @property {number[]} held
 */

/**
 * One exchange, outer part. `ops` are judged one by one as `Operation`.
 *
 * `once`: rows that stand in the results need not stand in the changes as well. A phone that fills a new
 * copy of everything leaves it out: results are written to the copy it reads. `key`: of its backup files.
 * @typedef {object} Request
 * @property {number} proto
 * @property {string} build
 * @property {string} device_id
 * @property {string} sent_at
 * @property {string | null} [epoch]
 * @property {string | null} [scope]
 * @property {number | null} [cursor]
 * @property {Queue} queue
 * @property {boolean} [once]
 * @property {string | null} [key]
 * @property {Operation[]} ops
 */

/**
 * A household as phones keep it.
 * @typedef {object} HouseholdRow
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string} head_name
 * @property {string} house_no
 * @property {string} alley
 * @property {string | null} phone
 * @property {string} state
 * @property {number} version
 * @property {number} feed_seq
 */

/**
 * The newest decision on a visit.
 * @typedef {object} ReviewRow
 * @property {string} state
 * @property {string} reason
 * @property {string} field
 * @property {string} note
 * @property {string | null} at
 */

/**
 * A visit as phones keep it; `note` only for its author.
 * @typedef {object} VisitRow
 * @property {string} id
 * @property {string} household_id
 * @property {string} hamlet_id
 * @property {string} recorded_by
 * @property {string} occurred_at
 * @property {string | null} received_at
 * @property {string | null} counted_on
 * @property {string} result
 * @property {ServiceGiven[]} services
 * @property {string} note
 * @property {string | null} follow_up_on
 * @property {number} version
 * @property {ReviewRow} review
 * @property {number} feed_seq
 */

/**
 * What became of one operation. `row` is the server's row, only if in the actor's scope.
 * @typedef {object} OperationResult
 * @property {string} op_id
 * @property {"applied" | "duplicate" | "rejected" | "conflict" | "quarantined" | "retry"} status
 * @property {string} [kind]
 * @property {HouseholdRow | VisitRow} [row]
 * @property {number} [version]
 * @property {string} [code]
 * @property {string[]} [fields]
 */

/**
 * A promise to return.
 * @typedef {object} FollowUpRow
 * @property {string} id
 * @property {string} household_id
 * @property {string} due_on
 * @property {string | null} closed_by
 * @property {number} feed_seq
 */

/**
 * A hamlet or a member.
 * @typedef {object} NameRow
 * @property {string} id
 * @property {string} name
 * @property {number} feed_seq
 */

/**
 * A service of the catalog.
 * @typedef {object} ServiceRow
 * @property {string} code
 * @property {string} pillar
 * @property {{vi: string, en: string}} label
 * @property {string[]} outcomes
 * @property {string[]} first
 * @property {number} order
 * @property {string} unit
 * @property {number} feed_seq
 */

/**
 * A row that left a hamlet: it is deleted only where it still has that hamlet and a lower `feed_seq`.
 *
 * Of kind `operation` or `accepted` it tells what the commune decided of the author's operation `id`: not
 * to count it, or to take it in.
 * @typedef {object} GoneRow
 * @property {string} kind
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string | null} moved_to
 * @property {number} feed_seq
 */

/**
 * Rows after the cursor, by kind.
 * @typedef {object} Changes
 * @property {HouseholdRow[]} household
 * @property {VisitRow[]} visit
 * @property {FollowUpRow[]} follow_up
 * @property {NameRow[]} hamlet
 * @property {NameRow[]} member
 * @property {ServiceRow[]} service
 * @property {Record<string, any>[]} guide
 * @property {GoneRow[]} gone
 */

/**
 * The key that a phone's backup files are made for: a point of P-256, uncompressed, in base64.
 * @typedef {object} BackupKeyRow
 * @property {string} id
 * @property {string} public_key
 */

/**
 * The answer to one exchange. `left` counts the rows after this page.
 *
 * `erase`: this phone may see nothing any more: it clears away its list, and goes on delivering its queue.
 * `min_build`: its build is too old to be given changes from here on. `backup_key`: when it is another than
 * the request names.
 * @typedef {object} Answer
 * @property {number} proto
 * @property {string} server_time
 * @property {string} epoch
 * @property {string} scope
 * @property {number} next_seq
 * @property {{id: string, name: string}[]} hamlets
 * @property {OperationResult[]} results
 * @property {boolean} reset
 * @property {Changes} changes
 * @property {number} cursor
 * @property {boolean} more
 * @property {number} left
 * @property {boolean} [erase]
 * @property {string} [min_build]
 * @property {BackupKeyRow} [backup_key]
 */

/**
 * What the `data` of an operation holds, by its type.
 * @typedef {{
 *   "household.add": AddHousehold,
 *   "household.amend": AmendHousehold,
 *   "visit.record": RecordVisit,
 *   "visit.amend": AmendVisit,
 *   "visit.withdraw": WithdrawVisit,
 * }} OperationData
 */

/** @typedef {keyof OperationData} OperationType */
