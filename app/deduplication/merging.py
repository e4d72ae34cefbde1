"""Merging two households that are one: visits and follow-ups of the losing household move to the survivor.

Each moved row gets a new number of the feed. Phones get a tombstone of the losing household with `moved_to`;
what they still write for it is applied to the survivor (`households.commands.resolve_household`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Table, or_, select
from sqlmodel import Session

from app.accounts.access import Actor, find
from app.core import desk_log
from app.core.batch import Batch, Row
from app.core.db import table_of
from app.core.epoch import Epoch, current_epoch
from app.core.errors import Invalid, StaleDecision
from app.core.feed import Tombstone
from app.households.models import Household, HouseholdValues, HouseholdVersion, HouseholdVersionValues
from app.visits import follow_ups, totals
from app.visits.commands import add_tombstone
from app.visits.models import FollowUp, Visit

_WRITTEN = (Tombstone, Household, HouseholdVersion, Visit, FollowUp)
# The survivor takes these from the losing household where it has none.
_FILLED: tuple[Literal["house_no", "alley", "phone"], ...] = ("house_no", "alley", "phone")


def merge(
    session: Session, actor: Actor, losing_id: str, surviving_id: str, seen: dict[str, int], now: datetime
) -> None:
    """*Gộp*: merge the household `losing_id` into `surviving_id`. Merging them again changes nothing.

    `seen`: by id, the versions that the supervisor saw. Raises `NotFound`, `Invalid` if both ids are the
    same, and `StaleDecision` if one of the households changed or was merged meanwhile.
    """
    if losing_id == surviving_id:
        raise Invalid("household")
    for household_id in (losing_id, surviving_id):
        find(session, actor, Household, household_id)
    batch = _load_batch(session, actor, [losing_id, surviving_id])
    losing, surviving = batch.get(Household, losing_id), batch.get(Household, surviving_id)
    assert losing is not None, "found above; households are never deleted"
    assert surviving is not None, "found above; households are never deleted"
    if losing["merged_into"] == surviving_id:
        return
    if any(
        household["merged_into"] or household["version"] != seen.get(household["id"])
        for household in (losing, surviving)
    ):
        raise StaleDecision
    moving = [visit["id"] for visit in batch.rows(Visit) if visit["household_id"] == losing_id]
    before = totals.load_facts(session, actor.commune_id, moving)
    _move(batch, moving, surviving)
    _close(batch, actor, losing, surviving, current_epoch(session), now)
    batch.write(session, _WRITTEN)
    totals.update(session, actor.commune_id, before, totals.load_facts(session, actor.commune_id, moving))
    details = {"by": actor.account_id, "households": [losing_id, surviving_id], "surviving": surviving_id}
    desk_log.note(session, actor.commune_id, "household.merged", now, **details)


def _load_batch(session: Session, actor: Actor, household_ids: list[str]) -> Batch:
    """Both households with their visits and follow-ups, and the households that were merged into them before.

    Locks in the order of a push: visits before households. Visits are read again once the households are
    locked, to get those that arrived before that; until this transaction ends no others can.
    """
    visit, household = table_of(Visit), table_of(Household)
    tombstone, follow_up = table_of(Tombstone), table_of(FollowUp)
    of_households = visit.c.household_id.in_(household_ids)
    batch = Batch(actor.commune_id)
    _rows(session, actor, visit, of_households, lock=True)
    related = or_(household.c.id.in_(household_ids), household.c.merged_into.in_(household_ids))
    batch.load(Household, _rows(session, actor, household, related, lock=True))
    batch.load(Visit, _rows(session, actor, visit, of_households, lock=True))
    batch.load(FollowUp, _rows(session, actor, follow_up, follow_up.c.household_id.in_(household_ids)))
    known = [row["id"] for row in (*batch.rows(Visit), *batch.rows(Household))]
    batch.load(Tombstone, _rows(session, actor, tombstone, tombstone.c.id.in_(known)))
    return batch


def _move(batch: Batch, moving: Iterable[str], surviving: HouseholdValues) -> None:
    """Move the visits, also withdrawn ones, to the survivor; then derive its follow-ups from all its
    visits."""
    for visit_id in moving:
        visit = batch.get(Visit, visit_id)
        assert visit is not None, "the ids are from this batch"
        if visit["hamlet_id"] != surviving["hamlet_id"]:
            add_tombstone(batch, "visit", visit_id, visit["hamlet_id"])
        moved = batch.change(Visit, visit)
        moved["household_id"], moved["hamlet_id"] = surviving["id"], surviving["hamlet_id"]
    follow_ups.update(batch, batch.rows(Visit))


def _close(
    batch: Batch,
    actor: Actor,
    losing: HouseholdValues,
    surviving: HouseholdValues,
    epoch: Epoch,
    now: datetime,
) -> None:
    """Point the losing household, and those that were merged into it before, to the survivor."""
    filled: dict[str, str | None] = {
        name: losing[name] for name in _FILLED if losing[name] and not surviving[name]
    }
    before = surviving["version"]
    version = epoch.next_version(before) if filled else before
    batch.change(Household, surviving, filled)
    surviving["merged_at"], surviving["version"] = now, version
    if filled:
        batch.add(HouseholdVersion, _version(actor, surviving, before, filled, now))
    earlier = [row for row in batch.rows(Household) if row["merged_into"] == losing["id"]]
    # `mistake`, because households are counted by their state.
    before, version = losing["version"], epoch.next_version(losing["version"])
    batch.change(Household, losing)["state"] = "mistake"
    losing["merged_at"], losing["version"] = now, version
    fields: dict[str, str | None] = {"state": "mistake", "merged_into": surviving["id"]}
    batch.add(HouseholdVersion, _version(actor, losing, before, fields, now))
    for household in (losing, *earlier):
        batch.change(Household, household)["merged_into"] = surviving["id"]
        add_tombstone(batch, "household", household["id"], household["hamlet_id"], moved_to=surviving["id"])


def _version(
    actor: Actor,
    household: HouseholdValues,
    base_version: int,
    fields: dict[str, str | None],
    now: datetime,
) -> HouseholdVersionValues:
    return {
        "household_id": household["id"],
        "version": household["version"],
        "base_version": base_version,
        "fields": fields,
        "late": [],
        "written_by": actor.account_id,
        "device_id": None,
        "seq": 0,
        "received_at": now,
    }


def _rows(
    session: Session, actor: Actor, table: Table, condition: ColumnElement[bool], *, lock: bool = False
) -> list[Row]:
    rows = select(table).where(table.c.commune_id == actor.commune_id, condition).order_by(table.c.id)
    if lock:
        rows = rows.with_for_update(key_share=True)
    return [{**row} for row in session.execute(rows).mappings()]
