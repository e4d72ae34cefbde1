"""What anybody learns by a printed code is made of rounded totals alone, and of a valid report only."""

from dataclasses import astuple
from random import Random

import pytest
from sqlmodel import select

from app.commune.areas import Commune
from app.core.db import Database
from app.core.errors import NotFound
from app.fieldwork.periods.models import ClosedPeriod
from app.reports.check_code import check_code, printed_code
from app.reports.public_check import PublicReport, find_public_report, rounded
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.test_closing import FIRST, Close, ReadTable, close, forward, reopen, table
from tests.world import World

__all__ = ["close", "reopen", "table"]


@pytest.fixture
def printed(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close, table: ReadTable
) -> str:
    """The code on the paper of Bình's first closed week, in which Lan has met one household."""
    lan.exchange(lan.visit(world.duc))
    forward(lan, clock)
    close(FIRST, "Đã gọi")
    return printed_code(_official_code(database, world.commune_id), check_code(table(FIRST)))


def _official_code(database: Database, commune_id: str) -> str:
    return database.read(lambda session: session.get_one(Commune, commune_id).code)


def _found(database: Database, typed: str) -> PublicReport:
    return database.read(lambda session: find_public_report(session, typed))


def test_rounding_keeps_nothing_and_hides_one() -> None:
    assert [rounded(count) for count in (0, 1, 2, 3, 7, 8, 12, 13, 1_003)] == [
        0,
        5,
        5,
        5,
        5,
        10,
        10,
        15,
        1_005,
    ]
    assert [rounded(count) for count in (-1, -8)] == [-5, -10]
    assert all(rounded(count) % 5 == 0 and abs(rounded(count) - count) < 5 for count in range(-500, 500))


def test_paper_is_found_by_its_code_however_it_is_typed(database: Database, printed: str) -> None:
    report = _found(database, printed)
    assert (report.commune, report.period.code, report.reopened_at) == ("Xã Yên Bình", FIRST, None)
    totals = {total.heading: total.count for total in report.totals}
    assert totals["Lượt thăm hộ"] == totals["Hộ được hướng dẫn"] == 5, "one household is shown as about five"
    assert totals["Buổi"] == 0
    typed = f" {printed.lower().replace('-', ' ')} "
    assert _found(database, typed) == _found(database, printed.replace("-", "")) == report


def test_reopened_paper_is_void_and_has_no_figures(
    database: Database, printed: str, reopen: Close, close: Close
) -> None:
    reopen(FIRST)
    report = _found(database, printed)
    assert report.reopened_at is not None
    assert report.totals == ()
    close(FIRST, "Đã gọi")
    assert _found(database, printed).totals, "closed again with the same figures: the same paper"


def test_paper_stays_void_when_its_period_is_closed_with_other_figures(
    database: Database,
    lan: Phone,
    world: World,
    clock: FakeClock,
    close: Close,
    reopen: Close,
    table: ReadTable,
) -> None:
    late = lan.visit(world.duc)
    forward(lan, clock)
    close(FIRST)
    commune = _official_code(database, world.commune_id)
    first = printed_code(commune, check_code(table(FIRST)))
    reopen(FIRST)
    lan.exchange(late)
    close(FIRST, "Đã gọi")
    second = printed_code(commune, check_code(table(FIRST)))
    assert first != second
    assert (_found(database, first).totals, bool(_found(database, second).totals)) == ((), True)


def test_wrong_foreign_and_short_codes_are_of_no_report(
    database: Database, world: World, printed: str
) -> None:
    neighbour = _official_code(database, world.neighbour_id)
    own = printed.partition("-")[2]
    for typed in (
        "",
        "-",
        own,
        f"{neighbour}-{own}",
        f"99999-{own}",
        printed[:-1],
        f"{printed}A",
        "\x00" * 20,
        "đ" * 40,
    ):
        with pytest.raises(NotFound):
            _found(database, typed)


def test_what_is_public_is_a_function_of_rounded_values_alone(database: Database, printed: str) -> None:
    """Totals that round to the same multiples give the same answer, whatever hamlets and people there are."""
    random = Random(7)
    before = _found(database, printed)

    def change(closed: ClosedPeriod) -> None:
        *hamlets, whole = closed.rows
        rounded_same = [_other(random, cell) if isinstance(cell, int) else cell for cell in whole]
        closed.rows = [*([row[0], *(random.randrange(99) for _ in row[1:])] for row in hamlets), rounded_same]
        closed.remarks = {"difficulty": [["2026-11-24", "Ai đó", "Điều chỉ xã biết"]], "practice": []}

    def write() -> None:
        database.write(lambda session: change(session.exec(select(ClosedPeriod)).one()))

    for _ in range(20):
        write()
        assert astuple(_found(database, printed)) == astuple(before)


def _other(random: Random, cell: int) -> int:
    return random.choice([count for count in range(cell + 5) if rounded(count) == rounded(cell)])
