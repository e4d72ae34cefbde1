"""Possible doubles: households that look like one door, and the answer that they are two."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice, product
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func
from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.core import desk_log
from app.core.errors import NotFound
from app.core.text import fold
from app.households.models import Household, HouseholdVersion, ToldApart

COUNTED_TO = 1_000  # pairs of a commune; of more than that nobody needs the number
IN_GROUP = 100  # pairs of one group: a name that hundreds have does not stand before all others

Key = tuple[str, str]  # two ids, the lesser first


class Label(NamedTuple):
    """A household's label as it is compared, and the device that added it (empty: a list)."""

    id: str
    hamlet_id: str
    head: str
    number: str
    alley: str
    brought_by: str


Pair = tuple[Label, Label]


@dataclass(frozen=True)
class Found:
    """Pairs of a commune, hamlet by hamlet; `more`: there are others that were not counted."""

    pairs: list[Key]
    more: bool


# By database and commune: what was found, and how the households and answers stood then. Looking through
# 12,000 households takes a tenth of a second, and the desk's first page asks each time.
_REMEMBERED: WeakKeyDictionary[Engine, dict[str, tuple[object, Found]]] = WeakKeyDictionary()


def doubles(session: Session, actor: Actor, most: int) -> tuple[list[tuple[Household, Household]], Found]:
    """Pairs of active households of one hamlet that may be the same door, and were not told apart: the first
    `most` with their rows, hamlet by hamlet, and all that were found.

    Either the same head, where number and alley do not say otherwise; or the same number and alley under
    another head, where two phones, or a phone and a list, each brought one. Marks and capitals apart.
    """
    found = find_doubles(session, actor)
    columns: Any = Household
    wanted = sorted({id for pair in found.pairs[:most] for id in pair})
    named = session.exec(visible_to(actor, Household).where(columns.id.in_(wanted)))
    homes = {home.id: home for home in named}
    return [(homes[one], homes[other]) for one, other in found.pairs[:most]], found


def find_doubles(session: Session, actor: Actor) -> Found:
    """The pairs that `doubles` finds, remembered until a household changes or a pair is told apart."""
    engine: Any = session.get_bind()
    remembered = _REMEMBERED.setdefault(engine, {})
    stand = _stand(session, actor)
    known = remembered.get(actor.commune_id)
    if known and known[0] == stand:
        return known[1]
    apart = {(row.first_id, row.second_id) for row in session.exec(visible_to(actor, ToldApart))}
    found = pairs_among(_labels(session, actor), apart)
    remembered[actor.commune_id] = (stand, found)
    return found


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


def pairs_among(labels: Iterable[Label], apart: Iterable[Key] = ()) -> Found:
    """The pairs among these households but for those told `apart`, as far as they are counted.

    The work grows with the households and with the pairs that are found, not with the pairs that might be.
    """
    known, pairs, more = set(apart), list[Key](), False
    for alike in _groups(labels):
        keys = (_key(one.id, other.id) for one, other in alike)
        fresh = list(islice((key for key in keys if key not in known), IN_GROUP + 1))
        pairs += fresh[:IN_GROUP]
        more = more or len(fresh) > IN_GROUP
        if len(pairs) > COUNTED_TO:
            break
    return Found(pairs[:COUNTED_TO], more or len(pairs) > COUNTED_TO)


def _stand(session: Session, actor: Actor) -> tuple[Any, ...]:
    """The newest change of any household, and how many pairs were told apart, which is never taken back."""
    household: Any = Household
    told: Any = ToldApart
    newest: Any = visible_to(actor, Household).with_only_columns(func.max(household.feed_seq))
    answers: Any = visible_to(actor, ToldApart).with_only_columns(func.count(told.first_id))
    return session.execute(newest).scalar(), session.execute(answers).scalar()


def _labels(session: Session, actor: Actor) -> Iterator[Label]:
    """Of the active households, and no more of them than their labels: a commune has thousands."""
    brought = _brought_by(session, actor)
    columns: Any = Household
    standing: Any = visible_to(actor, Household).where(
        columns.state == "active", columns.merged_into.is_(None)
    )
    rows = session.execute(
        standing.with_only_columns(
            columns.id, columns.hamlet_id, columns.head_name, columns.house_no, columns.alley
        )
    )
    for id, hamlet, *label in rows:
        head, number, alley = map(_folded, label)
        yield Label(id, hamlet, head, number, alley, brought.get(id, ""))


_folded = lru_cache(20_000)(fold)


def _groups(labels: Iterable[Label]) -> Iterator[Iterator[Pair]]:
    """Households of one hamlet with the same head, or the same number and alley: the pairs of each group."""
    by_head: defaultdict[tuple[str, str], list[Label]] = defaultdict(list)
    by_door: defaultdict[tuple[str, str, str], list[Label]] = defaultdict(list)
    for label in labels:
        by_head[label.hamlet_id, label.head].append(label)
        if label.number:
            by_door[label.hamlet_id, label.number, label.alley].append(label)
    alike = [(sorted(group, key=_place), _of_one_head) for group in by_head.values() if len(group) > 1]
    alike += [(sorted(group, key=_place), _at_one_door) for group in by_door.values() if len(group) > 1]
    for group, pairs in sorted(alike, key=lambda one: _place(one[0][0])):
        yield pairs(group)


def _place(label: Label) -> tuple[str, ...]:
    return label.hamlet_id, label.alley, label.number, label.id


def _of_one_head(group: list[Label]) -> Iterator[Pair]:
    """Pairs of which neither number nor alley say otherwise: the same, or one of them not known.

    Those before are looked up by what they may have, `None` for whatever it is: each one met is a pair."""
    before: defaultdict[tuple[str | None, str | None], list[Label]] = defaultdict(list)
    for label in group:
        numbers, alleys = ([part, ""] if part else [None] for part in (label.number, label.alley))
        for place in product(numbers, alleys):
            yield from ((other, label) for other in before[place])
        for place in product((label.number, None), (label.alley, None)):
            before[place].append(label)


def _at_one_door(group: list[Label]) -> Iterator[Pair]:
    """Pairs of different heads that two devices, or a device and a list, brought."""
    before: defaultdict[str, defaultdict[str, list[Label]]] = defaultdict(lambda: defaultdict(list))
    for label in group:
        for device, heads in before.items():
            if device != label.brought_by:
                alike = (others for head, others in heads.items() if head != label.head)
                yield from ((other, label) for others in alike for other in others)
        before[label.brought_by][label.head].append(label)


def _brought_by(session: Session, actor: Actor) -> dict[str, str]:
    """The device that added each household; none for those of a list."""
    columns: Any = HouseholdVersion
    first: Any = visible_to(actor, HouseholdVersion).where(
        columns.version == 1, columns.device_id.is_not(None)
    )
    pairs = session.execute(first.with_only_columns(columns.household_id, columns.device_id))
    return {household: device for household, device in pairs}


def _key(one: str, other: str) -> Key:
    return (one, other) if one < other else (other, one)
