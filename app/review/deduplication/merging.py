"""Merging two households that are one: visits and follow-ups of the losing household move to the survivor.

Each moved row gets a new number of the feed. Phones get a tombstone of the losing household with `moved_to`;
what they still write for it is applied to the survivor (`households.commands.resolve_household`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.core import desk_log
from app.core.batch import Batch
from app.core.epoch import Epoch, current_epoch
from app.core.errors import Invalid, NotFound, StaleDecision
from app.fieldwork.derived import update as derived
from app.fieldwork.households.consents import takes_over_number
from app.fieldwork.households.models import HOUSEHOLD_FACTS, Household, HouseholdFact, HouseholdValues
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.household_rows import WRITTEN, add_version, load_households, loaded, move_visits
from app.fieldwork.visits.household_summary import HouseholdSummary, household_summaries
from app.fieldwork.visits.models import FollowUp, Visit
from app.review.deduplication.models import HouseholdMerge

# The survivor takes these from the losing household where it has none.
_FILLED: tuple[Literal["house_no", "alley", "phone"] | HouseholdFact, ...] = (
    "house_no",
    "alley",
    "phone",
    *HOUSEHOLD_FACTS,
)


@dataclass(frozen=True)
class MergeConsequences:
    """What a merge would do: the visits of `losing` and its open `follow_ups` move to `surviving`, which
    takes over the `filled` fields."""

    losing: HouseholdSummary
    surviving: HouseholdSummary
    follow_ups: int
    filled: dict[str, str | None]


def merge_consequences(
    session: Session, actor: Actor, losing_id: str, surviving_id: str
) -> MergeConsequences:
    """What `merge` would do now. Raises `NotFound`, also if one of the households is merged already, or was
    erased."""
    found = household_summaries(session, actor, [losing_id, surviving_id])
    if len(found) != 2 or any(
        summary.household.merged_into or summary.household.erased_at for summary in found
    ):
        raise NotFound
    losing, surviving = found
    is_open = visible_to(actor, FollowUp).where(
        FollowUp.household_id == losing_id, col(FollowUp.closed_by).is_(None)
    )
    follow_ups: int = session.execute(is_open.with_only_columns(func.count())).scalar_one()
    filled = _filled(session, losing.household.model_dump(), surviving.household.model_dump())
    return MergeConsequences(losing, surviving, follow_ups, filled)


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
        household["merged_into"]
        or household["erased_at"]
        or household["version"] != seen.get(household["id"])
        for household in (losing, surviving)
    ):
        raise StaleDecision
    filled = _filled(session, losing, surviving)
    record = _record(batch, actor, losing, surviving, list(filled), now)
    moving = list(record.moved_visits)
    before = derived.load_states(session, actor.commune_id, moving)
    move_visits(batch, moving, surviving)
    _close(batch, record, losing, surviving, filled, current_epoch(session, actor.commune_id))
    batch.write(session, WRITTEN)
    session.add(record)
    after = derived.load_states(session, actor.commune_id, moving)
    derived.update(session, actor.commune_id, before, after, now)
    details = {"by": actor.account_id, "households": [losing_id, surviving_id], "surviving": surviving_id}
    desk_log.note(session, actor.commune_id, "household.merged", now, **details)


def _filled(
    session: Session, losing: Mapping[str, object], surviving: Mapping[str, object]
) -> dict[str, str | None]:
    filled: dict[str, str | None] = {
        name: str(losing[name]) for name in _FILLED if losing[name] and not surviving[name]
    }
    ids = str(losing["id"]), str(surviving["id"])
    if "phone" in filled and not takes_over_number(session, str(losing["commune_id"]), *ids):
        del filled["phone"]
    return filled


def _record(
    batch: Batch,
    actor: Actor,
    losing: HouseholdValues,
    surviving: HouseholdValues,
    filled: list[str],
    now: datetime,
) -> HouseholdMerge:
    """The merge as it is about to happen, without the versions that it makes."""
    return HouseholdMerge(
        commune_id=actor.commune_id,
        losing_id=losing["id"],
        losing_version=0,
        surviving_id=surviving["id"],
        surviving_version=0,
        losing_state=losing["state"],
        losing_merged_at=losing["merged_at"],
        surviving_merged_at=surviving["merged_at"],
        filled=filled,
        moved_visits={
            visit["id"]: (visit["version"], visit["hamlet_id"])
            for visit in batch.rows(Visit)
            if visit["household_id"] == losing["id"]
        },
        own_visits=visit_versions(batch, surviving["id"]),
        earlier_ids=[row["id"] for row in batch.rows(Household) if row["merged_into"] == losing["id"]],
        merged_by=actor.account_id,
        merged_at=now,
    )


def visit_versions(batch: Batch, household_id: str) -> dict[str, int]:
    """The versions of a household's visits, by id."""
    return {
        visit["id"]: visit["version"] for visit in batch.rows(Visit) if visit["household_id"] == household_id
    }


def _close(
    batch: Batch,
    record: HouseholdMerge,
    losing: HouseholdValues,
    surviving: HouseholdValues,
    filled: dict[str, str | None],
    epoch: Epoch,
) -> None:
    """Point the losing household, and those that were merged into it before, to the survivor; put the
    versions into the record."""
    now = record.merged_at
    before = surviving["version"]
    version = epoch.next_version(before) if filled else before
    batch.change(Household, surviving, filled)
    surviving["merged_at"], surviving["version"] = now, version
    if filled:
        written = {name: value for name, value in filled.items() if name != "phone"}
        add_version(batch, record.merged_by, surviving, before, written, now)
    record.surviving_version = version
    # `mistake`, because households are counted by their state.
    before, version = losing["version"], epoch.next_version(losing["version"])
    batch.change(Household, losing)["state"] = "mistake"
    losing["merged_at"], losing["version"], record.losing_version = now, version, version
    fields: dict[str, str | None] = {"state": "mistake", "merged_into": surviving["id"]}
    add_version(batch, record.merged_by, losing, before, fields, now)
    for household in (losing, *(loaded(batch, id) for id in record.earlier_ids)):
        batch.change(Household, household)["merged_into"] = surviving["id"]
        add_tombstone(batch, "household", household["id"], household["hamlet_id"], moved_to=surviving["id"])
