// The wire, as docs/sync-protocol.md describes it: the same shapes as in app/sync/protocol.py.

export const PROTO = 1;
export const BUILD = "0.1.0";
export const MAX_OPERATIONS = 200;
export const MAX_REQUEST_BYTES = 512 * 1024;
/** Numbers a request may list as held; the lowest go first. */
export const MAX_HELD = 20_000;

/** @typedef {"household.add" | "household.amend" | "visit.record" | "visit.amend" | "visit.withdraw"} OperationType */

/**
 * @typedef {object} Operation One thing a person did on the phone; `seq` numbers a device's operations without gaps.
 * @property {string} op_id
 * @property {number} seq
 * @property {OperationType} type
 * @property {number} v
 * @property {string} commune_id
 * @property {string} at
 * @property {Record<string, any>} data
 * @property {string} [epoch] the server history it was made in
 * @property {number} [got] the version an earlier acknowledgement gave it
 */

/** @typedef {{code: string, outcome: string, people: number}} ServiceGiven */

/**
 * @typedef {object} Queue What the phone says of its outbox.
 * @property {number} count
 * @property {string | null} oldest_at
 * @property {number} next_seq
 * @property {number[]} held numbers in the outbox, refused, or discarded
 */

/**
 * @typedef {object} Request
 * @property {number} proto
 * @property {string} build
 * @property {string} device_id
 * @property {string} sent_at
 * @property {string} [epoch]
 * @property {string} [scope]
 * @property {number} [cursor]
 * @property {Queue} queue
 * @property {Operation[]} ops
 */

/**
 * @typedef {object} HouseholdRow
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string} head_name
 * @property {string} house_no
 * @property {string} alley
 * @property {string | null} phone
 * @property {string} state active, moved, empty or mistake
 * @property {number} version
 * @property {number} feed_seq
 */

/**
 * @typedef {object} Review The newest decision on a visit.
 * @property {string} state received, accepted, returned or duplicate
 * @property {string} reason
 * @property {string} field
 * @property {string} note
 * @property {string | null} at
 */

/**
 * @typedef {object} VisitRow
 * @property {string} id
 * @property {string} household_id
 * @property {string} hamlet_id
 * @property {string} recorded_by
 * @property {string} occurred_at
 * @property {string | null} received_at null only on this phone, before the server has it
 * @property {string | null} counted_on likewise
 * @property {string} result helped, come_back, not_home or not_needed
 * @property {ServiceGiven[]} services
 * @property {string} note
 * @property {string | null} follow_up_on
 * @property {number} version
 * @property {Review} review
 * @property {number} feed_seq
 */

/** @typedef {{id: string, household_id: string, due_on: string, closed_by: string | null, feed_seq: number}} FollowUpRow */
/** @typedef {{id: string, name: string, feed_seq: number}} NameRow */

/**
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

/** @typedef {{id: string, pillar: string, title: string, html: string, feed_seq: number}} GuideRow */
/** @typedef {{kind: string, id: string, hamlet_id: string, moved_to: string | null, feed_seq: number}} GoneRow */

/** @typedef {"applied" | "duplicate" | "rejected" | "conflict" | "quarantined" | "retry"} Status */

/**
 * @typedef {object} OperationResult
 * @property {string} op_id
 * @property {Status} status
 * @property {HouseholdRow | VisitRow} [row] the server's row, if in scope
 * @property {number} [version]
 * @property {string} [code]
 * @property {string[]} [fields]
 */

/**
 * @typedef {object} Changes
 * @property {HouseholdRow[]} household
 * @property {VisitRow[]} visit
 * @property {FollowUpRow[]} follow_up
 * @property {NameRow[]} hamlet
 * @property {NameRow[]} member
 * @property {ServiceRow[]} service
 * @property {GuideRow[]} guide
 * @property {GoneRow[]} gone
 */

/**
 * @typedef {object} Answer
 * @property {number} proto
 * @property {string} server_time
 * @property {string} epoch
 * @property {string} scope
 * @property {number} next_seq
 * @property {{id: string, name: string}[]} [hamlets] of the account, as assigned now
 * @property {OperationResult[]} results
 * @property {boolean} reset
 * @property {Changes} changes
 * @property {number} cursor
 * @property {boolean} more
 * @property {number} left rows still to come
 */
