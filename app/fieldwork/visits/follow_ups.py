"""Follow-ups: any later visit at the household closes one, and so does an amendment that removes its date.

The follow-ups of a household are computed from its visits alone, again whenever one of these changes; so the
order in which phones deliver does not matter.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from app.core.batch import Batch
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.models import FollowUp, FollowUpValues, Visit, VisitValues


def households_visited(batch: Batch) -> set[str]:
    """The households of the batch's visits as these are now."""
    return {row["household_id"] for row in batch.rows(Visit)}


def households_to_update(batch: Batch, touched: Iterable[str]) -> set[str]:
    """The households whose follow-ups may change.

    These are the `touched` ones that have a follow-up or a visit with a date for one, and those to which a
    visit with a follow-up may have moved.
    """
    with_follow_up = {row["household_id"] for row in batch.rows(FollowUp)}
    with_follow_up |= {row["household_id"] for row in batch.rows(Visit) if row["follow_up_on"]}
    of_follow_up_visits = {row["household_id"] for row in batch.rows(Visit) if batch.get(FollowUp, row["id"])}
    return (with_follow_up & set(touched)) | of_follow_up_visits


def first_day(batch: Batch) -> date:
    """The earliest day of the batch's visits: follow-ups that were closed before it cannot change."""
    return min(row["counted_on"] for row in batch.rows(Visit))


def update(batch: Batch, visits: Iterable[VisitValues]) -> None:
    """Compute the follow-ups of the households of `visits` again.

    `visits` are all visits of these households since a day no later than that of any visit that the batch
    changes; the batch has the follow-ups that were not closed before that day.
    """
    ordered = sorted(visits, key=_order)
    first: dict[str, VisitValues] = {}
    for household, group in groupby(ordered, key=lambda row: row["household_id"]):
        next_visit: VisitValues | None = None
        for visit in reversed(list(group)):
            _update_one(batch, visit, next_visit)
            if visit["withdrawn_at"] is None:
                next_visit = first[household] = visit
    seen = {row["id"] for row in ordered} | {row["id"] for row in batch.rows(Visit)}
    for follow_up in list(batch.rows(FollowUp)):
        if follow_up["id"] not in seen and (follow_up["closed_by"] is None or follow_up["closed_by"] in seen):
            _close(batch, follow_up, first.get(follow_up["household_id"]))


def _order(visit: VisitValues) -> tuple[str, datetime, datetime, int, str]:
    """By household and time. Several visits may be clamped to one instant: then the phone's reported time and
    its `seq` decide which came first."""
    return (visit["household_id"], visit["happened_at"], visit["occurred_at"], visit["seq"], visit["id"])


def _update_one(batch: Batch, visit: VisitValues, next_visit: VisitValues | None) -> None:
    """The follow-up of one visit; `next_visit`: the next one at its household that is not withdrawn."""
    old = batch.get(FollowUp, visit["id"])
    if visit["withdrawn_at"] is not None or (old is None and not visit["follow_up_on"]):
        if old:
            add_tombstone(batch, "follow_up", visit["id"], old["hamlet_id"])
            batch.remove(FollowUp, old)
        return
    due_on = visit["follow_up_on"] or (old["due_on"] if old else None)
    assert due_on is not None, "a visit without a date and without a follow-up was left out"
    closed_by = next_visit if visit["follow_up_on"] else visit
    new: FollowUpValues = {
        "id": visit["id"],
        "household_id": visit["household_id"],
        "hamlet_id": visit["hamlet_id"],
        "due_on": due_on,
        "closed_by": closed_by["id"] if closed_by else None,
        "closed_on": closed_by["counted_on"] if closed_by else None,
    }
    if old is None:
        batch.add(FollowUp, new)
    elif not new.items() <= old.items():
        if old["hamlet_id"] != new["hamlet_id"]:
            add_tombstone(batch, "follow_up", visit["id"], old["hamlet_id"])
        batch.change(FollowUp, old, new)


def _close(batch: Batch, follow_up: FollowUpValues, by: VisitValues | None) -> None:
    if follow_up["closed_by"] != (by["id"] if by else None):
        closed = batch.change(FollowUp, follow_up)
        closed["closed_by"], closed["closed_on"] = (by["id"], by["counted_on"]) if by else (None, None)
