"""/desk/reports: choosing a period, its figures as the table has them, and who may see them."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.commune.calendar.period import parse_period
from app.core.db import Database
from app.reports.query import report_table
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.reports.reading import read_texts
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]


@pytest.mark.parametrize("code", ["2026-11", "2026-W48", "2026-Q4", "2026", "2026-11-01..2026-11-30"])
def test_page_shows_the_table_of_the_period(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock, code: str
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    answer = desk.get(f"/desk/reports/{code}")
    assert answer.status_code == 200
    table = database.read(
        lambda session: report_table(session, binh(session, world), parse_period(code, 1), clock())
    )
    shown = [["–" if cell is None else str(cell) for cell in row.cells] for row in table.rows]
    assert read_texts(answer.text) == [[column.heading for column in table.columns], *shown]
    assert shown[-1][0] == "Toàn xã"


def test_unknown_period_is_not_found(desk: TestClient) -> None:
    for code in ("2026-13", "2026-W54", "abc", "2026-11-30..2026-11-01", "9999", "%00"):
        assert desk.get(f"/desk/reports/{code}").status_code == 404


def test_chooser_leads_to_any_dates_and_says_what_is_wrong(desk: TestClient) -> None:
    page = desk.get("/desk/reports").text
    assert "Tháng 11/2026" in page
    answer = desk.get("/desk/reports?from=1/11/2026&to=24/11/2026")
    assert answer.headers["location"] == "/desk/reports/2026-11-01..2026-11-24"
    for query, sentence in (
        ("from=x&to=24/11/2026", "Ghi ngày theo mẫu 24/11/2026."),
        ("from=24/11/2026&to=1/11/2026", "Ngày cuối phải không trước ngày đầu."),
        ("from=1/11/2019&to=24/11/2026", "Nhiều nhất 732 ngày"),
    ):
        answer = desk.get(f"/desk/reports?{query}")
        assert answer.status_code == 422
        assert sentence in words(answer.text)


def test_supervisor_next_door_reads_no_figure_of_ours(browser: Browser, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert all(cell in ("Toàn xã", "0") for cell in read_texts(hoa.get("/desk/reports/2026-11").text)[-1])
