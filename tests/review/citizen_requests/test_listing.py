"""The list of citizens' requests with as many as phones can bring: each page has what the whole order says,
and neither a page nor the count reads them all."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert, update
from sqlmodel import Session, col

from app.commune.accounts.access import Actor
from app.commune.calendar.workdays import Workdays
from app.commune.settings import DayOff
from app.core.clock import local_date
from app.core.db import Database
from app.review.citizen_requests.deadlines import KINDS, answer_by, done_by
from app.review.citizen_requests.listing import PAGE_SIZE, RequestList, list_requests
from app.review.citizen_requests.models import CitizenRequest, CitizenRequestValues
from app.review.citizen_requests.waiting import Waiting, count_waiting
from tests.conftest import NOW
from tests.statements import sent_statements
from tests.world import World

TODAY = local_date(NOW)
MANY, DAYS = 3000, 60
OWN = {TODAY - timedelta(days=days): "Hội làng" for days in (1, 2, 9, 23, 24)}


@pytest.fixture
def rows(database: Database, world: World) -> list[CitizenRequestValues]:
    """Requests of all kinds, of which a third is closed, in the order of the list."""
    chance = random.Random(31)
    made = [_row(world, chance, number) for number in range(MANY)]

    def write(session: Session) -> None:
        session.execute(insert(CitizenRequest), made)
        session.add_all(DayOff(commune_id=world.commune_id, day=day, name=name) for day, name in OWN.items())

    database.write(write)
    open_ones = [row for row in made if row["closed_on"] is None]
    closed = [row for row in made if row["closed_on"] is not None]
    return [
        *sorted(open_ones, key=_place),
        *sorted(closed, key=lambda row: (row["received_on"], row["id"]), reverse=True),
    ]


def _row(world: World, chance: random.Random, number: int) -> CitizenRequestValues:
    received_on = TODAY - timedelta(days=chance.randrange(DAYS))
    answered_on = chance.choice([None, received_on])
    return {
        "commune_id": world.commune_id,
        "id": f"request-{chance.random()}",
        "household_id": world.duc if number % 2 else None,
        "kind": chance.choice(KINDS),
        "reference": "",
        "received_on": received_on,
        "with_others": chance.random() < 0.3,
        "entered_at": NOW,
        "entered_by": world.lan,
        "answered_on": answered_on,
        "extended_on": received_on if chance.random() < 0.3 else None,
        "extension_reason": "",
        "closed_on": received_on if number % 3 == 0 else None,
        "is_refused": False,
        "refusal_reason": "",
        "version": 1,
    }


def _next_day(row: CitizenRequestValues) -> date:
    is_extended = row["extended_on"] is not None
    if row["answered_on"] is None:
        return answer_by(row["received_on"], Workdays(OWN))
    return done_by(row["kind"], row["received_on"], with_others=row["with_others"], is_extended=is_extended)


def _place(row: CitizenRequestValues) -> tuple[date, bool, date, str]:
    return _next_day(row), row["answered_on"] is not None, row["received_on"], row["id"]


def _actor(world: World) -> Actor:
    return Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")


def _page(database: Database, world: World, **position: str) -> RequestList:
    return database.read(lambda session: list_requests(session, _actor(world), NOW, **position))


def _waiting(database: Database, world: World) -> Waiting:
    return database.read(lambda session: count_waiting(session, _actor(world)))


@contextmanager
def _loaded() -> Iterator[list[str]]:
    """Collects the ids of the requests that are read until the block ends."""
    ids: list[str] = []

    def note(row: CitizenRequest, _context: object) -> None:
        ids.append(row.id)

    event.listen(CitizenRequest, "load", note)
    try:
        yield ids
    finally:
        event.remove(CitizenRequest, "load", note)


def test_pages_are_the_whole_list_in_its_order_both_ways(
    database: Database, world: World, rows: list[CitizenRequestValues]
) -> None:
    ids = [row["id"] for row in rows]
    starts = range(0, MANY, PAGE_SIZE)
    for start in starts:
        page = _page(database, world, **({"after": ids[start - 1]} if start else {}))
        assert [one.request.id for one in page.listed] == ids[start : start + PAGE_SIZE]
        assert (page.previous, page.next) == (start > 0, start < starts[-1])
    for start in starts[1:]:
        page = _page(database, world, before=ids[start])
        assert [one.request.id for one in page.listed] == ids[start - PAGE_SIZE : start]
        assert (page.previous, page.next) == (start > PAGE_SIZE, True)
    beyond_the_ends = ({"after": ids[-1]}, {"before": ids[3]}, {"after": "request-of-nobody"})
    for position in beyond_the_ends:
        assert [one.request.id for one in _page(database, world, **position).listed] == ids[:PAGE_SIZE]


def test_any_request_divides_the_list_where_it_stands(
    database: Database, world: World, rows: list[CitizenRequestValues]
) -> None:
    ids = [row["id"] for row in rows]
    for place in random.Random(3).sample(range(PAGE_SIZE, MANY - 1), 60):
        after, before = (_page(database, world, **{side: ids[place]}) for side in ("after", "before"))
        assert [one.request.id for one in after.listed] == ids[place + 1 :][:PAGE_SIZE]
        assert [one.request.id for one in before.listed] == ids[place - PAGE_SIZE : place]


def test_a_page_and_the_count_read_few_rows_of_many(
    database: Database, world: World, rows: list[CitizenRequestValues]
) -> None:
    open_ones = [row for row in rows if row["closed_on"] is None]
    last_closed = rows[len(open_ones) + 5]["id"]
    for position in ({}, {"after": rows[700]["id"]}, {"before": rows[700]["id"]}, {"before": last_closed}):
        with sent_statements(database.engine) as sent, _loaded() as ids:
            _page(database, world, **position)
        assert len(sent) <= 12
        assert len(ids) <= 2 * (PAGE_SIZE + 1) + PAGE_SIZE + 2
    with sent_statements(database.engine) as sent, _loaded() as ids:
        waiting = _waiting(database, world)
    assert (len(ids), len(sent) <= 4) == (0, True)
    assert waiting == Waiting(len(open_ones), _next_day(open_ones[0]))


def test_the_first_last_day_is_of_any_kind_of_request(
    database: Database, world: World, rows: list[CitizenRequestValues]
) -> None:
    """What is due first is closed again and again: each time another one is the first."""
    open_ones = [row for row in rows if row["closed_on"] is None]
    for start in range(0, 1500, 150):
        left = open_ones[start:]
        assert _waiting(database, world) == Waiting(len(left), _next_day(left[0]))
        _close(database, [row["id"] for row in left[:150]])


def _close(database: Database, ids: list[str]) -> None:
    close = update(CitizenRequest).where(col(CitizenRequest.id).in_(ids)).values(closed_on=TODAY)
    database.write(lambda session: session.execute(close))


def test_nobody_waits(database: Database, world: World) -> None:
    assert _waiting(database, world) == Waiting(0, None)
    page = _page(database, world)
    assert (page.listed, page.previous, page.next) == ([], False, False)
