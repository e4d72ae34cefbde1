"""The labels of a commune's households in memory: folded for searching, in the orders of the list.

Sorting Vietnamese names and numbers is beyond both databases, and folding 12,000 labels takes longer than an
answer may. So the labels are read again only after a household has changed.
"""

import re
from collections import defaultdict
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

from sqlalchemy import func
from sqlmodel import Session, col

from app.accounts.access import Actor, visible_to
from app.core.text import by_given_name, fold
from app.households.models import Household

_DIGITS = re.compile("[0-9]+")
_folded = lru_cache(50_000)(fold)
_name_key = lru_cache(20_000)(by_given_name)


@dataclass(frozen=True, slots=True)
class Entry:
    """One household that is not merged; `text`: its folded label, `parts`: head, house number and alley,
    folded."""

    id: str
    hamlet_id: str
    state: str
    head_name: str
    text: str
    parts: tuple[str, str, str]


@dataclass(frozen=True)
class Register:
    """The households of a commune that are not merged; `by_address`: of each hamlet, by alley and number."""

    by_address: dict[str, list[Entry]]

    @cached_property
    def by_name(self) -> list[Entry]:
        """All by the given name of the head."""
        entries = [entry for hamlet in self.by_address.values() for entry in hamlet]
        return sorted(entries, key=lambda entry: (_name_key(entry.head_name), entry.id))


# By the engine, so that the entries of a closed database go with it; then by commune.
_CACHE: MutableMapping[object, dict[str, tuple[int | None, Register]]] = WeakKeyDictionary()


def load_register(session: Session, actor: Actor) -> Register:
    """The supervisor's households, read anew if one of them has changed."""
    newest = visible_to(actor, Household).with_only_columns(func.max(col(Household.feed_seq)))
    revision = session.execute(newest).scalar_one()
    cached = _CACHE.setdefault(session.get_bind(), {})
    known = cached.get(actor.commune_id)
    if known and known[0] == revision:
        return known[1]
    register = Register(_read(session, actor))
    cached[actor.commune_id] = (revision, register)
    return register


def _read(session: Session, actor: Actor) -> dict[str, list[Entry]]:
    rows = session.execute(
        visible_to(actor, Household)
        .where(col(Household.merged_into).is_(None))
        .with_only_columns(
            col(Household.id),
            col(Household.hamlet_id),
            col(Household.state),
            col(Household.head_name),
            col(Household.house_no),
            col(Household.alley),
        )
    )
    hamlets: defaultdict[str, list[Entry]] = defaultdict(list)
    for id, hamlet_id, state, head_name, house_no, alley in rows:
        parts = (_folded(head_name), _folded(house_no), _folded(alley))
        hamlets[hamlet_id].append(Entry(id, hamlet_id, state, head_name, " ".join(parts), parts))
    return {id: sorted(entries, key=_address_key) for id, entries in hamlets.items()}


def _address_key(entry: Entry) -> tuple[str, str, str, str]:
    head, house_no, alley = entry.parts
    return _natural(alley), _natural(house_no), head, entry.id


@lru_cache(20_000)
def _natural(text: str) -> str:
    """`text` with its numbers padded: 2 comes before 10."""
    return _DIGITS.sub(lambda digits: digits[0].zfill(8), text)
