"""Pairs of households that may be one, and the decision that a pair is not (*Không trùng*)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.core import desk_log
from app.core.errors import NotFound
from app.core.sql.revision_cache import RevisionCache
from app.core.text import fold
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.households.search import household_revision
from app.review.deduplication.models import NotDuplicate

MAX_PAIRS = 1_000  # counted in a commune; above that the number is of no use
MAX_PAIRS_IN_GROUP = 100  # so that a name that hundreds of people have does not crowd out all others

PairKey = tuple[str, str]  # the ids of two households, in ascending order


class Label(NamedTuple):
    """A household's label, folded for comparison, and the device that added it (empty: an import)."""

    id: str
    hamlet_id: str
    head: str
    house_no: str
    alley: str
    device_id: str


Pair = tuple[Label, Label]


@dataclass(frozen=True)
class DuplicatePairs:
    """Pairs of a commune, hamlet by hamlet; `more`: there are others that were not counted."""

    pairs: list[PairKey]
    more: bool


_Revision = tuple[tuple[int | None, int], int]
# For 12,000 households finding them takes a tenth of a second, and the desk's first page needs the number.
_PAIRS = RevisionCache[DuplicatePairs]()


def find_duplicates(
    session: Session, actor: Actor, limit: int
) -> tuple[list[tuple[Household, Household]], DuplicatePairs]:
    """The rows of the first `limit` pairs of possible duplicates, and all pairs.

    Possible duplicates are two active households of one hamlet that nobody has marked as different. Either
    they have the same head, and the same house number and alley as far as both have one; or they have the
    same number and alley but different heads, and were added by two devices, or by a device and an import.
    Diacritics and capitals are ignored.
    """
    found = find_duplicate_pairs(session, actor)
    ids = sorted({id for pair in found.pairs[:limit] for id in pair})
    rows = session.exec(visible_to(actor, Household).where(col(Household.id).in_(ids)))
    households = {household.id: household for household in rows}
    return [(households[one], households[other]) for one, other in found.pairs[:limit]], found


def find_duplicate_pairs(session: Session, actor: Actor) -> DuplicatePairs:
    """The pairs that `find_duplicates` describes, cached until a household or a decision changes."""
    revision = _revision(session, actor)
    return _PAIRS.get(session, actor.commune_id, revision, lambda: _read_pairs(session, actor))


def _read_pairs(session: Session, actor: Actor) -> DuplicatePairs:
    distinct = {(row.first_id, row.second_id) for row in session.exec(visible_to(actor, NotDuplicate))}
    return find_pairs(_labels(session, actor), distinct)


def mark_not_duplicate(session: Session, actor: Actor, one_id: str, other_id: str, now: datetime) -> None:
    """*Không trùng*: the pair is not listed again. Raises `NotFound`."""
    first_id, second_id = _pair_key(one_id, other_id)
    id = col(Household.id)
    both = visible_to(actor, Household).where(id.in_([first_id, second_id])).order_by(id)
    # Locked, so that of two requests at once the second finds the row that the first has written.
    if len(session.exec(both.with_for_update(key_share=True)).all()) != 2:
        raise NotFound
    decision = NotDuplicate(
        commune_id=actor.commune_id,
        first_id=first_id,
        second_id=second_id,
        decided_by=actor.account_id,
        decided_at=now,
    )
    session.merge(decision)
    details = {"by": actor.account_id, "households": [first_id, second_id]}
    desk_log.note(session, actor.commune_id, "household.not_duplicate", now, **details)


def find_pairs(labels: Iterable[Label], distinct: Iterable[PairKey] = ()) -> DuplicatePairs:
    """The pairs among these households without those that are `distinct`, up to `MAX_PAIRS`.

    The time grows with the number of households and of pairs found, not with the square of the households.
    """
    excluded, pairs, more = set(distinct), list[PairKey](), False
    for group in _groups(labels):
        keys = (_pair_key(one.id, other.id) for one, other in group)
        new = list(islice((key for key in keys if key not in excluded), MAX_PAIRS_IN_GROUP + 1))
        pairs += new[:MAX_PAIRS_IN_GROUP]
        more = more or len(new) > MAX_PAIRS_IN_GROUP
        if len(pairs) > MAX_PAIRS:
            break
    return DuplicatePairs(pairs[:MAX_PAIRS], more or len(pairs) > MAX_PAIRS)


def _revision(session: Session, actor: Actor) -> _Revision:
    """Differs after any change of a household, and when a pair was marked as different."""
    return household_revision(session, actor), _DECISIONS.one(session, actor)["count"]


_DECISIONS = ActorStatement(
    lambda actor: visible_to(actor, NotDuplicate).with_only_columns(func.count().label("count"))
)


def _labels(session: Session, actor: Actor) -> Iterator[Label]:
    """The labels of the active households. Only these columns are read: a commune has thousands of rows."""
    devices = _added_by(session, actor)
    active = visible_to(actor, Household).where(
        col(Household.state) == "active", col(Household.merged_into).is_(None)
    )
    rows = session.execute(
        active.where(col(Household.erased_at).is_(None)).with_only_columns(
            col(Household.id),
            col(Household.hamlet_id),
            col(Household.head_name),
            col(Household.house_no),
            col(Household.alley),
        )
    )
    for id, hamlet_id, head_name, house_no, alley in rows:
        label = (_folded(head_name), _folded(house_no), _folded(alley))
        yield Label(id, hamlet_id, *label, devices.get(id) or "")


_folded = lru_cache(20_000)(fold)


def _added_by(session: Session, actor: Actor) -> dict[str, str | None]:
    """The device that added each household, by household; imported ones are left out."""
    version = col(HouseholdVersion.version)
    device_id = col(HouseholdVersion.device_id)
    first = visible_to(actor, HouseholdVersion).where(version == 1, device_id.is_not(None))
    rows = session.execute(first.with_only_columns(col(HouseholdVersion.household_id), device_id))
    return {household_id: device for household_id, device in rows}


def _groups(labels: Iterable[Label]) -> Iterator[Iterator[Pair]]:
    """For each head, and each number and alley, that several households of a hamlet share: their pairs."""
    by_head: defaultdict[tuple[str, str], list[Label]] = defaultdict(list)
    by_address: defaultdict[tuple[str, str, str], list[Label]] = defaultdict(list)
    for label in labels:
        by_head[label.hamlet_id, label.head].append(label)
        if label.house_no:
            by_address[label.hamlet_id, label.house_no, label.alley].append(label)
    groups: list[tuple[list[Label], Callable[[list[Label]], Iterator[Pair]]]] = [
        *((sorted(group, key=_address), _same_head) for group in by_head.values() if len(group) > 1),
        *((sorted(group, key=_address), _same_address) for group in by_address.values() if len(group) > 1),
    ]
    for group, pairs in sorted(groups, key=lambda one: _address(one[0][0])):
        yield pairs(group)


def _address(label: Label) -> tuple[str, ...]:
    """Sort key: neighbours stand together."""
    return label.hamlet_id, label.alley, label.house_no, label.id


def _same_head(group: list[Label]) -> Iterator[Pair]:
    """The pairs of one head whose number and alley are equal or missing in one of the two.

    Each household is filed under its number and under `None` (any); a later one looks up its own number and
    "" (missing), or `None` if its own is missing. Likewise with the alley.
    """
    filed: defaultdict[tuple[str | None, str | None], list[Label]] = defaultdict(list)
    for label in group:
        numbers, alleys = ([part, ""] if part else [None] for part in (label.house_no, label.alley))
        for address in product(numbers, alleys):
            yield from ((other, label) for other in filed[address])
        for address in product((label.house_no, None), (label.alley, None)):
            filed[address].append(label)


def _same_address(group: list[Label]) -> Iterator[Pair]:
    """The pairs of one address with different heads that were not added by the same device or import."""
    earlier: defaultdict[str, defaultdict[str, list[Label]]] = defaultdict(lambda: defaultdict(list))
    for label in group:
        for device_id, heads in earlier.items():
            if device_id != label.device_id:
                others = (labels for head, labels in heads.items() if head != label.head)
                yield from ((other, label) for labels in others for other in labels)
        earlier[label.device_id][label.head].append(label)


def _pair_key(one: str, other: str) -> PairKey:
    return (one, other) if one < other else (other, one)
