"""Closing a period: its cells stay, what arrives later is carried by the next one, and nothing is counted
twice or lost."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from app.calendar.period import Period, parse_period
from app.core.clock import wire_time
from app.core.db import Database
from app.core.errors import Invalid, NotFound
from app.maintenance.check import check
from app.outreach.models import OutreachSession
from app.periods.models import MEASURES, ClosedPeriod
from app.reports.closing import close_period, reopen_period
from app.reports.late import find_late
from app.reports.query import report_table
from app.reports.table import ReportTable
from app.visits.models import Visit
from app.visits.reach.days import COUNTED
from tests.conftest import FakeClock
from tests.outreach import sessions
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.rounds import seeds
from tests.world import World

FIRST, SECOND = "2026-W48", "2026-W49"  # 23-29 November, 30 November to 6 December

Close = Callable[..., None]
ReadTable = Callable[[str], ReportTable]


def forward(phone: Phone, clock: FakeClock) -> None:
    """A week later; the phone's clock is right."""
    clock.forward(days=7)
    phone.now = clock()


@pytest.fixture
def close(database: Database, world: World, clock: FakeClock) -> Close:
    """Closes a period as Bình; with `reason`, although something is in the way."""

    def work(code: str, reason: str = "") -> None:
        database.write(lambda session: close_period(session, binh(session, world), code, reason, clock()))

    return work


@pytest.fixture
def reopen(database: Database, world: World, clock: FakeClock) -> Close:
    def work(code: str, reason: str = "Nhập thiếu") -> None:
        database.write(lambda session: reopen_period(session, binh(session, world), code, reason, clock()))

    return work


@pytest.fixture
def table(database: Database, world: World, clock: FakeClock) -> ReadTable:
    def read(code: str) -> ReportTable:
        return database.read(
            lambda session: report_table(session, binh(session, world), parse_period(code, 1), clock())
        )

    return read


def test_late_visit_changes_no_closed_cell_and_is_carried_by_the_next_period(
    lan: Phone, world: World, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    lan.exchange(lan.visit(world.duc))
    late = lan.visit(world.mai)
    forward(lan, clock)
    close(FIRST)
    before = table(FIRST)
    clock.forward(seconds=1)
    lan.exchange(late)
    assert table(FIRST) == before
    assert before.is_closed
    assert table(SECOND).notes[0] == "Về muộn sau kỳ trước: 1 lượt, tính vào kỳ này."
    forward(lan, clock)
    close(SECOND)
    assert table(SECOND).notes[0] == "Về muộn sau kỳ trước: 1 lượt, tính vào kỳ này."
    assert not any("Về muộn" in note for note in table("2026-W50").notes)


def test_late_session_changes_no_closed_cell_and_is_carried_by_the_next_period(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    lan.exchange(sessions.record(lan, world.dong, people=25))
    late = sessions.record(lan, world.dong, people=None)
    forward(lan, clock)
    close(FIRST)
    before = table(FIRST)
    clock.forward(seconds=1)
    lan.exchange(late)
    assert table(FIRST) == before
    assert (figure(before, "sessions"), figure(before, "attended")) == (1, 25)
    lan.exchange(sessions.amend(lan, late, people=12))
    assert table(SECOND).notes[0] == "Về muộn sau kỳ trước: 1 buổi, 12 người dự, tính vào kỳ này."
    forward(lan, clock)
    close(SECOND)
    assert table(SECOND).notes[0] == "Về muộn sau kỳ trước: 1 buổi, 12 người dự, tính vào kỳ này."
    assert (figure(table(SECOND), "sessions"), figure(table(SECOND), "attended")) == (0, 0)
    assert not any("Về muộn" in note for note in table("2026-W50").notes)
    assert [problem for one in check(database) for problem in one.problems] == []


def test_session_of_a_closed_period_cannot_be_amended_or_withdrawn_until_it_is_reopened(
    lan: Phone, world: World, clock: FakeClock, close: Close, reopen: Close
) -> None:
    held = sessions.record(lan, world.dong)
    lan.exchange(held)
    forward(lan, clock)
    close(FIRST)
    for change in (sessions.amend(lan, held, people=9), sessions.withdraw(lan, held)):
        (result,) = lan.exchange(change)["results"]
        assert (result["status"], result["code"]) == ("rejected", "period_closed")
    reopen(FIRST)
    assert lan.statuses(sessions.amend(lan, held, people=9)) == ["applied"]


def test_need_is_counted_in_the_periods_at_whose_end_it_was_open(
    lan: Phone, world: World, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    lan.exchange(lan.visit(world.duc, needs=["bills", "vietqr"]))
    forward(lan, clock)
    close(FIRST)
    done = [{"code": "bills", "outcome": "did_it", "people": 1}]
    lan.exchange(lan.visit(world.duc, services=done))
    forward(lan, clock)
    assert [figure(table(code), "needs") for code in (FIRST, SECOND)] == [2, 1]


def figure(table: ReportTable, code: str) -> object:
    """The commune's."""
    return table.rows[-1].cells[[column.code for column in table.columns].index(code)]


def test_reopening_and_closing_again_gives_the_same_snapshot(
    lan: Phone,
    world: World,
    clock: FakeClock,
    close: Close,
    reopen: Close,
    table: Callable[[str], ReportTable],
) -> None:
    lan.exchange(lan.visit(world.duc))
    forward(lan, clock)
    close(FIRST)
    before = table(FIRST)
    reopen(FIRST)
    assert not table(FIRST).is_closed
    close(FIRST)
    again = table(FIRST)
    assert (again.columns, again.rows, again.notes) == (before.columns, before.rows, before.notes)


def test_visit_of_a_closed_period_cannot_be_amended_or_withdrawn_until_it_is_reopened(
    lan: Phone, world: World, clock: FakeClock, close: Close, reopen: Close
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    forward(lan, clock)
    close(FIRST)
    for change in (lan.amend(visit, note="Sửa sau"), lan.op("visit.withdraw", {"id": visit["data"]["id"]})):
        (result,) = lan.exchange(change)["results"]
        assert (result["status"], result["code"]) == ("rejected", "period_closed")
    reopen(FIRST)
    assert lan.exchange(lan.amend(visit, note="Sửa sau"))["results"][0]["status"] == "applied"


def test_late_visit_can_still_be_amended(lan: Phone, world: World, clock: FakeClock, close: Close) -> None:
    late = lan.visit(world.duc)
    forward(lan, clock)
    close(FIRST)
    clock.forward(seconds=1)
    lan.exchange(late)
    assert lan.exchange(lan.amend(late, note="Sửa"))["results"][0]["status"] == "applied"


def test_period_with_unsent_records_is_closed_only_with_a_reason(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close
) -> None:
    clock.forward(minutes=6)  # a contact is written down every few minutes
    lan.exchange(queue={"count": 3, "oldest_at": wire_time(clock()), "next_seq": 4, "held": [1, 2, 3]})
    forward(lan, clock)
    with pytest.raises(Invalid) as refused:
        close(FIRST)
    assert refused.value.fields == ["reason"]
    close(FIRST, "Máy hỏng, không chờ được")
    (closed,) = database.read(lambda session: session.exec(select(ClosedPeriod)).all())
    assert closed.reason == "Máy hỏng, không chờ được"


def test_unsent_records_are_not_in_the_way_of_a_period_to_which_they_cannot_belong(
    lan: Phone, database: Database, clock: FakeClock, close: Close
) -> None:
    clock.forward(days=66)  # 29 January: the first counted day of what arrives is 30 November
    lan.now = clock()
    lan.exchange(queue={"count": 3, "oldest_at": wire_time(clock()), "next_seq": 4, "held": [1, 2, 3]})
    with pytest.raises(Invalid):
        close(SECOND)
    close(FIRST)


def test_only_a_period_that_is_over_is_closed_and_the_latest_is_reopened_first(
    world: World, clock: FakeClock, close: Close, reopen: Close
) -> None:
    for code in (FIRST, "2026-11", "2026-11-01..2026-11-20"):
        with pytest.raises(Invalid):
            close(code)
    clock.forward(days=14)
    close(FIRST)
    close(SECOND)
    with pytest.raises(Invalid) as refused:
        reopen(FIRST)
    assert refused.value.fields == ["period"]
    reopen(SECOND)
    reopen(FIRST)
    with pytest.raises(NotFound):
        reopen(FIRST)


@pytest.mark.parametrize("seed", seeds(6))
def test_snapshots_and_what_was_carried_are_all_that_is_counted(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close, reopen: Close, seed: int
) -> None:
    dice, waiting, sent, closed = random.Random(seed), [], [], []
    week = parse_period(FIRST, 1)
    for _ in range(8):
        waiting += [lan.visit(dice.choice([world.duc, world.mai])) for _ in range(dice.randrange(4))]
        held_on = lan.now.date().isoformat()
        waiting += [
            sessions.record(lan, world.dong, held_on=held_on, people=dice.choice((None, 7)))
            for _ in range(dice.randrange(3))
        ]
        for operation in dice.sample(waiting, dice.randrange(len(waiting) + 1)):
            waiting.remove(operation)
            lan.exchange(operation)
            sent += [operation] if operation["type"] == "visit.record" else []
        if sent and dice.random() < 0.5:
            lan.exchange(lan.op("visit.withdraw", {"id": dice.choice(sent)["data"]["id"]}))
        forward(lan, clock)
        close(week.code, "Vẫn chốt")
        closed.append(week)
        if dice.random() < 0.3:
            reopen(week.code)
            close(week.code, "Vẫn chốt")
        week = parse_period(_next_week(week), 1)
        _assert_nothing_is_lost(database, world, closed, week)
    assert [problem for one in check(database) for problem in one.problems] == []


def _next_week(week: Period) -> str:
    year, number = (week.last + timedelta(days=1)).isocalendar()[:2]
    return f"{year}-W{number:02}"


def _assert_nothing_is_lost(database: Database, world: World, closed: list[Period], current: Period) -> None:
    def work(session: Session) -> None:
        actor = binh(session, world)
        standing = session.exec(select(ClosedPeriod).where(col(ClosedPeriod.reopened_at).is_(None))).all()
        pending = find_late(session, actor, current)
        totals = {
            code: sum(one.counted[code] for one in standing)
            + sum(counts[code] for one in standing for counts in one.carried.values())
            + sum(one.counts[code] for one in pending)
            for code in MEASURES
        }
        assert totals == _counted(session, world, closed[-1].last)

    database.read(work)


def _counted(session: Session, world: World, until: date) -> dict[str, int]:
    visits = [
        visit
        for visit in session.exec(select(Visit).where(Visit.commune_id == world.commune_id))
        if visit.withdrawn_at is None and visit.review_state in COUNTED and visit.counted_on <= until
    ]
    held = [
        one
        for one in session.exec(select(OutreachSession).where(OutreachSession.commune_id == world.commune_id))
        if one.withdrawn_at is None and one.counted_on <= until
    ]
    people = sum(one.people or 0 for one in held)
    return {"visits": len(visits), "sessions": len(held), "attended": people}
