"""Check: whether what the database holds fits together. Says how many rows do not, never which people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, and_, func, or_, select, text, union_all
from sqlmodel import Session, SQLModel

from app.areas import Commune
from app.core.db import Database, FeedCounter, FeedRow
from app.core.desk_log import stored
from app.households.models import Household
from app.migrations.tables import METADATA, MODELS
from app.sync.models import LedgerEntry, Quarantined
from app.visits import totals
from app.visits.models import Visit, VisitVersion


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at, and what is wrong with it, in sentences; none if all is well."""

    what: str
    problems: list[str]


def check(database: Database) -> list[Checked]:
    """Look at everything in one snapshot."""
    return database.read(_looked_at)


def _looked_at(session: Session) -> list[Checked]:
    checks: dict[str, Callable[[Session], Iterator[str]]] = {
        "file": _file,
        "foreign keys": _foreign_keys,
        "feed": _feed,
        "ledger": _ledger,
        "merged households": _merged,
        "totals": _totals,
    }
    found = []
    for what, look in checks.items():
        found.append(Checked(what, list(look(session))))
        if what == "file" and found[-1].problems:
            break  # what is read of a damaged file says nothing
    return found


def _file(session: Session) -> Iterator[str]:
    if session.connection().dialect.name != "sqlite":
        return
    verdict = session.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    if verdict != "ok":
        yield "The database file is damaged: restore a backup."


def _foreign_keys(session: Session) -> Iterator[str]:
    for table in METADATA.sorted_tables:
        for constraint in table.foreign_key_constraints:
            count = session.execute(_orphans(table, constraint)).scalar_one()
            if count:
                yield f"{count} rows of {table.name} lack their {constraint.referred_table.name}."


def _orphans(table: Table, constraint: ForeignKeyConstraint) -> Any:
    theirs = constraint.referred_table.alias()
    pairs = [(element.parent, theirs.c[element.column.name]) for element in constraint.elements]
    there = select(theirs.c[pairs[0][1].name]).where(and_(*(ours == other for ours, other in pairs)))
    named = and_(*(ours.is_not(None) for ours, _other in pairs))
    return select(func.count()).select_from(table).where(named, ~there.exists())


def _feed(session: Session) -> Iterator[str]:
    tables = [_table(model) for model in MODELS if issubclass(model, FeedRow)]
    numbers = union_all(*(select(table.c.commune_id, table.c.feed_seq) for table in tables)).subquery()
    counter = _table(FeedCounter)
    ours = and_(numbers.c.commune_id == counter.c.commune_id, numbers.c.feed_seq <= counter.c.head)
    outside = ~select(counter.c.head).where(ours).exists()
    beyond = session.execute(
        select(func.count()).select_from(numbers).where(or_(outside, numbers.c.feed_seq < 1))
    )
    if count := beyond.scalar_one():
        yield f"{count} rows are numbered outside their commune's feed: phones will not be given them."
    shared = (
        select(numbers.c.feed_seq)
        .group_by(numbers.c.commune_id, numbers.c.feed_seq)
        .having(func.count() > 1)
        .subquery()
    )
    if count := session.execute(select(func.count()).select_from(shared)).scalar_one():
        yield f"{count} numbers of the feed are given to more than one row."


def _ledger(session: Session) -> Iterator[str]:
    ledger = _table(LedgerEntry)
    entries = select(func.count()).select_from(ledger)
    for model in (Household, Visit):
        table = _table(model)
        ours = and_(table.c.commune_id == ledger.c.commune_id, table.c.id == ledger.c.record_id)
        applied = entries.where(ledger.c.status == "applied", ledger.c.kind == table.name)
        if count := session.execute(applied.where(~select(table.c.id).where(ours).exists())).scalar_one():
            yield f"{count} operations were acknowledged, and their {table.name} is not there."
        behind = select(table.c.id).where(
            ours, table.c.version < ledger.c.version, _may_not_be(table, ledger)
        )
        if count := session.execute(applied.where(behind.exists())).scalar_one():
            yield f"{count} operations wrote a version that their {table.name} has not reached."
    kept = _table(Quarantined)
    ours = and_(kept.c.commune_id == ledger.c.commune_id, kept.c.op_id == ledger.c.op_id)
    apart = entries.where(ledger.c.status != "applied", ~select(kept.c.op_id).where(ours).exists())
    if count := session.execute(apart).scalar_one():
        yield f"{count} operations were acknowledged as kept apart, and are not."


def _may_not_be(table: Table, ledger: Table) -> Any:
    """A household that was merged may: what was written to it landed on the one that stands for it. So may a
    visit where what came again late is kept under the number it had."""
    if table is _table(Household):
        return table.c.merged_into.is_(None)
    kept = _table(VisitVersion)
    same = and_(kept.c.commune_id == ledger.c.commune_id, kept.c.visit_id == ledger.c.record_id)
    return ~select(kept.c.version).where(same, kept.c.version == ledger.c.version).exists()


def _merged(session: Session) -> Iterator[str]:
    home, standing, visit = _table(Household), _table(Household).alias(), _table(Visit)
    merged = and_(home.c.commune_id == visit.c.commune_id, home.c.id == visit.c.household_id)
    left = select(func.count()).select_from(visit.join(home, merged)).where(home.c.merged_into.is_not(None))
    if count := session.execute(left).scalar_one():
        yield f"{count} visits stand at a household that was merged into another."
    into = and_(standing.c.commune_id == home.c.commune_id, standing.c.id == home.c.merged_into)
    there = select(standing.c.id).where(into, standing.c.merged_into.is_(None)).exists()
    astray = select(func.count()).select_from(home).where(home.c.merged_into.is_not(None), ~there)
    if count := session.execute(astray).scalar_one():
        yield f"{count} households were merged into one that does not stand."


def _totals(session: Session) -> Iterator[str]:
    begun: Any = Commune.started_at
    for commune in session.scalars(select(Commune).where(begun.is_not(None))):
        if count := len(totals.differences(session, commune.id)):
            yield f"{count} daily totals of commune {commune.code} are not what its visits come to."


def missing_lines(database: Database) -> int:
    """Make up for what a crash kept from the desk log; how many lines."""
    return database.desk_log.add_missing(database.read(stored)) if database.desk_log else 0


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table
