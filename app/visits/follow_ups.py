"""Promises to return: any later visit at the household closes one, so does amending the date away.

A household's promises follow from its visits alone, so they are worked out anew whenever one of its
visits changes; the order in which phones deliver does not matter.
"""

from collections.abc import Iterable
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


def settle(batch: Batch, visits: Iterable[Row]) -> None:
    """Bring the follow-up rows of the households of `visits` in line; `visits` are all of theirs."""
    ordered = sorted(visits, key=_order)
    for _household, group in groupby(ordered, key=lambda row: str(row["household_id"])):
        standing = list(group)
        for visit in standing:
            _settle_one(batch, visit, [row for row in standing if row["withdrawn_at"] is None])


def _order(visit: Row) -> tuple[Any, ...]:
    """By household and time. Several visits may be clamped to one instant: then the phone's claim and
    its numbers say which came first."""
    return (visit["household_id"], visit["happened_at"], visit["occurred_at"], visit["seq"], visit["id"])


def _settle_one(batch: Batch, visit: Row, standing: list[Row]) -> None:
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
        "closed_by": visit["id"] if not visit["follow_up_on"] else _next(visit, standing),
    }
    if known is None:
        batch.add(FollowUp, {"id": visit["id"]} | wanted)
    elif any(known[name] != value for name, value in wanted.items()):
        if known["hamlet_id"] != wanted["hamlet_id"]:
            leave(batch, "follow_up", visit["id"], known["hamlet_id"])
        batch.change(FollowUp, known, **wanted)


def _next(visit: Row, standing: list[Row]) -> str | None:
    later = standing[standing.index(visit) + 1 :]
    return str(later[0]["id"]) if later else None
