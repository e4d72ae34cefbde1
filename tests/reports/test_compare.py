"""A period beside the one before and the same one last year."""

from sqlmodel import Session

from app.commune.calendar.period import parse_period
from app.core.db import Database
from app.reports.compare import ComparedRow, Comparison, compare
from app.reports.query import report_table
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.world import World

SERVICES = [{"code": "vietqr", "outcome": "did_it", "people": 3}]


def test_figures_stand_beside_those_of_the_period_before_and_of_last_year(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    _weeks(lan, world, clock)
    clock.forward(days=7)  # the week is over
    comparison = _compare(database, world, clock, "2026-W49")
    assert (comparison.previous.code, comparison.year_earlier.code) == ("2026-W48", "2025-W49")
    guided, met, visits, services = comparison.tables
    headings = [table.heading for table in (guided, met, visits)]
    assert headings == ["Hộ được hướng dẫn", "Hộ đã gặp", "Lượt thăm hộ"]
    assert guided.rows[0] == met.rows[0] == ComparedRow("Thôn Đông", 1, 2, 0)
    assert guided.rows[0] == ComparedRow("Thôn Đông", 1, 2, 0)
    assert visits.rows[-1] == ComparedRow("Toàn xã", 3, 2, 0)
    assert services.rows == (
        ComparedRow("Cài VNeID", 0, 2, 0),
        ComparedRow("Chuyển khoản, quét VietQR", 9, 0, 0),
    )


def test_week_that_is_running_is_compared_with_as_many_days(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    _weeks(lan, world, clock)
    comparison = _compare(database, world, clock, "2026-W49")
    assert comparison.previous.code == "2026-11-23..2026-11-24"
    assert comparison.year_earlier.code == "2025-12-01..2025-12-02"
    assert comparison.tables[2].rows[-1] == ComparedRow("Toàn xã", 3, 2, 0)
    clock.forward(days=-1)
    assert _compare(database, world, clock, "2026-W49").tables[2].rows[-1] == ComparedRow("Toàn xã", 3, 0, 0)


def _weeks(lan: Phone, world: World, clock: FakeClock) -> None:
    """Two visits in one week and three in the next."""
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    clock.forward(days=7)
    lan.now = clock()
    lan.exchange(*(lan.visit(world.duc, services=SERVICES) for _ in range(3)))


def _compare(database: Database, world: World, clock: FakeClock, code: str) -> Comparison:
    def work(session: Session) -> Comparison:
        actor = binh(session, world)
        table = report_table(session, actor, parse_period(code, 1), clock())
        return compare(session, actor, table, clock())

    return database.read(work)
