"""*Hoàn tác lần nhập*: removes the households that an import added, and restores those that it changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, delete, exists, func, or_, select
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Assignment
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.batch import Batch
from app.core.db import table_of
from app.core.epoch import current_epoch
from app.core.errors import StaleDecision
from app.core.feed import Tombstone
from app.fieldwork.derived.flags import update as flags
from app.fieldwork.derived.total_models import DailyTotal
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.models import Visit
from app.intake.household_import.runs import queries
from app.intake.household_import.runs.commands import lock
from app.intake.household_import.runs.confirm import LABEL, rows_of, version_of
from app.intake.household_import.runs.models import (
    ADD,
    APPLIED,
    NEW,
    REJECTED,
    UNDONE,
    HouseholdImport,
    ImportRow,
)
from app.review.deduplication.models import NotDuplicate

_ROW, _HOUSEHOLD, _VERSION = table_of(ImportRow), table_of(Household), table_of(HouseholdVersion)
_WRITTEN = (Tombstone, Household, HouseholdVersion)


@dataclass(frozen=True)
class Obstacles:
    """Why an import cannot be undone: households that it added and that have visits; and households that
    somebody changed or merged since."""

    visited: int
    changed: int

    def __bool__(self) -> bool:
        return bool(self.visited or self.changed)


class StandsOnIt(StaleDecision):
    """Something was recorded for the import's households; `obstacles` says how many."""

    def __init__(self, obstacles: Obstacles) -> None:
        super().__init__()
        self.obstacles = obstacles


def may_undo(run: HouseholdImport, now: datetime) -> bool:
    """Whether an import is applied, and its rows still say what it did."""
    return run.state == APPLIED and not queries.is_purged(run, now)


def find_obstacles(session: Session, run: HouseholdImport) -> Obstacles:
    """What stands on an applied import."""
    visit = table_of(Visit)
    visited = exists().where(visit.c.commune_id == run.commune_id, visit.c.household_id == _HOUSEHOLD.c.id)
    other = _HOUSEHOLD.alias()
    versions = (
        select(func.count())
        .select_from(_VERSION)
        .where(_VERSION.c.commune_id == run.commune_id, _VERSION.c.household_id == _HOUSEHOLD.c.id)
        .scalar_subquery()
    )
    was_changed = or_(
        _HOUSEHOLD.c.version != _ROW.c.version,
        _HOUSEHOLD.c.hamlet_id != _ROW.c.hamlet_id,
        _HOUSEHOLD.c.merged_at.is_not(None) & _is_added(),
        _is_added() & (versions != 1),
        exists().where(other.c.commune_id == run.commune_id, other.c.merged_into == _HOUSEHOLD.c.id),
    )
    count = _households(run, select(func.count()))
    return Obstacles(
        session.execute(count.where(_is_added(), visited)).scalar_one(),
        session.execute(count.where(was_changed)).scalar_one() + _missing(session, run),
    )


def undo(session: Session, actor: Actor, import_id: str, now: datetime) -> HouseholdImport:
    """Undo an applied import. Raises `NotFound`, `StaleDecision` unless it is applied and its rows still say
    what it did, and `StandsOnIt`.

    Households that it added leave the phones; a visit that is still on one waits in the quarantine, and
    counts when the same list is imported again.
    """
    run = lock(session, actor, import_id)
    if not may_undo(run, now):
        raise StaleDecision
    batch = Batch(run.commune_id)
    # Also against visits: a visit's foreign key needs this lock.
    locked = _households(run, select(_HOUSEHOLD)).order_by(_HOUSEHOLD.c.id).with_for_update(of=_HOUSEHOLD)
    batch.load(Household, [{**row} for row in session.execute(locked).mappings()])
    if obstacles := find_obstacles(session, run):
        raise StandsOnIt(obstacles)
    _revert(session, actor, run, batch, now)
    removed = _remove_hamlets(session, run)
    session.execute(delete(ImportRow).where(*rows_of(run), _ROW.c.kind != REJECTED))
    # A hamlet that had a list has none any more: what people added there is no reason for a flag.
    flags.reevaluate(session, run.commune_id, now)
    run.summary = {**run.summary, "hamlets_removed": removed}
    run.state, run.undone_at, run.undone_by = UNDONE, now, actor.account_id
    session.add(run)
    desk_log.note(session, run.commune_id, "list.undone", now, list=run.id, by=actor.account_id)
    return run


def _is_added() -> ColumnElement[bool]:
    return or_(_ROW.c.kind == NEW, _ROW.c.choice == ADD)


def _households(run: HouseholdImport, columns: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    """`columns` of the households that the import added or changed."""
    joined = _HOUSEHOLD.join(_ROW, _ROW.c.household_id == _HOUSEHOLD.c.id)
    return columns.select_from(joined).where(_HOUSEHOLD.c.commune_id == run.commune_id, *rows_of(run))


def _missing(session: Session, run: HouseholdImport) -> int:
    """Households of the import that are not there any more."""
    rows = select(func.count()).select_from(_ROW).where(*rows_of(run), _ROW.c.household_id.is_not(None))
    found: int = session.execute(rows).scalar_one()
    there: int = session.execute(_households(run, select(func.count()))).scalar_one()
    return found - there


def _revert(session: Session, actor: Actor, run: HouseholdImport, batch: Batch, now: datetime) -> None:
    rows = session.execute(select(_ROW).where(*rows_of(run), _ROW.c.household_id.is_not(None))).mappings()
    changed = {row["household_id"]: row for row in rows if row["kind"] != NEW and row["choice"] != ADD}
    added = [row for row in list(batch.rows(Household)) if row["id"] not in changed]
    if added:
        _load_added(session, run, batch)
    for version in list(batch.rows(HouseholdVersion)):
        batch.remove(HouseholdVersion, version)
    for household in added:
        add_tombstone(batch, "household", household["id"], household["hamlet_id"])
        batch.remove(Household, household)
    next_version = current_epoch(session, actor.commune_id).next_version
    for household_id, row in changed.items():
        restored = batch.get(Household, household_id)
        assert restored is not None, "none is missing: that is an obstacle"
        fields = {name: row["old"][name] for name in LABEL if row["old"][name] != row[name]}
        before = restored["version"]
        batch.change(Household, restored, fields)["version"] = next_version(before)
        batch.add(
            HouseholdVersion,
            version_of(actor.account_id, household_id, restored["version"], before, fields, now),
        )
    batch.write(session, _WRITTEN)


def _load_added(session: Session, run: HouseholdImport, batch: Batch) -> None:
    """Load the versions of the added households and what an earlier undo left; forget their decided pairs."""
    added = select(_ROW.c.household_id).where(*rows_of(run), _is_added(), _ROW.c.household_id.is_not(None))
    batch.load(HouseholdVersion, _of_commune(session, run, _VERSION, _VERSION.c.household_id.in_(added)))
    tombstone, pair = table_of(Tombstone), table_of(NotDuplicate)
    batch.load(Tombstone, _of_commune(session, run, tombstone, tombstone.c.id.in_(added)))
    session.execute(
        delete(NotDuplicate).where(
            pair.c.commune_id == run.commune_id, or_(pair.c.first_id.in_(added), pair.c.second_id.in_(added))
        )
    )


def _of_commune(
    session: Session, run: HouseholdImport, table: Table, condition: ColumnElement[bool]
) -> list[dict[str, object]]:
    rows = session.execute(select(table).where(table.c.commune_id == run.commune_id, condition))
    return [{**row} for row in rows.mappings()]


def _remove_hamlets(session: Session, run: HouseholdImport) -> int:
    """Delete the hamlets that the import created and nothing else refers to; returns how many."""
    hamlet, merged, removed = table_of(Hamlet), table_of(Hamlet).alias(), 0
    for hamlet_id in run.summary.get("hamlets_added", []):
        is_used = or_(
            *(
                exists().where(
                    table_of(model).c.commune_id == run.commune_id, table_of(model).c.hamlet_id == hamlet_id
                )
                for model in (Household, Assignment, Visit, DailyTotal)
            ),
            exists().where(merged.c.commune_id == run.commune_id, merged.c.merged_into == hamlet_id),
        )
        this = (hamlet.c.commune_id == run.commune_id, hamlet.c.id == hamlet_id)
        deleted = session.execute(delete(Hamlet).where(*this, ~is_used)).rowcount  # type: ignore[attr-defined]
        removed += int(deleted)
    return removed
