// Generated from app/sync/wire/protocol.py by `.venv/bin/python service_worker/build/protocol_types.py`; do not edit.

export const BUILD = "0.1.0";
export const PROTO = 1;
export const MAX_OPERATIONS = 500;
export const MAX_REQUEST_BYTES = 524_288;
export const MAX_HELD = 20_000;
/** The newest version of each operation's data. */
export const VERSIONS = {
  "household.add": 1,
  "household.amend": 1,
  "visit.record": 2,
  "visit.amend": 2,
  "visit.withdraw": 1,
  "outreach.record": 1,
  "outreach.amend": 1,
  "outreach.withdraw": 1,
  "remark.record": 1,
  "remark.amend": 1,
  "remark.withdraw": 1,
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
 * Data of `household.amend`: the fields that change, and the version that the author changed.
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
 * @typedef {object} ServiceEntry
 * @property {string} code
 * @property {string} outcome
 * @property {number} people
 */

/**
 * Data of `visit.record`; `quick`: recorded by one tap on *Ghi nhanh*.
 * @typedef {object} RecordVisit
 * @property {string} id
 * @property {string} household_id
 * @property {"helped" | "come_back" | "not_home" | "not_needed" | "refused"} result
 * @property {ServiceEntry[]} services
 * @property {string | null} [note]
 * @property {string | null} [follow_up_on]
 * @property {string[] | null} [needs]
 * @property {string[] | null} [dropped_needs]
 * @property {boolean} [quick]
 */

/**
 * Data of `visit.amend`: the whole content again, and the version that its author had seen.
 *
 * `seen_return`: the `review.at` of the return that its author read before, null if there was none to read.
 * Builds before it do not send it.
 * @typedef {object} AmendVisit
 * @property {string} id
 * @property {string} household_id
 * @property {"helped" | "come_back" | "not_home" | "not_needed" | "refused"} result
 * @property {ServiceEntry[]} services
 * @property {string | null} [note]
 * @property {string | null} [follow_up_on]
 * @property {string[] | null} [needs]
 * @property {string[] | null} [dropped_needs]
 * @property {number} base_version
 * @property {string | null} [seen_return]
 */

/**
 * Data of `visit.withdraw`. A withdrawal cannot be undone.
 *
 * `disowned`: *Không phải tôi ghi*, of a visit that a supervisor accepted from an unsigned file.
 * @typedef {object} WithdrawVisit
 * @property {string} id
 * @property {boolean} [disowned]
 */

/**
 * Data of `outreach.record`.
 * @typedef {object} RecordSession
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string} place
 * @property {string} held_on
 * @property {string[]} services
 * @property {number | null} [people]
 */

/**
 * Data of `outreach.amend`: the whole content again, and the version that its author had seen.
 * @typedef {object} AmendSession
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string} place
 * @property {string} held_on
 * @property {string[]} services
 * @property {number | null} [people]
 * @property {number} base_version
 */

/**
 * Data of `outreach.withdraw`. Its author cannot take it back.
 * @typedef {object} WithdrawSession
 * @property {string} id
 */

/**
 * Data of `remark.record`.
 * @typedef {object} RecordRemark
 * @property {string} id
 * @property {"difficulty" | "practice"} kind
 * @property {string} text
 * @property {string} about_on
 */

/**
 * Data of `remark.amend`: the whole content again, and the version that its author had seen.
 * @typedef {object} AmendRemark
 * @property {string} id
 * @property {"difficulty" | "practice"} kind
 * @property {string} text
 * @property {string} about_on
 * @property {number} base_version
 */

/**
 * Data of `remark.withdraw`. Its author cannot take it back.
 * @typedef {object} WithdrawRemark
 * @property {string} id
 */

/**
 * One thing a person did on the phone. `seq` numbers a device's operations without gaps.
 *
 * `epoch`: the server's in which it was made, if known. `acked_version`: its version in an earlier epoch.
 * @typedef {object} Operation
 * @property {string} op_id
 * @property {number} seq
 * @property {OperationType} type
 * @property {number} v
 * @property {string} commune_id
 * @property {string} at
 * @property {Record<string, any>} data
 * @property {string} [epoch]
 * @property {number} [acked_version]
 */

/**
 * The phone's outbox: how many operations wait, since when, and which sequence numbers it still holds.
 * @typedef {object} Queue
 * @property {number} count
 * @property {string | null} [oldest_at]
 * @property {number} next_seq
 * @property {number[]} held
 */

/**
 * The request of one exchange; each of `ops` is validated by itself, as an `Operation`.
 *
 * `omit_result_rows`: not among the changes again; not set while the phone fills a new generation of its
 * replica. `export_key_id`: the key of its export files. `guide_cursor`, `periods_version`: it has these
 * guides and closed periods; without it none come. `device_key`: the public half of the key that it signs
 * those files with, as `ExportKeyRow`'s.
 * @typedef {object} Request
 * @property {number} proto
 * @property {string} build
 * @property {string} device_id
 * @property {string} sent_at
 * @property {string | null} [epoch]
 * @property {string | null} [scope]
 * @property {number | null} [cursor]
 * @property {Queue} queue
 * @property {boolean} [omit_result_rows]
 * @property {string | null} [export_key_id]
 * @property {number | null} [guide_cursor]
 * @property {number | null} [periods_version]
 * @property {string | null} [device_key]
 * @property {Record<string, number>} [failures]
 * @property {Operation[]} ops
 */

/**
 * A hamlet as answers to phones name it.
 * @typedef {object} HamletName
 * @property {string} id
 * @property {string} name
 */

/**
 * A household as phones store it, with what its counted visits come to; servers before them send none.
 *
 * `met_on`, `guided_on`: the last day on which somebody was met and guided. `last_counted_on`: that of the
 * newest visit, if it is another one than `met_on`. `last_result`, `last_follow_up_on`: what that visit came
 * to. What is empty is left out, but not `met_on`.
 * @typedef {object} HouseholdRow
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string} head_name
 * @property {string} house_no
 * @property {string} alley
 * @property {string | null} phone
 * @property {"active" | "moved" | "empty" | "mistake"} state
 * @property {number} version
 * @property {string | null} [met_on]
 * @property {string} [guided_on]
 * @property {string} [last_counted_on]
 * @property {string} [last_result]
 * @property {string} [last_follow_up_on]
 * @property {number} feed_seq
 */

/**
 * One service of a visit.
 * @typedef {object} VisitServiceRow
 * @property {string} code
 * @property {string} outcome
 * @property {number} people
 */

/**
 * The newest decision on a visit.
 * @typedef {object} ReviewRow
 * @property {"received" | "accepted" | "returned"} state
 * @property {"duplicate_visit" | "wrong_household" | "missing_information" | "not_true" | "other" | ""} reason
 * @property {"result" | "services" | "note" | "follow_up_on" | "household" | ""} field
 * @property {string} note
 * @property {string | null} at
 */

/**
 * A visit as phones store it; `note` only for its author. Needs are left out if there are none,
 * `counted_since`, when it began to count, if that is when it was received.
 *
 * `vouched_by`, for its author: who accepted it from an unsigned file; `disowned`: not theirs.
 * @typedef {object} VisitRow
 * @property {string} id
 * @property {string} household_id
 * @property {string} hamlet_id
 * @property {string} recorded_by
 * @property {string} occurred_at
 * @property {string | null} received_at
 * @property {string | null} counted_on
 * @property {"helped" | "come_back" | "not_home" | "not_needed" | "refused"} result
 * @property {ServiceEntry[]} services
 * @property {string} note
 * @property {string | null} follow_up_on
 * @property {string[]} [needs]
 * @property {string[]} [dropped_needs]
 * @property {string} [counted_since]
 * @property {string} [vouched_by]
 * @property {boolean} [disowned]
 * @property {number} version
 * @property {ReviewRow} review
 * @property {number} feed_seq
 */

/**
 * An outreach session as phones store it; `people` null: nobody counted them;
 * `counted_since`: as of a `VisitRow`.
 * @typedef {object} OutreachSessionRow
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string} recorded_by
 * @property {string} place
 * @property {string} held_on
 * @property {string} counted_on
 * @property {string[]} services
 * @property {number | null} people
 * @property {string} occurred_at
 * @property {string} received_at
 * @property {string} [counted_since]
 * @property {number} version
 * @property {number} feed_seq
 */

/**
 * A remark as the phones of its author store it; `counted_since`: as of a `VisitRow`.
 * @typedef {object} RemarkRow
 * @property {string} id
 * @property {"difficulty" | "practice"} kind
 * @property {string} text
 * @property {string} about_on
 * @property {string} counted_on
 * @property {string} occurred_at
 * @property {string} received_at
 * @property {string} [counted_since]
 * @property {number} version
 * @property {number} feed_seq
 */

/**
 * The result of one operation. `row` is the server's current row, if it is in the actor's scope.
 * @typedef {object} OperationResult
 * @property {string} op_id
 * @property {"applied" | "duplicate" | "rejected" | "conflict" | "quarantined" | "retry"} status
 * @property {string} [kind]
 * @property {HouseholdRow | VisitRow | OutreachSessionRow | RemarkRow} [row]
 * @property {number} [version]
 * @property {string} [code]
 * @property {string[]} [fields]
 */

/**
 * A planned return to a household.
 * @typedef {object} FollowUpRow
 * @property {string} id
 * @property {string} household_id
 * @property {string} due_on
 * @property {string | null} closed_by
 * @property {number} feed_seq
 */

/**
 * A hamlet or a member. `phone`: of a supervisor, the number to call at, or empty.
 * @typedef {object} NameRow
 * @property {string} id
 * @property {string} name
 * @property {string} [phone]
 * @property {number} feed_seq
 */

/**
 * A service of the catalog; a form offers it while it is `active`, from `first_day` to `last_day`.
 * @typedef {object} ServiceRow
 * @property {string} code
 * @property {string} pillar
 * @property {{vi: string, en: string}} label
 * @property {string[]} outcomes
 * @property {string[]} first
 * @property {number} order
 * @property {"people" | "applications"} unit
 * @property {boolean} active
 * @property {string | null} first_day
 * @property {string | null} last_day
 * @property {number} feed_seq
 */

/**
 * A guide. `pillar`: also *team*, what concerns every visit; `is_own`: the commune has written it.
 * @typedef {object} GuideRow
 * @property {string} id
 * @property {string} pillar
 * @property {number} order
 * @property {string} title
 * @property {string} html
 * @property {string[]} services
 * @property {string} changed_on
 * @property {boolean} is_own
 * @property {number} feed_seq
 */

/**
 * A row that left a hamlet: deleted only where it still has that hamlet and a lower `feed_seq`.
 *
 * Kinds `operation`, `accepted`, `reopened`: the author's was dropped, was applied, waits (for `moved_to`).
 * @typedef {object} TombstoneRow
 * @property {string} kind
 * @property {string} id
 * @property {string} hamlet_id
 * @property {string | null} moved_to
 * @property {number} feed_seq
 */

/**
 * Rows after the cursor, by kind; guides after their own.
 * @typedef {object} Changes
 * @property {HouseholdRow[]} household
 * @property {VisitRow[]} visit
 * @property {FollowUpRow[]} follow_up
 * @property {OutreachSessionRow[]} outreach_session
 * @property {RemarkRow[]} remark
 * @property {NameRow[]} hamlet
 * @property {NameRow[]} member
 * @property {ServiceRow[]} service
 * @property {GuideRow[]} guide
 * @property {TombstoneRow[]} tombstone
 */

/**
 * The key that a phone's export files are encrypted for: a point of P-256, uncompressed, in base64.
 * @typedef {object} ExportKeyRow
 * @property {string} id
 * @property {string} public_key
 */

/**
 * Another phone that signed in with the same account; `invited_by`: the name of who issued its code,
 * empty for an operator.
 * @typedef {object} OtherPhone
 * @property {string} name
 * @property {string} at
 * @property {string} invited_by
 */

/**
 * The days of a closed period, and when it was closed.
 * @typedef {object} ClosedRow
 * @property {string} first
 * @property {string} last
 * @property {string} closed_at
 */

/**
 * The closed periods whose records phones have. `version` grows when one is closed or reopened.
 * @typedef {object} ClosedPeriods
 * @property {number} version
 * @property {ClosedRow[]} periods
 */

/**
 * The response of one exchange. `left` counts the rows after this page.
 *
 * `erase`: suspended, the phone deletes its replica and goes on sending. `min_build`: its build is too old.
 * `export_key`: if it is not the request's. `month_start_day`: its commune's, if not 1. `is_leader`: if so.
 * `other_phone`: the newest phone that signed in with this account since this one did, for 30 days.
 * `closed_periods`: if their version is not the request's.
 * @typedef {object} Answer
 * @property {number} proto
 * @property {string} server_time
 * @property {string} epoch
 * @property {string} scope
 * @property {number} next_seq
 * @property {HamletName[]} hamlets
 * @property {OperationResult[]} results
 * @property {boolean} reset
 * @property {Changes} changes
 * @property {number} cursor
 * @property {boolean} more
 * @property {number} left
 * @property {boolean} [erase]
 * @property {string} [min_build]
 * @property {ExportKeyRow} [export_key]
 * @property {number} [month_start_day]
 * @property {boolean} [is_leader]
 * @property {OtherPhone} [other_phone]
 * @property {ClosedPeriods} [closed_periods]
 */

/**
 * What the `data` of an operation holds, by its type.
 * @typedef {{
 *   "household.add": AddHousehold,
 *   "household.amend": AmendHousehold,
 *   "visit.record": RecordVisit,
 *   "visit.amend": AmendVisit,
 *   "visit.withdraw": WithdrawVisit,
 *   "outreach.record": RecordSession,
 *   "outreach.amend": AmendSession,
 *   "outreach.withdraw": WithdrawSession,
 *   "remark.record": RecordRemark,
 *   "remark.amend": AmendRemark,
 *   "remark.withdraw": WithdrawRemark,
 * }} OperationData
 */

/** @typedef {keyof OperationData} OperationType */
