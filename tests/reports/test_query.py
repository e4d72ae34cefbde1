"""The report of a period is what its visits come to, counted row by row."""

import random

import pytest
from sqlmodel import Session

from app.commune.calendar.period import PeriodKind, parse_period, period_of
from app.core.db import Database
from app.fieldwork.households.hamlet_merge import Merge, merge_hamlets, preview
from app.reports.query import report_table
from app.reports.table import ReportTable
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import LATER, binh, expected, fill, random_period
from tests.rounds import seeds
from tests.world import World

PERIODS = 20  # of each of ten communes


@pytest.mark.parametrize("seed", seeds(10, 6))
def test_random_report_is_what_brute_force_over_the_rows_says(
    world: World, database: Database, seed: int
) -> None:
    dice = random.Random(seed)

    def compare(session: Session) -> None:
        fill(session, world, dice)
        for _ in range(PERIODS):
            period = random_period(dice, dice.choice((1, 15, 28)))
            table = report_table(session, binh(session, world), period, LATER)
            wanted = list(expected(session, world, period))
            assert [row.cells[0] for row in table.rows] == [name for name, _ in wanted]
            assert [row | figures for row, (_, figures) in zip(_rows(table), wanted, strict=True)] == _rows(
                table
            )

    database.write(compare)


def test_columns_stand_under_the_headings_of_the_contract(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc))
    month = period_of(PeriodKind.MONTH, clock().date(), 1)
    table = database.read(lambda session: report_table(session, binh(session, world), month, clock()))
    headings = [column.heading for column in table.columns]
    figures = dict(zip(headings, table.rows[-1].cells, strict=True))
    assert table.rows[-1].hamlet_id is None
    assert figures | {"Thôn": "Toàn xã", "Tổ": 2, "Thành viên": 2, "Hoạt động": 1} == figures
    assert (
        figures
        | {
            "Tổng số hộ": 5,
            "Hộ được hướng dẫn": 1,
            "Hộ đã gặp": 1,
            "Lượt thăm hộ": 2,
            "Vắng nhà": 0,
            "Cài VNeID": 2,
        }
        == figures
    )
    assert len(set(headings)) == len(headings)


def test_report_says_which_hamlets_were_merged_in_its_period(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    nam.exchange(nam.visit(world.anh))
    clock.forward(days=8)

    def merge(session: Session) -> None:
        seen = preview(session, binh(session, world), world.tay, world.dong).seen
        merge_hamlets(session, binh(session, world), Merge(world.tay, world.dong, clock(), seen), clock())

    database.write(merge)
    note = "Thôn Tây đã gộp vào Thôn Đông: cả kỳ tính vào Thôn Đông."
    for code, is_noted in (("2026-11", False), ("2026-12", True), ("2027-01", False), ("2026", True)):
        period = parse_period(code, 1)
        table = database.read(lambda session: report_table(session, binh(session, world), period, clock()))  # noqa: B023
        assert (note in table.notes) is is_noted, code


def _rows(table: ReportTable) -> list[dict[str, object]]:
    codes = [column.code for column in table.columns]
    return [dict(zip(codes, row.cells, strict=True)) for row in table.rows]
