"""Closing a period: its cells stay, and what changes later is an adjustment in the next one."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from app.commune.calendar.period import parse_period
from app.core.clock import wire_time
from app.core.db import Database
from app.core.errors import Invalid, NotFound
from app.fieldwork.periods.models import ClosedPeriod
from app.reports.closing import close_period, reopen_period
from app.reports.query import report_table
from app.reports.table import ReportTable
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.fieldwork.outreach import sessions
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.world import World

FIRST, SECOND = "2026-W48", "2026-W49"  # 23-29 November, 30 November to 6 December
LABEL = "Tuần 48/2026"

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


def test_late_visit_changes_no_closed_cell_and_is_an_adjustment_in_the_next_period(
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
    expected = {"hamlet": f"Điều chỉnh kỳ {LABEL}: Thôn Đông", "visits": 1, "met": 1, "guided": 1}
    assert adjusted(table(SECOND)) == [expected | {"service.vneid_install": 1}]
    assert [figure(table(SECOND), code) for code in ("visits", "guided", "cumulative")] == [1, 1, 2]
    assert table(SECOND).notes[0].startswith("Dòng Điều chỉnh")
    forward(lan, clock)
    pending = table(SECOND)
    close(SECOND)
    assert (table(SECOND).rows, table(SECOND).notes) == (pending.rows, pending.notes)
    assert adjusted(table("2026-W50")) == []


def test_change_of_a_closed_period_that_nothing_notes_is_found_by_check(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close
) -> None:
    late = lan.visit(world.duc)
    forward(lan, clock)
    close(FIRST)
    clock.forward(seconds=1)
    lan.exchange(late)
    assert [problem for one in check(database) for problem in one.problems] == []
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE closed_period SET is_stale = false")
    found = [problem for one in check(database) for problem in one.problems]
    assert found == ["1 closed periods of commune 06391 changed, and no report will say so."]


def test_late_session_changes_no_closed_cell_and_is_an_adjustment_in_the_next_period(
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
    (row,) = adjusted(table(SECOND))
    assert (row["sessions"], row["attended"]) == (1, 12)
    forward(lan, clock)
    close(SECOND)
    assert adjusted(table(SECOND)) == [row]
    assert (figure(table(SECOND), "sessions"), figure(table(SECOND), "attended")) == (1, 12)
    assert adjusted(table("2026-W50")) == []
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


def adjusted(table: ReportTable) -> list[dict[str, object]]:
    """The cells of the adjustments that are not empty, by the code of their column."""
    codes = [column.code for column in table.columns]
    rows = [row.cells for row in table.rows if row.adjusts]
    return [{code: cell for code, cell in zip(codes, cells, strict=True) if cell} for cells in rows]


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
