"""Moving a household to another hamlet, with its visits and follow-ups.

A move corrects which hamlet the household belongs to. So it takes along what was counted: the figures of a
hamlet are those of the households it has (`docs/decisions/0040-households-move-and-merges-are-undone.md`).
"""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor, find
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.epoch import current_epoch
from app.core.errors import NotFound, StaleDecision
from app.fieldwork.derived import update as derived
from app.fieldwork.households.models import Household
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.household_rows import WRITTEN, add_version, load_households, loaded, move_visits
from app.fieldwork.visits.models import Visit


def move_household(
    session: Session, actor: Actor, household_id: str, hamlet_id: str, seen: int, now: datetime
) -> None:
    """Move a household to a hamlet. Phones of the old one delete it at their next exchange, those of the new
    one get it with its visits; what old phones still send for it is applied as before for 90 days.

    `seen`: the version that the supervisor saw. Raises `NotFound`, and `StaleDecision` if the household
    changed or was merged meanwhile.
    """
    find(session, actor, Household, household_id)
    if find(session, actor, Hamlet, hamlet_id).merged_into is not None:
        raise NotFound
    batch = load_households(session, actor.commune_id, [household_id])
    household = loaded(batch, household_id)
    if household["hamlet_id"] == hamlet_id and not household["merged_into"]:
        return
    before = household["version"]
    if household["merged_into"] or household["erased_at"] or before != seen:
        raise StaleDecision
    visit_ids = [visit["id"] for visit in batch.rows(Visit)]
    facts = derived.load_states(session, actor.commune_id, visit_ids)
    left = household["hamlet_id"]
    add_tombstone(batch, "household", household_id, left)
    batch.change(Household, household)["hamlet_id"] = hamlet_id
    epoch = current_epoch(session, actor.commune_id)
    household["moved_at"], household["version"] = now, epoch.next_version(before)
    add_version(batch, actor.account_id, household, before, {"hamlet_id": hamlet_id}, now)
    move_visits(batch, visit_ids, household)
    batch.write(session, WRITTEN)
    after = derived.load_states(session, actor.commune_id, visit_ids)
    derived.update(session, actor.commune_id, facts, after, now)
    details = {"by": actor.account_id, "household": household_id, "hamlets": [left, hamlet_id]}
    desk_log.note(session, actor.commune_id, "household.hamlet_changed", now, **details)
