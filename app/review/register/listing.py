"""The desk's list of households: filtered, sorted, and one page of it.

A page begins at a household, not after a number of rows, so that it stays the same while others are added.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.areas import Hamlet
from app.core.text import has_words, words_to_find
from app.fieldwork.households.models import Household
from app.fieldwork.households.search_order import rank_of
from app.fieldwork.visits.household_summary import HouseholdSummary, household_summaries
from app.review.register.index import Entry, Register, load_register, load_visited
from app.review.register.telephone_numbers import households_of_caller

PAGE_SIZE = 100
Sort = Literal["address", "name", "longest", "latest"]


@dataclass(frozen=True)
class HouseholdFilters:
    """The filters of the list; an empty value filters nothing.

    `reached`: *yes* or *no*, whether a counted visit found somebody at home. `unvisited_since`: without a
    visit on that day or later. `first_reached`: somebody was reached there for the first time on one of
    these days or between them. `words`: each is in the label, or they are the telephone
    number of the household. `sort`: by hamlet and address, by given name, both by how near they are to the
    words if there are any; by the day of the last visit: those that wait longest first, or the latest first.
    """

    hamlet_id: str = ""
    state: str = ""
    reached: str = ""
    unvisited_since: date | None = None
    first_reached: tuple[date, date] | None = None
    words: str = ""
    sort: Sort = "address"


@dataclass(frozen=True)
class HouseholdList:
    """One page; `previous` and `next` say whether there are more households on either side."""

    households: list[HouseholdSummary]
    total: int
    previous: bool
    next: bool


def list_households(
    session: Session,
    actor: Actor,
    hamlets: Iterable[Hamlet],
    filters: HouseholdFilters,
    *,
    before: str = "",
    after: str = "",
) -> HouseholdList:
    """The page right behind the household `after`, or right before `before`: eight statements at most.

    `hamlets`: the commune's in their order. If the named household is not there, it is the first page.
    """
    register = load_register(session, actor)
    is_wanted = _condition(session, actor, register, filters)
    ordered = _ordered(session, actor, register, hamlets, filters.sort)
    if filters.words and filters.sort in ("address", "name"):
        ordered = _by_rank(ordered, filters.words, is_wanted)
    found = [entry for entry in ordered if is_wanted(entry)]
    first, last = _bounds(ordered, is_wanted, len(found), before, after)
    ids = [entry.id for entry in found[first:last]]
    return HouseholdList(
        households=household_summaries(session, actor, ids) if ids else [],
        total=len(found),
        previous=first > 0,
        next=last < len(found),
    )


def find_some(session: Session, actor: Actor, words: str, most: int) -> list[tuple[Household, str]]:
    """The first households that have all the words, or this telephone number, each with the name of its
    hamlet; at most `most`, which may be fewer than a page."""
    register = load_register(session, actor)
    is_wanted = _condition(session, actor, register, HouseholdFilters(words=words))
    ids = [entry.id for entry in _by_rank([*filter(is_wanted, register.by_name)], words)[:most]]
    if not ids:
        return []
    place = (col(Hamlet.commune_id) == actor.commune_id) & (col(Hamlet.id) == col(Household.hamlet_id))
    rows = session.execute(
        visible_to(actor, Household)
        .where(col(Household.id).in_(ids))
        .join(Hamlet, place)
        .with_only_columns(Household, col(Hamlet.name))
    )
    found = {household.id: (household, hamlet) for household, hamlet in rows}
    return [found[id] for id in ids if id in found]  # an import may have been undone meanwhile


def _by_rank(
    entries: list[Entry], words: str, is_wanted: Callable[[Entry], bool] = lambda _entry: True
) -> list[Entry]:
    """Those that are wanted first, by how near they are to the words."""
    rank = rank_of(words)
    last = (9, 0, 0)
    return sorted(
        entries,
        key=lambda one: rank(one.head_name, one.parts[0], one.parts[1], one.text) if is_wanted(one) else last,
    )


def _bounds(
    ordered: list[Entry], is_wanted: Callable[[Entry], bool], total: int, before: str, after: str
) -> tuple[int, int]:
    """The places of the page among the `total` wanted ones. The household that marks it need not be one."""
    mark = after or before
    place = next((place for place, entry in enumerate(ordered) if entry.id == mark), None) if mark else None
    if place is None:
        return 0, PAGE_SIZE
    passed = sum(map(is_wanted, ordered[: place + 1 if after else place]))
    if after:
        return (passed, passed + PAGE_SIZE) if passed < total else (0, PAGE_SIZE)
    return (passed - PAGE_SIZE, passed) if passed > PAGE_SIZE else (0, PAGE_SIZE)


def _condition(
    session: Session, actor: Actor, register: Register, filters: HouseholdFilters
) -> Callable[[Entry], bool]:
    callers = households_of_caller(session, actor, filters.words)
    words = words_to_find(filters.words, register.texts()) if callers is None else []
    tests: list[Callable[[Entry], bool]] = []
    if callers is not None:
        tests.append(lambda entry: entry.id in callers)
    if filters.hamlet_id:
        tests.append(lambda entry: entry.hamlet_id == filters.hamlet_id)
    if filters.state:
        tests.append(lambda entry: entry.state == filters.state)
    if words:
        tests.append(lambda entry: has_words(entry.text, words))
    if filters.reached:
        reached, expected = load_visited(session, actor).reached, filters.reached == "yes"
        tests.append(lambda entry: (entry.id in reached) is expected)
    if filters.unvisited_since:
        last_on, since = load_visited(session, actor).last_on, filters.unvisited_since
        tests.append(lambda entry: last_on.get(entry.id, date.min) < since)
    if filters.first_reached:
        first_on, (first, last) = load_visited(session, actor).first_on, filters.first_reached
        tests.append(lambda entry: first <= first_on.get(entry.id, date.min) <= last)
    return lambda entry: all(test(entry) for test in tests)


def _ordered(
    session: Session, actor: Actor, register: Register, hamlets: Iterable[Hamlet], sort: Sort
) -> list[Entry]:
    """All households in the order of the list."""
    if sort == "name":
        return register.by_name
    entries = [entry for hamlet in hamlets for entry in register.by_address.get(hamlet.id, ())]
    if sort == "address":
        return entries
    last_on = load_visited(session, actor).last_on
    return sorted(entries, key=lambda entry: last_on.get(entry.id, date.min), reverse=sort == "latest")
