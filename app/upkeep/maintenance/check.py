"""Consistency checks, of one commune after another. They count rows, and never say who the rows are about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, text, true, union_all
from sqlmodel import Session, SQLModel, col

from app.commune import phone_communes
from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account, Assignment
from app.commune.areas import Commune, Hamlet
from app.commune.credentials.instance_people import NO_COMMUNE
from app.commune.moving import CommuneArrival
from app.core.audit.chain import Head
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
from app.review.citizen_requests.models import CitizenRequest
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.audit import checks as audit
from app.upkeep.audit.file_index import FileIndex
from app.upkeep.audit.verification import NOTHING_KNOWN, Known
from app.upkeep.audit.witness import Witness
from app.upkeep.maintenance.desk_log import catch_up
from app.upkeep.maintenance.id_key import replacing as secrets
from app.upkeep.migrations.foreign_keys import ForeignKey, foreign_keys
from app.upkeep.migrations.tables import MODELS
from app.upkeep.retention import checks as retention

_KEYS, DERIVED, _IMPORTS = "foreign keys", "derived tables", "imports of communes"
AUDIT, RETENTION, SECRETS = "audit", "retention", "secrets"
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


@dataclass(frozen=True)
class _Place:
    """A commune that is checked; `code`: its official one."""

    id: str
    code: str
    known: Known = NOTHING_KNOWN  # what its desk log is compared with

    def name_in(self, sentence: str) -> str:
        """The sentence, with the commune's code if it does not have it."""
        return sentence if self.code in sentence else f"{sentence.removesuffix('.')} (commune {self.code})."


_Check = Callable[[Session, _Place, datetime], Iterator[str]]


def check(
    database: Database, clock: Clock = utc_now, code: str = "", witnesses: Iterable[Witness] = ()
) -> list[CheckResult]:
    """Run every check, each commune's in a snapshot of its own: none is open for as long as all of them take,
    and no statement reads what several machines have. Raises `Unavailable` and `OSError`.

    `code`: of the commune with this official code alone. There are no results if it has not started.
    `witnesses`: of the desk log, which others have kept.
    """
    if damaged := list(database.read(_check_file)):
        return [CheckResult("file", damaged)]  # the results of queries on a damaged file are worthless
    known, of_file = _known(database, witnesses)
    try:
        return _check(database, clock, code, known, of_file)
    finally:
        if known.file:
            known.file.close()


def _check(
    database: Database, clock: Clock, code: str, known: Known, of_file: list[str]
) -> list[CheckResult]:
    """`of_file`: what is wrong with the file of the desk log as a whole."""
    places = database.read(partial(_places, code=code, known=known))
    if code and not places:
        return []
    problems: dict[str, list[str]] = defaultdict(list)
    remarks: dict[str, list[str]] = defaultdict(list)
    problems[AUDIT] += of_file
    if not code:
        of_instance = [one for one in foreign_keys() if not one.is_of_commune]
        problems[_KEYS] += database.read(lambda session: list(_check_keys(session, of_instance, {})))
        problems[AUDIT] += database.read(partial(audit.check_instance, known=known, now=clock()))
        problems[AUDIT] += _check_other_chains(database, known, {place.id for place in places}, clock())
        remarks[AUDIT] += database.read(audit.remarks)
        if known.rewritten_at:
            remarks[AUDIT].append(f"its file was written anew at {known.rewritten_at}")
        problems[SECRETS] += database.read(lambda session: list(secrets.check_instance(session)))
        remarks[RETENTION] += database.read(partial(retention.remarks, now=clock()))
    for place in places:
        for name, found in database.read(partial(_check_commune, place=place, now=clock())).items():
            problems[name] += found
        remarks[DERIVED] += database.read(partial(_days_to_evaluate, place=place))
    names = ["file", *_CHECKS]
    if not code:
        names.append(_IMPORTS)
        remarks[_IMPORTS] += database.read(_unfinished)
    return [CheckResult(name, problems[name], remarks[name]) for name in names]


def _known(database: Database, witnesses: Iterable[Witness]) -> tuple[Known, list[str]]:
    """What the desk log is compared with, and what is wrong with its file as a whole."""
    places: dict[str, list[tuple[str, Head]]] = defaultdict(list)
    for witness in witnesses:
        for commune_id, head in witness.heads.items():
            places[commune_id].append((witness.at, head))
    log = database.desk_log
    if log is None:
        return Known(witnesses=places), []
    caught, rewritten_at = catch_up(database), database.read(audit.rewritten_at)
    if not log.path.exists():
        missing = [f"The desk log's file {log.path} is missing: rewrite-desk-log."] if caught.head else []
        return Known(witnesses=places), missing
    shorter = ["The desk log's file is shorter than it was."] if caught.is_shorter else []
    return Known(FileIndex(log), caught.head, rewritten_at, places), shorter


def _check_other_chains(database: Database, known: Known, checked: set[str], now: datetime) -> list[str]:
    """The chains of communes that have not started, or that only the file or a witness has."""
    in_file = set(known.file.communes()) if known.file else set()
    return [
        f"{sentence.removesuffix('.')} (commune {commune_id})."
        for commune_id in sorted((in_file | set(known.witnesses)) - checked - {NO_COMMUNE})
        for sentence in database.read(
            lambda session, id=commune_id: list(audit.check_commune(session, id, known, now))  # type: ignore[misc]
        )
    ]


def _places(session: Session, code: str, known: Known) -> list[_Place]:
    """The communes that have started, in the order of their codes."""
    started = select(col(Commune.id), col(Commune.code)).where(col(Commune.started_at).is_not(None))
    wanted = started.where(col(Commune.code) == code) if code else started
    return [_Place(id, code, known) for id, code in session.execute(wanted.order_by(col(Commune.code)))]


def _check_commune(session: Session, place: _Place, now: datetime) -> dict[str, list[str]]:
    """The problems of one commune, by the check that found them."""
    return {
        name: [place.name_in(sentence) for sentence in run(session, place, now)]
        for name, run in _CHECKS.items()
    }


def _unfinished(session: Session) -> list[str]:
    """Imports that have not ended: nobody can use those communes yet, so that they are no problem."""
    is_of = col(Commune.id) == col(CommuneArrival.commune_id)
    codes = session.scalars(select(col(Commune.code)).join(CommuneArrival, is_of).order_by(col(Commune.code)))
    return [f"the import of commune {code} has not ended: run it again" for code in codes]


def _check_file(session: Session) -> list[str]:
    if session.connection().dialect.name != "sqlite":
        return []
    result = session.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    return [] if result == "ok" else ["The database file is damaged: restore a backup."]


def _check_audit(session: Session, place: _Place, now: datetime) -> Iterator[str]:
    yield from audit.check_commune(session, place.id, place.known, now)


def _of_id(run: Callable[[Session, str], Iterator[str]]) -> _Check:
    """The check of a function that needs only the commune's id."""
    return lambda session, place, _now: run(session, place.id)


def _check_foreign_keys(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    keys = [one for one in foreign_keys() if one.is_of_commune]
    yield from _check_keys(session, keys, {"commune": place.id})


def _check_keys(session: Session, keys: list[ForeignKey], parameters: dict[str, str]) -> Iterator[str]:
    for key in keys:
        if count := key.count_orphans(session, parameters):
            yield f"{count} rows of {key.table} lack their {key.target}."


def _check_feed(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    tables = [table_of(model) for model in MODELS if issubclass(model, FeedRow)]
    numbers = union_all(
        *(select(table.c.feed_seq).where(table.c.commune_id == place.id) for table in tables)
    ).subquery()
    head = session.scalar(select(col(FeedCounter.head)).where(col(FeedCounter.commune_id) == place.id)) or 0
    outside = select(func.count()).where(or_(numbers.c.feed_seq > head, numbers.c.feed_seq < 1))
    if count := session.execute(outside).scalar_one():
        yield f"{count} rows are numbered outside their commune's feed: phones will not be given them."
    shared = select(numbers.c.feed_seq).group_by(numbers.c.feed_seq).having(func.count() > 1).subquery()
    if count := session.execute(select(func.count()).select_from(shared)).scalar_one():
        yield f"{count} numbers of the feed are given to more than one row."


def _check_ledger(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    ledger = table_of(LedgerEntry)
    entries = select(func.count()).select_from(ledger).where(ledger.c.commune_id == place.id)
    for model in (Household, Visit, OutreachSession, ReportRemark, CitizenRequest):
        table = table_of(model)
        same_row = and_(table.c.commune_id == place.id, table.c.id == ledger.c.record_id)
        applied = entries.where(ledger.c.status == "applied", ledger.c.kind == table.name)
        if count := session.execute(applied.where(~select(table.c.id).where(same_row).exists())).scalar_one():
            yield f"{count} operations were acknowledged, and their {table.name} is not there."
        behind = select(table.c.id).where(
            same_row, table.c.version < ledger.c.version, _must_have_version(table, ledger, place)
        )
        if count := session.execute(applied.where(behind.exists())).scalar_one():
            yield f"{count} operations wrote a version that their {table.name} has not reached."
    item = table_of(QuarantinedOperation)
    same_operation = and_(item.c.commune_id == place.id, item.c.op_id == ledger.c.op_id)
    quarantined = select(item.c.op_id).where(same_operation).exists()
    if count := session.execute(entries.where(ledger.c.status != "applied", ~quarantined)).scalar_one():
        yield f"{count} operations were acknowledged as quarantined, and are not."


def _must_have_version(table: Table, ledger: Table, place: _Place) -> ColumnElement[bool]:
    """Whether a row's version must be at least the one in the ledger.

    Not if the write was to a merged household, because it changed the surviving one. Not if it was sent again
    after a restore and a newer version existed, because then it was stored as a version row.
    """
    if table is table_of(Household):
        return table.c.merged_into.is_(None)
    if table is table_of(CitizenRequest):
        return true()  # phones write only the first one
    model, name = _VERSIONS[table.name]
    old, record_id = table_of(model), table_of(model).c[name]
    same_record = and_(old.c.commune_id == place.id, record_id == ledger.c.record_id)
    written = select(old.c.version).where(same_record, old.c.version == ledger.c.version)
    return ~written.correlate(ledger).exists()  # of a statement two levels further out


def _check_merged_households(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    household, survivor, visit = table_of(Household), table_of(Household).alias(), table_of(Visit)
    merged = and_(household.c.commune_id == place.id, household.c.merged_into.is_not(None))
    visited = and_(visit.c.commune_id == place.id, household.c.id == visit.c.household_id)
    stranded = select(func.count()).select_from(visit.join(household, visited)).where(merged)
    if count := session.execute(stranded).scalar_one():
        yield f"{count} visits stand at a household that was merged into another."
    into = and_(survivor.c.commune_id == place.id, survivor.c.id == household.c.merged_into)
    survives = select(survivor.c.id).where(into, survivor.c.merged_into.is_(None)).exists()
    dangling = select(func.count()).select_from(household).where(merged, ~survives)
    if count := session.execute(dangling).scalar_one():
        yield f"{count} households were merged into one that does not stand."


def _check_merged_hamlets(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    hamlet, survivor = table_of(Hamlet), table_of(Hamlet).alias()
    household, assignment = table_of(Household), table_of(Assignment)
    merged = and_(hamlet.c.commune_id == place.id, hamlet.c.merged_into.is_not(None))
    for table, condition, what in (
        (household, merged, "households are in a hamlet that was merged into another."),
        (assignment, and_(merged, assignment.c.until.is_(None)), "teams are in charge of a merged hamlet."),
    ):
        in_hamlet = and_(table.c.commune_id == place.id, table.c.hamlet_id == hamlet.c.id)
        found = select(func.count()).select_from(table.join(hamlet, in_hamlet)).where(condition)
        if count := session.execute(found).scalar_one():
            yield f"{count} {what}"
    into = and_(survivor.c.commune_id == place.id, survivor.c.id == hamlet.c.merged_into)
    survives = select(survivor.c.id).where(into, survivor.c.merged_into.is_(None)).exists()
    dangling = select(func.count()).select_from(hamlet).where(merged, ~survives)
    if count := session.execute(dangling).scalar_one():
        yield f"{count} hamlets were merged into one that does not stand."


def _check_derived(session: Session, place: _Place, now: datetime) -> Iterator[str]:
    for table, count in derived.wrong(session, place.id, now):
        yield table.complaint.format(count=count, code=place.code)


def _days_to_evaluate(session: Session, place: _Place) -> list[str]:
    """What the flags are not compared of, because a running server computes them a moment after each push."""
    days = select(func.count()).where(col(UnevaluatedDay.commune_id) == place.id)
    count = session.execute(days).scalar_one()
    return [place.name_in(f"The flags of {count} days are not computed yet.")] if count else []


def _check_closed_periods(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    if count := len(periods.differences(session, place.id)):
        yield f"{count} closed periods of commune {place.code} contradict their figures."
    if count := len(wrong_summaries(session, place.id)):
        yield f"{count} closed periods of commune {place.code} are others in their province's totals."
    closed_by = select(col(ClosedPeriod.closed_by)).where(col(ClosedPeriod.commune_id) == place.id)
    if account_id := session.scalars(closed_by).first():
        actor = actor_for(session, session.get_one(Account, (place.id, account_id)))
        if count := len(changed_unseen(session, actor)):
            yield f"{count} closed periods of commune {place.code} changed, and no report will say so."


def _check_follow_ups(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    """A push does not look for those that were closed before its visits."""
    follow_up, visit = table_of(FollowUp), table_of(Visit)
    same_visit = and_(visit.c.commune_id == place.id, visit.c.id == follow_up.c.closed_by)
    closed = select(func.count()).select_from(follow_up.outerjoin(visit, same_visit))
    wrong = closed.where(
        follow_up.c.commune_id == place.id, follow_up.c.closed_on.is_distinct_from(visit.c.counted_on)
    )
    if count := session.execute(wrong).scalar_one():
        yield f"{count} follow-ups have another day than the visit that closed them."


def _check_phone_numbers(session: Session, place: _Place, _now: datetime) -> Iterator[str]:
    if count := len(phone_communes.wrong_phones(session, Account, place.id)):
        yield f"{count} phone numbers of commune {place.code} are not where a sign-in looks for them."


_CHECKS: dict[str, _Check] = {
    _KEYS: _check_foreign_keys,
    "feed": _check_feed,
    "ledger": _check_ledger,
    "merged households": _check_merged_households,
    "merged hamlets": _check_merged_hamlets,
    DERIVED: _check_derived,
    "closed periods": _check_closed_periods,
    "follow-ups": _check_follow_ups,
    "phone numbers": _check_phone_numbers,
    AUDIT: _check_audit,
    RETENTION: _of_id(retention.overdue),
    SECRETS: _of_id(secrets.check_commune),
}
