"""Promises to return: any later visit at the household closes one, so does amending the date away.

A household's promises follow from its visits alone, so they are worked out anew whenever one of its
visits changes; the order in which phones deliver does not matter.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from app.core.batch import Batch, Row
from app.visits.commands import leave
from app.visits.models import FollowUp, Visit


def households_visited(batch: Batch) -> set[str]:
    """The households of the visits this batch knows, as they stand now."""
    return {str(row["household_id"]) for row in batch.rows(Visit)}


def households_to_settle(batch: Batch, touched: Iterable[str]) -> set[str]:
    """Of the touched households, those that have a promise or were just given one."""
    promised = {row["household_id"] for row in batch.rows(FollowUp)}
    promised |= {row["household_id"] for row in batch.rows(Visit) if row["follow_up_on"]}
    moved = {row["household_id"] for row in batch.rows(Visit) if batch.get(FollowUp, row["id"])}
    return (promised | moved) & set(touched) | moved


def since(batch: Batch) -> date:
    """The first day that the visits of this batch count for: what closed before it stays as it is."""
    first: date = min(row["counted_on"] for row in batch.rows(Visit))
    return first


def settle(batch: Batch, visits: Iterable[Row]) -> None:
    """Bring the promises of the households of `visits` in line.

    `visits` are all of theirs since a day no later than that of any visit the batch changes; promises made
    before that day are looked at when nothing had closed them by then.
    """
    ordered = sorted(visits, key=_order)
    first: dict[str, str] = {}
    for household, group in groupby(ordered, key=lambda row: str(row["household_id"])):
        later: str | None = None
        for visit in reversed(list(group)):
            _settle_one(batch, visit, later)
            if visit["withdrawn_at"] is None:
                later = first[household] = str(visit["id"])
    seen = {row["id"] for row in ordered} | {row["id"] for row in batch.rows(Visit)}
    for promise in list(batch.rows(FollowUp)):
        if promise["id"] not in seen and (promise["closed_by"] is None or promise["closed_by"] in seen):
            _close(batch, promise, first.get(promise["household_id"]))


def _order(visit: Row) -> tuple[Any, ...]:
    """By household and time. Several visits may be clamped to one instant: then the phone's claim and
    its numbers say which came first."""
    return (visit["household_id"], visit["happened_at"], visit["occurred_at"], visit["seq"], visit["id"])


def _settle_one(batch: Batch, visit: Row, later: str | None) -> None:
    """`later`: the visit at its household that came next, and stands."""
    known = batch.get(FollowUp, visit["id"])
    if visit["withdrawn_at"] is not None or (known is None and not visit["follow_up_on"]):
        if known:
            leave(batch, "follow_up", visit["id"], known["hamlet_id"])
            batch.remove(FollowUp, known)
        return
    wanted = {
        "household_id": visit["household_id"],
        "hamlet_id": visit["hamlet_id"],
        "due_on": visit["follow_up_on"] or (known or visit)["due_on"],
        "closed_by": later if visit["follow_up_on"] else visit["id"],
    }
    if known is None:
        batch.add(FollowUp, {"id": visit["id"]} | wanted)
    elif any(known[name] != value for name, value in wanted.items()):
        if known["hamlet_id"] != wanted["hamlet_id"]:
            leave(batch, "follow_up", visit["id"], known["hamlet_id"])
        batch.change(FollowUp, known, **wanted)


def _close(batch: Batch, promise: Row, by: str | None) -> None:
    if promise["closed_by"] != by:
        batch.change(FollowUp, promise, closed_by=by)
