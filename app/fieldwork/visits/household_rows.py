"""Households with all their visits, for the commands of a supervisor: loading, moving, and their versions."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Table, or_, select
from sqlmodel import Session

from app.core.batch import Batch, Row
from app.core.db import table_of
from app.core.errors import NotFound
from app.core.feed import Tombstone
from app.fieldwork.households.models import (
    Household,
    HouseholdValues,
    HouseholdVersion,
    HouseholdVersionValues,
)
from app.fieldwork.visits import follow_ups
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.models import FollowUp, Visit

# Tombstones before the rows that moved: a phone of both hamlets then has the row that is newer.
WRITTEN = (Tombstone, Household, HouseholdVersion, Visit, FollowUp)


def load_households(session: Session, commune_id: str, household_ids: Iterable[str]) -> Batch:
    """These households with their visits and follow-ups, and the households that were merged into them.

    Locks in the order of a push: visits before households. Visits are read again once the households are
    locked, to get those that arrived before that; until this transaction ends no others can.
    """
    visit, household = table_of(Visit), table_of(Household)
    tombstone, follow_up = table_of(Tombstone), table_of(FollowUp)
    ids = list(household_ids)
    of_households = visit.c.household_id.in_(ids)
    batch = Batch(commune_id)
    _rows(session, commune_id, visit, of_households, lock=True)
    related = or_(household.c.id.in_(ids), household.c.merged_into.in_(ids))
    batch.load(Household, _rows(session, commune_id, household, related, lock=True))
    batch.load(Visit, _rows(session, commune_id, visit, of_households, lock=True))
    batch.load(FollowUp, _rows(session, commune_id, follow_up, follow_up.c.household_id.in_(ids)))
    known = [row["id"] for row in (*batch.rows(Visit), *batch.rows(Household))]
    batch.load(Tombstone, _rows(session, commune_id, tombstone, tombstone.c.id.in_(known)))
    return batch


def loaded(batch: Batch, household_id: str) -> HouseholdValues:
    """A household that `load_households` was asked for. Raises `NotFound` if its import was undone."""
    household = batch.get(Household, household_id)
    if household is None:
        raise NotFound
    return household


def move_visits(
    batch: Batch, visit_ids: Iterable[str], to: HouseholdValues, hamlets: Mapping[str, str] | None = None
) -> None:
    """Move visits, also withdrawn ones, to a household and its hamlet, or those in `hamlets` by visit; then
    derive the follow-ups of the batch's households from all their visits."""
    for visit_id in visit_ids:
        hamlet_id = hamlets[visit_id] if hamlets else to["hamlet_id"]
        visit = batch.get(Visit, visit_id)
        assert visit is not None, "the ids are from this batch"
        if visit["hamlet_id"] != hamlet_id:
            add_tombstone(batch, "visit", visit_id, visit["hamlet_id"])
        moved = batch.change(Visit, visit)
        moved["household_id"], moved["hamlet_id"] = to["id"], hamlet_id
    follow_ups.update(batch, batch.rows(Visit))


def add_version(
    batch: Batch,
    account_id: str,
    household: HouseholdValues,
    base_version: int,
    fields: Mapping[str, str | None],
    now: datetime,
) -> None:
    """Record that a supervisor set `fields`, which made the household's version what it is now."""
    version: HouseholdVersionValues = {
        "household_id": household["id"],
        "version": household["version"],
        "base_version": base_version,
        "fields": {**fields},
        "late": [],
        "written_by": account_id,
        "device_id": None,
        "seq": 0,
        "received_at": now,
    }
    batch.add(HouseholdVersion, version)


def _rows(
    session: Session, commune_id: str, table: Table, condition: ColumnElement[bool], *, lock: bool = False
) -> list[Row]:
    rows = select(table).where(table.c.commune_id == commune_id, condition).order_by(table.c.id)
    if lock:
        rows = rows.with_for_update(key_share=True)
    return [{**row} for row in session.execute(rows).mappings()]
