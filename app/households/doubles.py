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
    """A household with its label as it is compared."""

    home: Household
    head: str
    number: str
    alley: str


def doubles(session: Session, actor: Actor) -> list[tuple[Household, Household]]:
    """Pairs of active households of one hamlet that may be the same door, and were not told apart.

    Either the same head, where number and alley do not say otherwise; or the same number and alley under
    another head, where two phones, or a phone and a list, each brought one. Marks and capitals apart.
    """
    columns: Any = Household
    standing = visible_to(actor, Household).where(columns.state == "active", columns.merged_into.is_(None))
    labels = [
        _Label(home, fold(home.head_name), fold(home.house_no), fold(home.alley))
        for home in session.exec(standing)
    ]
    brought = _brought_by(session, actor)
    apart = {(row.first_id, row.second_id) for row in session.exec(visible_to(actor, ToldApart))}
    found = {
        _key(one.home.id, other.home.id): (one.home, other.home)
        for one, other in _neighbours(labels)
        if _is_alike(one, other, by_two=brought[one.home.id] != brought[other.home.id])
    }
    pairs = [pair for key, pair in found.items() if key not in apart]
    return sorted(pairs, key=lambda pair: (pair[0].hamlet_id, pair[0].alley, pair[0].house_no, pair[0].id))


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


def _neighbours(labels: list[_Label]) -> Iterator[tuple[_Label, _Label]]:
    """Pairs worth a look: of one hamlet with the same head, or the same number."""
    groups: defaultdict[tuple[str, str, str], list[_Label]] = defaultdict(list)
    for label in labels:
        groups[label.home.hamlet_id, "head", label.head].append(label)
        if label.number:
            groups[label.home.hamlet_id, "number", label.number].append(label)
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
