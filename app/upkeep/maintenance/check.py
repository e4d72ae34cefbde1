"""Consistency checks over the whole database. They report counts of rows, never who the rows are about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from sqlalchemy import (
    ColumnElement,
    ForeignKeyConstraint,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
    text,
    union_all,
)
from sqlmodel import Session, SQLModel, col

from app.commune import phone_communes
from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account, Assignment
from app.commune.areas import Commune, Hamlet
from app.core.clock import Clock, utc_now
from app.core.db import Database, table_of
from app.core.feed import FeedCounter, FeedRow
from app.fieldwork.derived import update as derived
from app.fieldwork.derived.flags.models import UnevaluatedDay
from app.fieldwork.households.models import Household
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion
from app.fieldwork.periods import queries as periods
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.remarks.models import RemarkVersion, ReportRemark
from app.fieldwork.visits.models import FollowUp, Visit, VisitVersion
from app.reports.adjustments import changed_unseen
from app.reports.summary import wrong_summaries
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.migrations.tables import METADATA, MODELS

DERIVED = "derived tables"
# The table with earlier contents of a kind of record, and its column with the record's id.
_VERSIONS: dict[str, tuple[type[SQLModel], str]] = {
    "visit": (VisitVersion, "visit_id"),
    "outreach_session": (OutreachVersion, "session_id"),
    "remark": (RemarkVersion, "remark_id"),
}


@dataclass(frozen=True)
class CheckResult:
    """The result of one check; each problem is a sentence, and there are none if the check passed. `remarks`
    are sentences about what is no problem."""

    name: str
    problems: list[str]
    remarks: list[str] = field(default_factory=list)


def check(database: Database, clock: Clock = utc_now) -> list[CheckResult]:
    """Run every check in one snapshot of the database. Raises `Unavailable`."""
    return database.read(lambda session: _run_checks(session, clock()))


def _run_checks(session: Session, now: datetime) -> list[CheckResult]:
    checks: dict[str, Callable[[Session], Iterator[str]]] = {
        "file": _check_file,
        "foreign keys": _check_foreign_keys,
        "feed": _check_feed,
        "ledger": _check_ledger,
        "merged households": _check_merged_households,
        "merged hamlets": _check_merged_hamlets,
        DERIVED: partial(_check_derived, now=now),
        "closed periods": _check_closed_periods,
        "follow-ups": _check_follow_ups,
        "phone numbers": _check_phone_numbers,
    }
    results = []
    for name, run in checks.items():
        remarks = list(_days_to_evaluate(session)) if name == DERIVED else []
        results.append(CheckResult(name, list(run(session)), remarks))
        if name == "file" and results[-1].problems:
            break  # the results of queries on a damaged file are worthless
    return results


def _check_file(session: Session) -> Iterator[str]:
    if session.connection().dialect.name != "sqlite":
        return
    result = session.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    if result != "ok":
        yield "The database file is damaged: restore a backup."


def _check_foreign_keys(session: Session) -> Iterator[str]:
    for name, referred, orphans in _orphans_of_foreign_keys():
        if count := session.execute(orphans).scalar_one():
            yield f"{count} rows of {name} lack their {referred}."


@cache
def _orphans_of_foreign_keys() -> list[tuple[str, str, Select[int]]]:
    """For each foreign key its table, the one it refers to, and the statement that counts what lacks it."""
    return [
        (table.name, constraint.referred_table.name, _orphans(table, constraint))
        for table in METADATA.sorted_tables
        for constraint in table.foreign_key_constraints
    ]


def _orphans(table: Table, constraint: ForeignKeyConstraint) -> Select[int]:
    """Counts the rows of `table` whose foreign key is set and matches no row."""
    target = constraint.referred_table.alias()
    pairs = [(element.parent, target.c[element.column.name]) for element in constraint.elements]
    referred = select(target.c[pairs[0][1].name]).where(and_(*(key == other for key, other in pairs)))
    is_set = and_(*(key.is_not(None) for key, _other in pairs))
    return select(func.count()).select_from(table).where(is_set, ~referred.exists())


def _check_feed(session: Session) -> Iterator[str]:
    tables = [table_of(model) for model in MODELS if issubclass(model, FeedRow)]
    numbers = union_all(*(select(table.c.commune_id, table.c.feed_seq) for table in tables)).subquery()
    counter = table_of(FeedCounter)
    up_to_head = and_(numbers.c.commune_id == counter.c.commune_id, numbers.c.feed_seq <= counter.c.head)
    beyond_head = ~select(counter.c.head).where(up_to_head).exists()
    outside = select(func.count()).select_from(numbers).where(or_(beyond_head, numbers.c.feed_seq < 1))
    if count := session.execute(outside).scalar_one():
        yield f"{count} rows are numbered outside their commune's feed: phones will not be given them."
    shared = (
        select(numbers.c.feed_seq)
        .group_by(numbers.c.commune_id, numbers.c.feed_seq)
        .having(func.count() > 1)
        .subquery()
    )
    if count := session.execute(select(func.count()).select_from(shared)).scalar_one():
        yield f"{count} numbers of the feed are given to more than one row."


def _check_ledger(session: Session) -> Iterator[str]:
    ledger = table_of(LedgerEntry)
    entries = select(func.count()).select_from(ledger)
    for model in (Household, Visit, OutreachSession, ReportRemark):
        table = table_of(model)
        same_row = and_(table.c.commune_id == ledger.c.commune_id, table.c.id == ledger.c.record_id)
        applied = entries.where(ledger.c.status == "applied", ledger.c.kind == table.name)
        if count := session.execute(applied.where(~select(table.c.id).where(same_row).exists())).scalar_one():
            yield f"{count} operations were acknowledged, and their {table.name} is not there."
        behind = select(table.c.id).where(
            same_row, table.c.version < ledger.c.version, _must_have_version(table, ledger)
        )
        if count := session.execute(applied.where(behind.exists())).scalar_one():
            yield f"{count} operations wrote a version that their {table.name} has not reached."
    item = table_of(QuarantinedOperation)
    same_operation = and_(item.c.commune_id == ledger.c.commune_id, item.c.op_id == ledger.c.op_id)
    quarantined = select(item.c.op_id).where(same_operation).exists()
    if count := session.execute(entries.where(ledger.c.status != "applied", ~quarantined)).scalar_one():
        yield f"{count} operations were acknowledged as quarantined, and are not."


def _must_have_version(table: Table, ledger: Table) -> ColumnElement[bool]:
    """Whether a row's version must be at least the one in the ledger.

    Not if the write was to a merged household, because it changed the surviving one. Not if it was sent again
    after a restore and a newer version existed, because then it was stored as a version row.
    """
    if table is table_of(Household):
        return table.c.merged_into.is_(None)
    model, name = _VERSIONS[table.name]
    old, record_id = table_of(model), table_of(model).c[name]
    same_record = and_(old.c.commune_id == ledger.c.commune_id, record_id == ledger.c.record_id)
    return ~select(old.c.version).where(same_record, old.c.version == ledger.c.version).exists()


def _check_merged_households(session: Session) -> Iterator[str]:
    household, survivor, visit = table_of(Household), table_of(Household).alias(), table_of(Visit)
    visited = and_(household.c.commune_id == visit.c.commune_id, household.c.id == visit.c.household_id)
    merged = household.c.merged_into.is_not(None)
    stranded = select(func.count()).select_from(visit.join(household, visited)).where(merged)
    if count := session.execute(stranded).scalar_one():
        yield f"{count} visits stand at a household that was merged into another."
    into = and_(survivor.c.commune_id == household.c.commune_id, survivor.c.id == household.c.merged_into)
    survives = select(survivor.c.id).where(into, survivor.c.merged_into.is_(None)).exists()
    dangling = select(func.count()).select_from(household).where(merged, ~survives)
    if count := session.execute(dangling).scalar_one():
        yield f"{count} households were merged into one that does not stand."


def _check_merged_hamlets(session: Session) -> Iterator[str]:
    hamlet, survivor = table_of(Hamlet), table_of(Hamlet).alias()
    household, assignment = table_of(Household), table_of(Assignment)
    merged = hamlet.c.merged_into.is_not(None)
    for table, condition, what in (
        (household, merged, "households are in a hamlet that was merged into another."),
        (assignment, and_(merged, assignment.c.until.is_(None)), "teams are in charge of a merged hamlet."),
    ):
        in_hamlet = and_(table.c.commune_id == hamlet.c.commune_id, table.c.hamlet_id == hamlet.c.id)
        found = select(func.count()).select_from(table.join(hamlet, in_hamlet)).where(condition)
        if count := session.execute(found).scalar_one():
            yield f"{count} {what}"
    into = and_(survivor.c.commune_id == hamlet.c.commune_id, survivor.c.id == hamlet.c.merged_into)
    survives = select(survivor.c.id).where(into, survivor.c.merged_into.is_(None)).exists()
    dangling = select(func.count()).select_from(hamlet).where(merged, ~survives)
    if count := session.execute(dangling).scalar_one():
        yield f"{count} hamlets were merged into one that does not stand."


def _check_derived(session: Session, now: datetime) -> Iterator[str]:
    for commune in session.scalars(select(Commune).where(col(Commune.started_at).is_not(None))):
        for table, count in derived.wrong(session, commune.id, now):
            yield table.complaint.format(count=count, code=commune.code)


def _days_to_evaluate(session: Session) -> Iterator[str]:
    """What the flags are not compared of, because a running server computes them a moment after each push."""
    day = table_of(UnevaluatedDay)
    if count := session.execute(select(func.count()).select_from(day)).scalar_one():
        yield f"The flags of {count} days are not computed yet."


def _check_closed_periods(session: Session) -> Iterator[str]:
    for commune in session.scalars(select(Commune).where(col(Commune.started_at).is_not(None))):
        if count := len(periods.differences(session, commune.id)):
            yield f"{count} closed periods of commune {commune.code} contradict their figures."
        if count := len(wrong_summaries(session, commune.id)):
            yield f"{count} closed periods of commune {commune.code} are others in their province's totals."
        closed_by = select(col(ClosedPeriod.closed_by)).where(col(ClosedPeriod.commune_id) == commune.id)
        if account_id := session.scalars(closed_by).first():
            actor = actor_for(session, session.get_one(Account, (commune.id, account_id)))
            if count := len(changed_unseen(session, actor)):
                yield f"{count} closed periods of commune {commune.code} changed, and no report will say so."


def _check_follow_ups(session: Session) -> Iterator[str]:
    """A push does not look for those that were closed before its visits."""
    follow_up, visit = table_of(FollowUp), table_of(Visit)
    same_visit = and_(visit.c.commune_id == follow_up.c.commune_id, visit.c.id == follow_up.c.closed_by)
    closed = select(func.count()).select_from(follow_up.outerjoin(visit, same_visit))
    wrong = closed.where(follow_up.c.closed_on.is_distinct_from(visit.c.counted_on))
    if count := session.execute(wrong).scalar_one():
        yield f"{count} follow-ups have another day than the visit that closed them."


def _check_phone_numbers(session: Session) -> Iterator[str]:
    for commune in session.scalars(select(Commune).where(col(Commune.started_at).is_not(None))):
        if count := len(phone_communes.wrong_phones(session, Account, commune.id)):
            yield f"{count} phone numbers of commune {commune.code} are not where a sign-in looks for them."
