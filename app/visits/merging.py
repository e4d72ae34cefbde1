"""Merging: two households turn out to be one door. The losing one's visits and promises move to the survivor.

Everything that moves is a change of its row, stamped for the phones; the losing household becomes `gone` with
`moved_to`, and what phones still write for it lands on the survivor (`households.commands.known_household`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session

from app.accounts.access import Actor, find
from app.core import desk_log
from app.core.batch import Batch, Row
from app.core.db import Gone, History, history_of
from app.core.errors import Invalid, StaleDecision
from app.households.models import Household, HouseholdVersion
from app.visits import follow_ups, totals
from app.visits.commands import leave
from app.visits.models import FollowUp, Visit

_WRITTEN = (Gone, Household, HouseholdVersion, Visit, FollowUp)
# What the survivor takes over where it has nothing itself.
_FILLED = ("house_no", "alley", "phone")


def merge(
    session: Session, actor: Actor, losing_id: str, surviving_id: str, seen: dict[str, int], now: datetime
) -> None:
    """*Gộp*: the household `losing_id` is the one `surviving_id`; a second press changes nothing.

    `seen` are the versions that the supervisor looked at, by id. Raises `NotFound`, `Invalid` for one
    household, and `StaleDecision` if one of them changed or was merged meanwhile.
    """
    if losing_id == surviving_id:
        raise Invalid("household")
    for home_id in (losing_id, surviving_id):
        find(session, actor, Household, home_id)
    batch = _ground(session, actor, [losing_id, surviving_id])
    losing, surviving = batch.get(Household, losing_id), batch.get(Household, surviving_id)
    assert losing is not None, "it was found, and none is ever deleted"
    assert surviving is not None, "it was found, and none is ever deleted"
    if losing["merged_into"] == surviving_id:
        return
    if any(home["merged_into"] or home["version"] != seen.get(home["id"]) for home in (losing, surviving)):
        raise StaleDecision
    moving = [visit["id"] for visit in batch.rows(Visit) if visit["household_id"] == losing_id]
    before = totals.facts_of(session, actor.commune_id, moving)
    _move(batch, moving, surviving)
    _close(batch, actor, losing, surviving, history_of(session), now)
    batch.write(session, _WRITTEN)
    totals.settle(session, actor.commune_id, before, totals.facts_of(session, actor.commune_id, moving))
    said = {"by": actor.account_id, "households": [losing_id, surviving_id], "surviving": surviving_id}
    desk_log.note(session, actor.commune_id, "household.merged", now, **said)


def _ground(session: Session, actor: Actor, home_ids: list[str]) -> Batch:
    """Both households with their visits, promises and what was merged into them.

    Locked as a push locks, visits before households; a visit that came in between is there at the second
    look, and no other can come until this ends.
    """
    visit, home, gone, promise = (_table(model) for model in (Visit, Household, Gone, FollowUp))
    at_home = visit.c.household_id.in_(home_ids)
    batch = Batch(actor.commune_id)
    _rows(session, actor, visit, at_home, lock=True)
    named = or_(home.c.id.in_(home_ids), home.c.merged_into.in_(home_ids))
    batch.load(Household, _rows(session, actor, home, named, lock=True))
    batch.load(Visit, _rows(session, actor, visit, at_home, lock=True))
    batch.load(FollowUp, _rows(session, actor, promise, promise.c.household_id.in_(home_ids)))
    known = [row["id"] for model in (Visit, Household) for row in batch.rows(model)]
    batch.load(Gone, _rows(session, actor, gone, gone.c.id.in_(known)))
    return batch


def _move(batch: Batch, moving: Iterable[str], surviving: Row) -> None:
    """Visits to the survivor, withdrawn ones too; its promises follow from all that stand there then."""
    for visit_id in moving:
        visit = batch.get(Visit, visit_id)
        assert visit is not None, "it was named from the batch"
        if visit["hamlet_id"] != surviving["hamlet_id"]:
            leave(batch, "visit", visit_id, visit["hamlet_id"])
        batch.change(Visit, visit, household_id=surviving["id"], hamlet_id=surviving["hamlet_id"])
    follow_ups.settle(batch, batch.rows(Visit))


def _close(batch: Batch, actor: Actor, losing: Row, surviving: Row, history: History, now: datetime) -> None:
    """The losing household points to the survivor, and so does all that was merged into it before."""
    filled = {name: losing[name] for name in _FILLED if losing[name] and not surviving[name]}
    before = surviving["version"]
    version = history.next_version(before) if filled else before
    batch.change(Household, surviving, merged_at=now, version=version, **filled)
    if filled:
        batch.add(HouseholdVersion, _version(actor, surviving, before, filled, now))
    earlier = [row for row in batch.rows(Household) if row["merged_into"] == losing["id"]]
    # A door too many, for whoever counts doors by their state.
    before, version = losing["version"], history.next_version(losing["version"])
    batch.change(Household, losing, state="mistake", merged_at=now, version=version)
    fields = {"state": "mistake", "merged_into": surviving["id"]}
    batch.add(HouseholdVersion, _version(actor, losing, before, fields, now))
    for home in (losing, *earlier):
        batch.change(Household, home, merged_into=surviving["id"])
        leave(batch, "household", home["id"], home["hamlet_id"], moved_to=surviving["id"])


def _version(actor: Actor, home: Row, base_version: int, fields: Row, now: datetime) -> Row:
    row = {"household_id": home["id"], "version": home["version"], "base_version": base_version}
    writer = {"written_by": actor.account_id, "device_id": None, "seq": 0, "received_at": now}
    return row | writer | {"fields": fields, "late": []}


def _rows(session: Session, actor: Actor, table: Any, wanted: Any, *, lock: bool = False) -> list[Row]:
    ours = select(table).where(table.c.commune_id == actor.commune_id, wanted).order_by(table.c.id)
    if lock:
        ours = ours.with_for_update(key_share=True)
    return [dict(row) for row in session.execute(ours).mappings()]


def _table(model: Any) -> Any:
    return model.__table__
