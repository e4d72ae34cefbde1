"""/desk/reports: choosing a period, its figures as the table has them, and who may see them."""

import io
import re
from collections import Counter
from collections.abc import Callable
from html import unescape

import pytest
from docx import Document
from docx.oxml.ns import qn
from fastapi.testclient import TestClient

from app.commune.calendar.period import parse_period
from app.core.db import Database
from app.reports.query import report_table
from app.web.rendering import ROOT
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


def test_page_opens_with_six_figures_beside_those_before_and_charts_whose_words_are_in_word_too(
    browser: Browser, lan: Phone, world: World, clock: FakeClock
) -> None:
    services = [{"code": "vietqr", "outcome": "did_it", "people": 3}]
    lan.exchange(lan.visit(world.duc, services=services), lan.visit(world.mai))
    clock.forward(days=7)
    lan.now = clock()
    lan.exchange(*(lan.visit(world.duc, services=services) for _ in range(3)))
    desk = browser()
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    page = desk.get("/desk/reports/2026-W49").text
    opening, _separator, rest = page.partition('<section id="wording"')
    assert 'class="report-box"' in rest, "they stand before the table"
    tiles = [words(one) for one in re.findall(r"<li>.*?</li>", opening.partition('class="tiles"')[2])[:6]]
    assert tiles[:3] == [
        "1 Hộ được hướng dẫn kỳ trước 2 (-1)",
        "1 Hộ đã gặp kỳ trước 2 (-1)",
        "3 Lượt thăm hộ kỳ trước 2 (+1)",
    ]
    assert "Kỳ này mới đến 01/12/2026, so với kỳ trước cùng số ngày: 23/11/2026–24/11/2026." in words(opening)
    pictures = re.findall(r'role="img" aria-label="(.*?)"(.*?)</details>', opening, re.DOTALL)
    for alternative, picture in pictures:
        assert unescape(alternative).endswith(f". {_said(picture)}.")
    assert len(pictures) == 3
    word = Document(io.BytesIO(desk.get("/desk/reports/2026-W49.docx").content))
    described = [one.get("descr") for one in word.element.iter(qn("wp:docPr"))]
    assert described == [unescape(alternative) for alternative, _picture in pictures]


def test_columns_open_by_pillar_and_the_first_of_them_are_open(desk: TestClient) -> None:
    page = desk.get("/desk/reports/2026-11").text
    choices = re.findall(r'type="checkbox" value="(\d)"( checked)?> (.*?) <small>(\d+) cột</small>', page)
    assert [(number, name, bool(checked)) for number, checked, name, _count in choices] == [
        ("1", "Tổ, hộ, lượt thăm", True),
        ("2", "Định danh điện tử", False),
        ("3", "Thanh toán không tiền mặt", False),
        ("4", "Dịch vụ công trực tuyến", False),
        ("5", "Việc khác", False),
        ("6", "Hồ sơ, tuyên truyền, nhu cầu", False),
    ]
    table = page.partition('class="report-box"')[2].partition("</table>")[0]
    for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
        first, *cells = re.findall(r"<t[hd][^>]*>", row)
        assert "data-part" not in first
        counted = Counter(re.findall(r'data-part="(\d)"', "".join(cells)))
        assert {number: str(count) for number, count in counted.items()} == {
            number: count for number, _checked, _name, count in choices
        }
        assert counted.total() == len(cells)
    css = (ROOT / "static/css/desk/report-pictures.css").read_text(encoding="utf-8")
    for number, *_rest in choices:
        assert f'[value="{number}"]:not(:checked)) [data-part="{number}"]' in css, "this part can be closed"


def _said(picture: str) -> str:
    """What the table behind a chart says, as the alternative text says it."""
    rows = re.findall(r"<tr>.*?</tr>", picture, re.DOTALL)
    cells = [[words(cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in rows]
    headings = cells[0][1:]
    return "; ".join(
        f"{line[0]}: " + ", ".join(" ".join(pair) for pair in zip(headings, line[1:], strict=True))
        for line in cells[1:]
    )


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
