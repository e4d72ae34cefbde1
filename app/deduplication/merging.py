"""Merging two households that are one: visits and follow-ups of the losing household move to the survivor.

Each moved row gets a new number of the feed. Phones get a tombstone of the losing household with `moved_to`;
what they still write for it is applied to the survivor (`households.commands.resolve_household`).
"""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from app.accounts.access import Actor, find
from app.core import desk_log
from app.core.batch import Batch
from app.core.epoch import Epoch, current_epoch
from app.core.errors import Invalid, StaleDecision
from app.households.models import Household, HouseholdValues
from app.visits import totals
from app.visits.commands import add_tombstone
from app.visits.household_rows import WRITTEN, add_version, load_households, loaded, move_visits
from app.visits.models import Visit

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
    batch = load_households(session, actor.commune_id, [losing_id, surviving_id])
    losing, surviving = loaded(batch, losing_id), loaded(batch, surviving_id)
    if losing["merged_into"] == surviving_id:
        return
    if any(
        household["merged_into"] or household["version"] != seen.get(household["id"])
        for household in (losing, surviving)
    ):
        raise StaleDecision
    moving = [visit["id"] for visit in batch.rows(Visit) if visit["household_id"] == losing_id]
    before = totals.load_facts(session, actor.commune_id, moving)
    move_visits(batch, moving, surviving)
    _close(batch, actor, losing, surviving, current_epoch(session), now)
    batch.write(session, WRITTEN)
    totals.update(session, actor.commune_id, before, totals.load_facts(session, actor.commune_id, moving))
    details = {"by": actor.account_id, "households": [losing_id, surviving_id], "surviving": surviving_id}
    desk_log.note(session, actor.commune_id, "household.merged", now, **details)


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
        add_version(batch, actor.account_id, surviving, before, filled, now)
    earlier = [row for row in batch.rows(Household) if row["merged_into"] == losing["id"]]
    # `mistake`, because households are counted by their state.
    before, version = losing["version"], epoch.next_version(losing["version"])
    batch.change(Household, losing)["state"] = "mistake"
    losing["merged_at"], losing["version"] = now, version
    fields: dict[str, str | None] = {"state": "mistake", "merged_into": surviving["id"]}
    add_version(batch, actor.account_id, losing, before, fields, now)
    for household in (losing, *earlier):
        batch.change(Household, household)["merged_into"] = surviving["id"]
        add_tombstone(batch, "household", household["id"], household["hamlet_id"], moved_to=surviving["id"])
