"""Possible doubles: households that look like one door, and the answer that they are two."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.core import desk_log
from app.core.errors import NotFound
from app.core.text import fold
from app.households.models import Household, HouseholdVersion, ToldApart

Key = tuple[str, str]  # two ids, the lesser first


@dataclass(frozen=True)
class _Label:
    """A household's label as it is compared."""

    id: str
    hamlet_id: str
    head: str
    number: str
    alley: str


def doubles(session: Session, actor: Actor, most: int) -> tuple[list[tuple[Household, Household]], int]:
    """Pairs of active households of one hamlet that may be the same door, and were not told apart: the first
    `most`, hamlet by hamlet, and how many there are.

    Either the same head, where number and alley do not say otherwise; or the same number and alley under
    another head, where two phones, or a phone and a list, each brought one. Marks and capitals apart.
    """
    pairs = _pairs(session, actor)
    columns: Any = Household
    wanted = sorted({id for pair in pairs[:most] for id in pair})
    named = session.exec(visible_to(actor, Household).where(columns.id.in_(wanted)))
    homes = {home.id: home for home in named}
    return [(homes[one], homes[other]) for one, other in pairs[:most]], len(pairs)


def count_doubles(session: Session, actor: Actor) -> int:
    """How many pairs `doubles` finds."""
    return len(_pairs(session, actor))


def tell_apart(session: Session, actor: Actor, one_id: str, other_id: str, now: datetime) -> None:
    """*Không trùng*: they are not asked about again. Raises `NotFound`."""
    first_id, second_id = _key(one_id, other_id)
    columns: Any = Household
    both = visible_to(actor, Household).where(columns.id.in_([first_id, second_id])).order_by(columns.id)
    # Locked, so that the second of two presses finds what the first one wrote.
    if len(session.exec(both.with_for_update(key_share=True)).all()) != 2:
        raise NotFound
    told = ToldApart(
        commune_id=actor.commune_id,
        first_id=first_id,
        second_id=second_id,
        told_by=actor.account_id,
        told_at=now,
    )
    session.merge(told)
    said = {"by": actor.account_id, "households": [first_id, second_id]}
    desk_log.note(session, actor.commune_id, "household.told_apart", now, **said)


def _pairs(session: Session, actor: Actor) -> list[Key]:
    labels = _labels(session, actor)
    brought = _brought_by(session, actor)
    apart = {(row.first_id, row.second_id) for row in session.exec(visible_to(actor, ToldApart))}
    alike = {
        _key(one.id, other.id): (one.hamlet_id, one.alley, one.number)
        for one, other in _neighbours(labels)
        if _is_alike(one, other, by_two=brought[one.id] != brought[other.id])
    }
    return sorted(alike.keys() - apart, key=lambda pair: (alike[pair], pair))


def _labels(session: Session, actor: Actor) -> list[_Label]:
    """Of the active households, and no more of them than their labels: a commune has thousands."""
    columns: Any = Household
    standing: Any = visible_to(actor, Household).where(
        columns.state == "active", columns.merged_into.is_(None)
    )
    rows = session.execute(
        standing.with_only_columns(
            columns.id, columns.hamlet_id, columns.head_name, columns.house_no, columns.alley
        )
    )
    return [_Label(id, hamlet, *(fold(part) for part in label)) for id, hamlet, *label in rows]


def _neighbours(labels: list[_Label]) -> Iterator[tuple[_Label, _Label]]:
    """Pairs worth a look: of one hamlet with the same head, or the same number."""
    groups: defaultdict[tuple[str, str, str], list[_Label]] = defaultdict(list)
    for label in labels:
        groups[label.hamlet_id, "head", label.head].append(label)
        if label.number:
            groups[label.hamlet_id, "number", label.number].append(label)
    for group in groups.values():
        yield from combinations(group, 2)


def _is_alike(one: _Label, other: _Label, *, by_two: bool) -> bool:
    """Same head: nothing says otherwise. Another head: the same number and alley, and two brought them."""
    if one.head != other.head:
        return by_two and bool(one.number) and (one.number, one.alley) == (other.number, other.alley)
    numbers, alleys = {one.number, other.number} - {""}, {one.alley, other.alley} - {""}
    return len(numbers) <= 1 and len(alleys) <= 1


def _brought_by(session: Session, actor: Actor) -> defaultdict[str, str]:
    """The device that added each household; empty for those of a list."""
    columns: Any = HouseholdVersion
    first = visible_to(actor, HouseholdVersion).where(columns.version == 1, columns.device_id.is_not(None))
    pairs = session.execute(first.with_only_columns(columns.household_id, columns.device_id))
    return defaultdict(str, {household: device for household, device in pairs})


def _key(one: str, other: str) -> Key:
    return (one, other) if one < other else (other, one)
