"""What a supervisor reads, on the screen and in the files, is what the rows of a random commune come to.

`REPORTS=200` has two hundred communes, each with a history of its own; without it there are two, at length
eight.
"""

import os
import random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.calendar.period import Period
from app.commune.settings import CommuneSettings
from app.core.db import Database
from app.reports.query import report_table
from app.reports.table import ReportColumn
from tests.conftest import FakeClock
from tests.reports.random_commune import LATER, binh, expected, fill, random_period
from tests.reports.reading import Cells, read_csv, read_docx, read_screen, read_xlsx
from tests.rounds import seeds
from tests.world import World

COMMUNES = range(int(os.environ["REPORTS"])) if "REPORTS" in os.environ else seeds(6)
PERIODS = 3  # of each commune


@pytest.mark.parametrize("seed", COMMUNES)
def test_screen_excel_csv_and_word_say_what_brute_force_over_the_rows_says(
    client: TestClient, world: World, database: Database, clock: FakeClock, seed: int
) -> None:
    dice = random.Random(1000 + seed)
    month_start = dice.choice((1, 15, 28))
    database.write(lambda session: _fill(session, world, dice, month_start))
    clock.now = LATER
    client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    for _ in range(PERIODS):
        period = random_period(dice, month_start)
        screen = _read_everywhere(client, period)
        columns, wanted = database.read(lambda session, of=period: _wanted(session, world, of))  # type: ignore[misc]
        assert [column.heading for column in columns] == screen[0]
        rows = [dict(zip([one.code for one in columns], line, strict=True)) for line in screen[1:]]
        assert [row["hamlet"] for row in rows] == [name for name, _ in wanted]
        assert [row | figures for row, (_, figures) in zip(rows, wanted, strict=True)] == rows


def _fill(session: Session, world: World, dice: random.Random, month_start: int) -> None:
    fill(session, world, dice)
    session.add(CommuneSettings(commune_id=world.commune_id, month_start_day=month_start))


def _read_everywhere(client: TestClient, period: Period) -> Cells:
    """The cells of the period's report, the same on the page and in every file."""
    address = f"/desk/reports/{period.code}"
    screen = read_screen(client.get(address).text)
    assert read_csv(client.get(f"{address}.csv").content) == screen
    assert read_xlsx(client.get(f"{address}.xlsx").content) == screen
    assert read_docx(client.get(f"{address}.docx").content, "Thôn") == screen
    return screen


def _wanted(
    session: Session, world: World, period: Period
) -> tuple[tuple[ReportColumn, ...], list[tuple[str, dict[str, Any]]]]:
    columns = report_table(session, binh(session, world), period, LATER).columns
    return columns, list(expected(session, world, period))
