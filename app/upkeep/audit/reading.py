"""Reading a commune's desk log at the desk: newest first, by person, household and event.

Which people, households and visits an entry is about lies in its JSON: what a page looks through is bounded,
and where it stopped the next page goes on.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import ANONYMOUS, Account
from app.core.audit.views import VIEWED
from app.core.desk_log import DeskEntry, Entry
from app.core.text import by_given_name
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit

PAGE_SIZE = 50  # entries
SCANNED = 2_000
"""So many entries are looked through for a page."""


@dataclass(frozen=True)
class LogFilter:
    """Which entries are wanted; empty: all. `person`: whoever acted, or whose account it is about.
    `household`: it, or a visit there. `events`: names of what was done."""

    person: str = ""
    household: str = ""
    events: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LogPage:
    """Entries with their numbers, the newest first. `before`: the next page looks at entries below this
    number; 0 if there is none. `is_looking`: this page may have fewer, because it stopped looking."""

    entries: list[tuple[int, Entry]]
    before: int
    is_looking: bool


def read_page(session: Session, actor: Actor, wanted: LogFilter, before: int) -> LogPage:
    """The next entries below the number `before`; 0: the newest."""
    is_wanted = _condition(session, actor, wanted)
    newest = visible_to(actor, DeskEntry).order_by(col(DeskEntry.seq).desc()).limit(SCANNED + 1)
    rows = session.exec(newest.where(col(DeskEntry.seq) < before) if before else newest)
    found: list[tuple[int, Entry]] = []
    last = 0
    for count, row in enumerate(rows):
        if count == SCANNED or len(found) == PAGE_SIZE:
            return LogPage(found, last, is_looking=len(found) < PAGE_SIZE)
        last = row.seq
        if is_wanted(row.entry):
            found.append((row.seq, row.entry))
    return LogPage(found, 0, is_looking=False)


def find_people(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, Account]:
    """Those of these ids that are accounts of the commune, also of people who have left."""
    wanted = visible_to(actor, Account).where(col(Account.id).in_(sorted(set(ids))))
    return {one.id: one for one in session.exec(wanted)}


def find_households(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, Household]:
    """Those of these ids that are households of the commune."""
    wanted = visible_to(actor, Household).where(col(Household.id).in_(sorted(set(ids))))
    return {one.id: one for one in session.exec(wanted)}


def list_people(session: Session, actor: Actor) -> list[Account]:
    """Everybody who may be in the log: supervisors and then members, by given name, with those who have
    left."""
    named = visible_to(actor, Account).where(col(Account.id) != ANONYMOUS)
    accounts = session.exec(named.order_by(col(Account.id))).all()
    return sorted(accounts, key=lambda one: (one.role != "supervisor", by_given_name(one.name)))


def _condition(session: Session, actor: Actor, wanted: LogFilter) -> Callable[[Entry], bool]:
    of_household = _ids_of(session, actor, wanted.household) if wanted.household else frozenset()

    def is_wanted(entry: Entry) -> bool:
        if wanted.events and entry["what"] not in wanted.events:
            return False
        if wanted.person and wanted.person not in _people(entry):
            return False
        return not of_household or not of_household.isdisjoint(_values(entry))

    return is_wanted


def _ids_of(session: Session, actor: Actor, household_id: str) -> frozenset[str]:
    """The household and its visits, by which entries name it."""
    visits = visible_to(actor, Visit).where(Visit.household_id == household_id)
    return frozenset((household_id, *session.execute(visits.with_only_columns(col(Visit.id))).scalars()))


def _people(entry: Entry) -> set[object]:
    viewers = {view[0] for view in entry["views"]} if entry["what"] == VIEWED else set()
    return {entry.get("by"), entry.get("account"), *viewers}


def _values(entry: Entry) -> Iterator[str]:
    """The ids and codes of an entry, also those in its lists."""
    for value in entry.values():
        for one in value if isinstance(value, list) else [value]:
            yield from (part for part in (one if isinstance(one, list) else [one]) if isinstance(part, str))
