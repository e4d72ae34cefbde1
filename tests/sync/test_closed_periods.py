"""An answer carries the closed periods when they have changed, and a record says since when it counts."""

from datetime import timedelta

from sqlmodel import Session, select

from app.core.clock import wire_time
from app.core.db import Database
from app.core.feed import FeedCounter
from app.reports.closing import reopen_period
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit
from tests.conftest import FakeClock
from tests.fieldwork.outreach import sessions
from tests.fieldwork.remarks import leaders_remarks as remarks
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.reports.test_closing import FIRST, Close, close, forward
from tests.reports.test_counted_since import RETURNED
from tests.world import World

__all__ = ["close"]
Known = dict[str, object]


def closed_periods(lan: Phone, **fields: object) -> Known | None:
    answer: Known | None = lan.exchange(**fields).get("closed_periods")
    return answer


def test_phone_gets_the_closed_periods_once_for_each_closing_and_reopening(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close
) -> None:
    lan.exchange()
    assert closed_periods(lan, periods_version=0) is None
    forward(lan, clock)
    close(FIRST)
    closed_at = wire_time(clock())
    week = {"first": "2026-11-23", "last": "2026-11-29", "closed_at": closed_at}
    assert closed_periods(lan, periods_version=0) == {"version": 1, "periods": [week]}
    assert closed_periods(lan, periods_version=1) is None
    # A phone of an older build, which does not ask for them.
    assert closed_periods(lan) is None
    clock.forward(seconds=1)
    database.write(
        lambda session: reopen_period(session, binh(session, world), FIRST, "Sót một thôn", clock())
    )
    assert closed_periods(lan, periods_version=1) == {"version": 2, "periods": []}


def test_after_a_restore_they_come_again_whatever_their_version(
    lan: Phone, clock: FakeClock, close: Close
) -> None:
    forward(lan, clock)
    close(FIRST)
    lan.exchange()
    known = closed_periods(lan, periods_version=1, epoch="another")
    assert known is not None
    assert known["version"] == 1


def test_commune_next_door_keeps_its_version(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close
) -> None:
    forward(lan, clock)
    close(FIRST)
    counters = database.read(lambda session: session.exec(select(FeedCounter)).all())
    versions = {one.commune_id: one.periods_version for one in counters}
    assert versions == {world.commune_id: 1, world.neighbour_id: 0}


def test_period_whose_records_phones_no_longer_have_is_left_out(
    lan: Phone, clock: FakeClock, close: Close
) -> None:
    forward(lan, clock)
    close(FIRST)
    clock.now += timedelta(days=366)
    lan.exchange()
    assert closed_periods(lan, periods_version=0) == {"version": 1, "periods": []}


def test_record_says_since_when_it_counts_unless_that_is_when_it_came(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    remarks.let_lan_lead(database, world)
    visit, held, remark = lan.visit(world.duc), sessions.record(lan, world.dong), remarks.record(lan)
    rows = [result["row"] for result in lan.exchange(visit, held, remark)["results"]]
    assert [row.get("counted_since") for row in rows] == [None] * 3
    clock.forward(seconds=60)

    def return_it(session: Session) -> None:
        reviews.return_(session, binh(session, world), visit["data"]["id"], SeenVisit(1), RETURNED, clock())

    database.write(return_it)
    clock.forward(seconds=60)
    amended = lan.exchange(lan.amend(visit, note="Sửa"))["results"][0]["row"]
    assert amended["counted_since"] == wire_time(clock()) != amended["received_at"]
