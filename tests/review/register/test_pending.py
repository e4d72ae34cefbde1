"""The open visits that the overview counts, kept in memory until something changes or time passes."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account
from app.core.db import Database
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from app.review.register.pending import PendingVisits, count_pending
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.world import World


def test_visit_was_sent_back_long_ago_from_the_very_moment_on(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    returned = []
    for _ in range(2):
        returned.append(clock())
        _return_one(lan, world, database, clock)
        clock.forward(minutes=10)
    first, second = returned
    instant = timedelta(microseconds=1)
    for before, long_returned in (
        (first, 0),
        (first + instant, 1),
        (second, 1),
        (second + instant, 2),
        (first, 0),  # another supervisor's clock, or a page that began earlier
        (second + timedelta(days=9), 2),
    ):
        assert _count(database, world, before) == PendingVisits(0, 2, long_returned)


def test_counts_follow_every_change(lan: Phone, world: World, database: Database, clock: FakeClock) -> None:
    later = clock() + timedelta(days=1)
    assert _count(database, world, later) == PendingVisits(0, 0, 0)
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    assert _count(database, world, later) == PendingVisits(1, 0, 0)
    for count in (1, 2):
        returned = _return_one(lan, world, database, clock)
        assert _count(database, world, later) == PendingVisits(1, count, count)
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert _count(database, world, later) == PendingVisits(0, 2, 2)
    lan.exchange(lan.amend(returned, note="Đã hỏi lại"))
    assert _count(database, world, later) == PendingVisits(1, 1, 1)


def test_supervisor_next_door_has_a_count_of_their_own(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    assert _count(database, world, clock()).waiting == 1
    assert database.read(
        lambda session: count_pending(session, _actor(session, world.neighbour_id, world.hoa), clock())
    ) == PendingVisits(0, 0, 0)


def _return_one(lan: Phone, world: World, database: Database, clock: FakeClock) -> dict[str, Any]:
    """Record a visit and send it back."""
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    verdict = Verdict("returned", "missing_information", "note", "Thiếu")
    binh, id = (world.commune_id, world.binh), visit["data"]["id"]
    database.write(
        lambda session: reviews.return_(session, _actor(session, *binh), id, SeenVisit(1), verdict, clock())
    )
    return visit


def _count(database: Database, world: World, before: datetime) -> PendingVisits:
    binh = (world.commune_id, world.binh)
    return database.read(lambda session: count_pending(session, _actor(session, *binh), before))


def _actor(session: Session, commune_id: str, account_id: str) -> Actor:
    return actor_for(session, session.get_one(Account, (commune_id, account_id)))
