"""What the list of households is filtered and sorted by, in memory: labels, and which were visited when.

Sorting Vietnamese names and numbers is beyond both databases, and folding 12,000 labels takes longer than an
answer may. So labels are read again only after a household has changed, visits after anything has.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.core.feed import feed_head
from app.core.sql.revision_cache import RevisionCache
from app.core.text import by_address, by_given_name, fold, spaced
from app.fieldwork.derived.household_days.models import VisitedHousehold
from app.fieldwork.households.models import Household
from app.fieldwork.households.search import household_revision

LIVING = "active"  # the state of a household that lives there

_folded = lru_cache(50_000)(fold)
_name_key = lru_cache(20_000)(by_given_name)


@dataclass(frozen=True, slots=True)
class Entry:
    """One household that is not merged; `text`: its label as searches compare it, `parts`: head, house
    number and alley, folded."""

    id: str
    hamlet_id: str
    state: str
    head_name: str
    text: str
    parts: tuple[str, str, str]


@dataclass(frozen=True)
class Register:
    """The households of a commune that are not merged; `by_address`: of each hamlet, by alley and number,
    those that were erased last."""

    by_address: dict[str, list[Entry]]

    def texts(self) -> Iterator[str]:
        """What searches compare, of each household."""
        return (entry.text for hamlet in self.by_address.values() for entry in hamlet)

    @cached_property
    def living(self) -> dict[str, frozenset[str]]:
        """The households that live in each hamlet."""
        return {
            id: frozenset(entry.id for entry in entries if entry.state == LIVING)
            for id, entries in self.by_address.items()
        }

    @cached_property
    def by_name(self) -> list[Entry]:
        """All by the given name of the head; last those that were erased, which have none."""
        entries = [entry for hamlet in self.by_address.values() for entry in hamlet]
        return sorted(entries, key=lambda one: (not one.head_name, _name_key(one.head_name), one.id))


@dataclass(frozen=True)
class Visited:
    """Two days of each household: of its last visit that is not withdrawn, and of its first counted visit
    with somebody at home."""

    last_on: dict[str, date]
    first_on: dict[str, date]

    @cached_property
    def first_days(self) -> Counter[date]:
        """How many households were reached for the first time on each day."""
        return Counter(self.first_on.values())

    @cached_property
    def reached(self) -> frozenset[str]:
        """The households that a counted visit reached."""
        return frozenset(self.first_on)


_REGISTERS = RevisionCache[Register]()
_VISITED = RevisionCache[Visited]()


def load_register(session: Session, actor: Actor) -> Register:
    """The supervisor's households, read anew if one of them has changed."""
    revision = household_revision(session, actor)
    return _REGISTERS.get(session, actor.commune_id, revision, lambda: Register(_read(session, actor)))


def load_visited(session: Session, actor: Actor) -> Visited:
    """The visits of the supervisor's households, read anew if anything of the commune has changed."""
    head = feed_head(session, actor.commune_id)
    return _VISITED.get(session, actor.commune_id, head, lambda: _read_visited(session, actor))


def _read_visited(session: Session, actor: Actor) -> Visited:
    rows = _FIND_VISITED.rows(session, actor)
    return Visited(
        {row["household_id"]: row["last_on"] for row in rows},
        {row["household_id"]: row["first_on"] for row in rows if row["first_on"]},
    )


_FIND_VISITED = ActorStatement(
    lambda actor: visible_to(actor, VisitedHousehold).with_only_columns(
        col(VisitedHousehold.household_id), col(VisitedHousehold.last_on), col(VisitedHousehold.first_on)
    )
)


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
    hamlets: defaultdict[str, list[tuple[bool, bytes, str, Entry]]] = defaultdict(list)
    for id, hamlet_id, state, head_name, house_no, alley in rows:
        parts = (_folded(head_name), _folded(house_no), _folded(alley))
        entry = Entry(id, hamlet_id, state, head_name, spaced(" ".join(parts)), parts)
        hamlets[hamlet_id].append((not head_name, by_address(alley, house_no, head_name), id, entry))
    return {id: [entry for *_key, entry in sorted(entries)] for id, entries in hamlets.items()}
