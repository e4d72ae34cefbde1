// Generated from app/sync/wire/protocol.py by `.venv/bin/python service_worker/build/protocol_types.py`; do not edit.
// biome-ignore-all lint/suspicious/noExplicitAny: the data of an operation depend on its type.

export const BUILD = "0.1.0";
export const PROTO = 1;
export const MAX_OPERATIONS = 500;
export const MAX_REQUEST_BYTES = 524_288;
export const MAX_HELD = 20_000;
/** The newest version of each operation's data. */
export const VERSIONS = {
  "household.add": 2,
  "household.amend": 3,
  "visit.record": 2,
  "visit.amend": 3,
  "visit.withdraw": 1,
  "outreach.record": 2,
  "outreach.amend": 2,
  "outreach.withdraw": 1,
  "remark.record": 1,
  "remark.amend": 1,
  "remark.withdraw": 1,
  "request.record": 1,
};

export type Result = "helped" | "come_back" | "not_home" | "not_needed" | "refused";
export type ReviewState = "received" | "accepted" | "returned";
export type ReturnReason = "duplicate_visit" | "wrong_household" | "missing_information" | "not_true" | "other";
export type ReturnField = "result" | "services" | "note" | "follow_up_on" | "household";
export type Outcome =
  | "did_it"
  | "done_for_them"
  | "explained"
  | "already_had"
  | "referred"
  | "come_back"
  | "declined"
  | "not_possible";
export type Pillar = "eid" | "cashless" | "services" | "more";
export type Unit = "people" | "applications";
export type HouseholdState = "active" | "moved" | "empty" | "mistake";
export type HouseholdFact = "smart_device" | "business";
export type FactValue = "yes" | "no";
export type Question = "smart_device" | "business" | "venue";
export type Venue = "one_stop_centre" | "community_house" | "market" | "other";
export type RemarkKind = "difficulty" | "practice";
export type RequestKind = "view" | "correct" | "copy" | "withdraw" | "restrict" | "object" | "protect" | "erase";
export type OperationStatus = "applied" | "duplicate" | "rejected" | "conflict" | "quarantined" | "retry";

/**
 * How a household agreed that its number is stored. `at`: by the phone's clock. `way`: it held a button
 * on the phone (`device`), or signed a printed slip. `wording_version`: of the text that it agreed to.
 */
export type Consent = {
  at: string;
  way: "device" | "slip";
  wording_version: number;
};

/** Data of `household.add`. */
export type AddHousehold = {
  id: string;
  hamlet_id: string;
  head_name: string;
  house_no?: string | null;
  alley?: string | null;
  phone?: string | null;
  consent?: Consent | null;
};

/**
 * Data of `household.amend`: the fields that change, and the version that the author changed.
 *
 * An empty `phone` withdraws the household's consent.
 */
export type AmendHousehold = {
  id: string;
  base_version: number;
  head_name?: string | null;
  house_no?: string | null;
  alley?: string | null;
  phone?: string | null;
  consent?: Consent | null;
  state?: HouseholdState | null;
  smart_device?: FactValue | null;
  business?: FactValue | null;
};

/** One service in a visit; `people` counts persons, or applications where the catalog says so. */
export type ServiceEntry = {
  code: string;
  outcome: string;
  people: number;
};

/** Data of `visit.record`; `quick`: recorded by one tap on *Ghi nhanh*. */
export type RecordVisit = {
  id: string;
  household_id: string;
  result: Result;
  services: ServiceEntry[];
  note?: string | null;
  follow_up_on?: string | null;
  needs?: string[] | null;
  dropped_needs?: string[] | null;
  quick?: boolean;
};

/**
 * Data of `visit.amend`: the whole content again, and the version that its author had seen.
 *
 * `seen_return`: the `review.at` of the return that its author read before, null if there was none to read.
 * Builds before it do not send it. `answer`: what the author answers the commune.
 */
export type AmendVisit = {
  id: string;
  household_id: string;
  result: Result;
  services: ServiceEntry[];
  note?: string | null;
  follow_up_on?: string | null;
  needs?: string[] | null;
  dropped_needs?: string[] | null;
  base_version: number;
  seen_return?: string | null;
  answer?: string | null;
};

/**
 * Data of `visit.withdraw`. A withdrawal cannot be undone.
 *
 * `disowned`: *Không phải tôi ghi*, of a visit that a supervisor accepted from an unsigned file.
 */
export type WithdrawVisit = {
  id: string;
  disowned?: boolean;
};

/** Data of `outreach.record`. */
export type RecordSession = {
  id: string;
  hamlet_id: string;
  place: string;
  held_on: string;
  services: string[];
  people?: number | null;
  venue?: Venue | null;
};

/** Data of `outreach.amend`: the whole content again, and the version that its author had seen. */
export type AmendSession = {
  id: string;
  hamlet_id: string;
  place: string;
  held_on: string;
  services: string[];
  people?: number | null;
  venue?: Venue | null;
  base_version: number;
};

/** Data of `outreach.withdraw`. Its author cannot take it back. */
export type WithdrawSession = {
  id: string;
};

/** Data of `remark.record`. */
export type RecordRemark = {
  id: string;
  kind: RemarkKind;
  text: string;
  about_on: string;
};

/** Data of `remark.amend`: the whole content again, and the version that its author had seen. */
export type AmendRemark = {
  id: string;
  kind: RemarkKind;
  text: string;
  about_on: string;
  base_version: number;
};

/** Data of `remark.withdraw`. Its author cannot take it back. */
export type WithdrawRemark = {
  id: string;
};

/** Data of `request.record`. `household_id`: the household that asks, about its own data. */
export type RecordRequest = {
  id: string;
  household_id: string;
  kind: RequestKind;
};

/**
 * One thing a person did on the phone. `seq` numbers a device's operations without gaps.
 *
 * `epoch`: the server's in which it was made, if known. `acked_version`: its version in an earlier epoch.
 */
export type Operation = {
  op_id: string;
  seq: number;
  type: OperationType;
  v: number;
  commune_id: string;
  at: string;
  data: Record<string, any>;
  epoch?: string;
  acked_version?: number;
};

/** The phone's outbox: how many operations wait, since when, and which sequence numbers it still holds. */
export type Queue = {
  count: number;
  oldest_at?: string | null;
  next_seq: number;
  held: number[];
};

/**
 * The request of one exchange; each of `ops` is validated by itself, as an `Operation`.
 *
 * `omit_result_rows`: not among the changes again; not set while the phone fills a new generation of its
 * replica. `minimal_results`: with a `minimal_row` where that is enough. `export_key_id`: the key of its
 * export files. `guide_cursor`, `periods_version`: it has these guides and closed periods; without it none
 * come. `days_version`: it asks for its owner's days. `device_key`: the public half of the files' key.
 */
export type Request = {
  proto: number;
  build: string;
  device_id: string;
  sent_at: string;
  epoch?: string | null;
  scope?: string | null;
  cursor?: number | null;
  queue: Queue;
  omit_result_rows?: boolean;
  minimal_results?: boolean;
  export_key_id?: string | null;
  guide_cursor?: number | null;
  periods_version?: number | null;
  days_version?: string | null;
  device_key?: string | null;
  failures?: Record<string, number>;
  ops: Operation[];
};

/** A hamlet as answers to phones name it. */
export type HamletName = {
  id: string;
  name: string;
};

/**
 * A household as phones store it, with what its counted visits come to; servers before them send none.
 *
 * `met_on`, `guided_on`: the last day on which somebody was met and guided. `last_counted_on`: that of the
 * newest visit, if it is another one than `met_on`. `last_result`, `last_follow_up_on`: what that visit came
 * to. What is empty is left out, but not `met_on`. `smart_device`, `business`: what somebody has said of it.
 */
export type HouseholdRow = {
  id: string;
  hamlet_id: string;
  head_name: string;
  house_no: string;
  alley: string;
  phone: string | null;
  state: HouseholdState;
  smart_device?: FactValue;
  business?: FactValue;
  version: number;
  met_on?: string | null;
  guided_on?: string;
  last_counted_on?: string;
  last_result?: string;
  last_follow_up_on?: string;
  feed_seq: number;
};

/** One service of a visit. */
export type VisitServiceRow = {
  code: string;
  outcome: Outcome;
  people: number;
};

/** What the author of a visit answered the commune, and when that was written. */
export type AnswerRow = {
  at: string;
  text: string;
};

/** The newest decision on a visit. */
export type ReviewRow = {
  state: ReviewState;
  reason: ReturnReason | "";
  field: ReturnField | "";
  note: string;
  at: string | null;
};

/**
 * A visit as phones store it; `note` and `answers` only for its author. Needs and answers are left out if
 * there are none, `counted_since`, when it began to count, if that is when it was received.
 *
 * `vouched_by`, for its author: who accepted it from an unsigned file; `disowned`: not theirs.
 */
export type VisitRow = {
  id: string;
  household_id: string;
  hamlet_id: string;
  recorded_by: string;
  occurred_at: string;
  received_at: string | null;
  counted_on: string | null;
  result: Result;
  services: ServiceEntry[];
  note: string;
  follow_up_on: string | null;
  needs?: string[];
  dropped_needs?: string[];
  counted_since?: string;
  vouched_by?: string;
  disowned?: boolean;
  answers?: AnswerRow[];
  version: number;
  review: ReviewRow;
  feed_seq: number;
};

/**
 * An outreach session as phones store it; `people` null: nobody counted them; `venue`: left out until
 * somebody has said it; `counted_since`: as of a `VisitRow`.
 */
export type OutreachSessionRow = {
  id: string;
  hamlet_id: string;
  recorded_by: string;
  place: string;
  held_on: string;
  counted_on: string;
  services: string[];
  people: number | null;
  venue?: Venue;
  occurred_at: string;
  received_at: string;
  counted_since?: string;
  version: number;
  feed_seq: number;
};

/** A remark as the phones of its author store it; `counted_since`: as of a `VisitRow`. */
export type RemarkRow = {
  id: string;
  kind: RemarkKind;
  text: string;
  about_on: string;
  counted_on: string;
  occurred_at: string;
  received_at: string;
  counted_since?: string;
  version: number;
  feed_seq: number;
};

/** What the server added to a visit that it stored as it was sent, unreviewed and in its first version. */
export type MinimalVisitRow = {
  hamlet_id: string;
  received_at: string;
  counted_on: string;
  feed_seq: number;
};

/**
 * The result of one operation. `row` is the server's current row, if it is in the actor's scope, or
 * `minimal_row` if the phone has the rest of it.
 */
export type OperationResult = {
  op_id: string;
  status: OperationStatus;
  kind?: string;
  row?: HouseholdRow | VisitRow | OutreachSessionRow | RemarkRow;
  minimal_row?: MinimalVisitRow;
  version?: number;
  code?: string;
  fields?: string[];
};

/** A planned return to a household. */
export type FollowUpRow = {
  id: string;
  household_id: string;
  due_on: string;
  closed_by: string | null;
  feed_seq: number;
};

/** A hamlet or a member. `phone`: of a supervisor, the number to call at, or empty. */
export type NameRow = {
  id: string;
  name: string;
  phone?: string;
  feed_seq: number;
};

/** A service of the catalog; a form offers it while it is `active`, from `first_day` to `last_day`. */
export type ServiceRow = {
  code: string;
  pillar: Pillar;
  label: { vi: string; en: string };
  outcomes: Outcome[];
  first: Outcome[];
  order: number;
  unit: Unit;
  active: boolean;
  first_day: string | null;
  last_day: string | null;
  feed_seq: number;
};

/** A step that is shown alone on the screen. `picture`: the name of a drawing of the app. */
export type StepRow = {
  picture: string;
  title: string;
  text: string;
};

/**
 * A guide. `pillar`: also *team*, what concerns every visit; `html`: without the steps; `is_own`: the
 * commune has written it. `removed`: phones show it no more, nothing else of it is sent.
 */
export type GuideRow = {
  id: string;
  pillar: string;
  order: number;
  title: string;
  html: string;
  steps: StepRow[];
  services: string[];
  changed_on: string;
  is_own: boolean;
  removed?: boolean;
  feed_seq: number;
};

/**
 * A row that left a hamlet: deleted only where it still has that hamlet and a lower `feed_seq`.
 *
 * Kinds `operation`, `accepted`, `reopened`: the author's was dropped, was applied, waits (for `moved_to`).
 * `moved_to` of a household is what it was merged into, or `erased`: nothing of it is to stay on the phone.
 */
export type TombstoneRow = {
  kind: string;
  id: string;
  hamlet_id: string;
  moved_to: string | null;
  feed_seq: number;
};

/** Rows after the cursor, by kind; guides after their own. */
export type Changes = {
  household: HouseholdRow[];
  visit: VisitRow[];
  follow_up: FollowUpRow[];
  outreach_session: OutreachSessionRow[];
  remark: RemarkRow[];
  hamlet: NameRow[];
  member: NameRow[];
  service: ServiceRow[];
  guide: GuideRow[];
  tombstone: TombstoneRow[];
};

/** The key that a phone's export files are encrypted for: a point of P-256, uncompressed, in base64. */
export type ExportKeyRow = {
  id: string;
  public_key: string;
};

/**
 * Another phone that signed in with the same account; `invited_by`: the name of who issued its code,
 * empty for an operator.
 */
export type OtherPhone = {
  name: string;
  at: string;
  invited_by: string;
};

/** The days of a closed period, and when it was closed. */
export type ClosedRow = {
  first: string;
  last: string;
  closed_at: string;
};

/** The closed periods whose records phones have. `version` grows when one is closed or reopened. */
export type ClosedPeriods = {
  version: number;
  periods: ClosedRow[];
};

/** What counts of one day. */
export type OwnDay = {
  day: string;
  visits: number;
  sessions: number;
};

/** One of the commune's months, as the desk's activity sheet has it; `guided`: households, as `met`. */
export type OwnMonth = {
  first: string;
  visits: number;
  met: number;
  guided: number;
  sessions: number;
  days: OwnDay[];
};

/**
 * A record of which the phone gets no row. `household`: a number that says no more than which of these
 * visits are of one household.
 */
export type OwnRecord = {
  id: string;
  kind: "visit" | "session";
  day: string;
  state: ReviewState | "withdrawn";
  household: number;
  met: boolean;
  guided: boolean;
};

/**
 * `version` differs whenever anything else does. `months`: those of which phones have not all visits any
 * more; `records`: what was recorded since in hamlets that are not the member's now, or at erased
 * households.
 */
export type OwnDays = {
  version: string;
  months: OwnMonth[];
  records: OwnRecord[];
};

/**
 * Where the commune of a phone is by now. `code`: with which its owner signs in there, once, before
 * `until`; left out if there is none for them.
 */
export type MovedCommune = {
  address: string;
  code?: string;
  until?: string;
};

/**
 * The response of one exchange. `left` counts the rows after this page.
 *
 * `erase`: suspended, the phone deletes its replica and goes on sending. `min_build`: its build is too old.
 * `export_key`: if it is not the request's. `is_leader`: if so.
 * `other_phone`: the newest phone that signed in with this account since this one did, for 30 days.
 * `closed_periods`, `own_days`: of another version than the request's. `moved`: the commune left, no rows.
 */
export type Answer = {
  month_start_day?: number;
  silence_days?: number;
  questions?: Question[];
  proto: number;
  server_time: string;
  epoch: string;
  scope: string;
  next_seq: number;
  hamlets: HamletName[];
  results: OperationResult[];
  reset: boolean;
  changes: Changes;
  cursor: number;
  more: boolean;
  left: number;
  erase?: boolean;
  min_build?: string;
  export_key?: ExportKeyRow;
  is_leader?: boolean;
  other_phone?: OtherPhone;
  closed_periods?: ClosedPeriods;
  own_days?: OwnDays;
  moved?: MovedCommune;
};

/** What a phone says of its card. `key_id`: the key that it has stored; empty without one. */
export type CardRequest = {
  proto: 1;
  device_id: string;
  key_id: string;
};

/** A secret on its way to its phone: 32 bytes in base64, and the name by which the phone confirms it. */
export type CardKeyRow = {
  id: string;
  secret: string;
};

/**
 * What the card says. `phone`: the number to call, in E.164, or empty. `key`: to be stored, and named in
 * the next request; left out if the phone has it.
 */
export type CardAnswer = {
  proto: number;
  name: string;
  team: string;
  commune: string;
  phone: string;
  key?: CardKeyRow;
};

/** What the `data` of an operation holds, by its type. */
export type OperationData = {
  "household.add": AddHousehold;
  "household.amend": AmendHousehold;
  "visit.record": RecordVisit;
  "visit.amend": AmendVisit;
  "visit.withdraw": WithdrawVisit;
  "outreach.record": RecordSession;
  "outreach.amend": AmendSession;
  "outreach.withdraw": WithdrawSession;
  "remark.record": RecordRemark;
  "remark.amend": AmendRemark;
  "remark.withdraw": WithdrawRemark;
  "request.record": RecordRequest;
};

export type OperationType = keyof OperationData;
