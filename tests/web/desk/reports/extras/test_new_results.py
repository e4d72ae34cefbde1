"""New results on the report's page, in Word and in Excel; each number leads to its list."""

import io
import re
from typing import Any

from docx import Document
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.reading import read_xlsx
from tests.web.desk.desk_client import words
from tests.world import World

EXTRAS = "/desk/settings/report-extras"
WEEK = "/desk/reports/2026-W48"
LIST = f"{WEEK}/outcomes/new/vneid_install"
HEADINGS = [
    "Việc hướng dẫn", "Kết quả mới (Tự làm được, Làm hộ)", "Chỉ cách, chưa làm", "Chỉ sang nơi khác làm",
    "Đã có từ trước",
]  # fmt: skip


def _service(outcome: str, people: int) -> list[dict[str, Any]]:
    return [{"code": "vneid_install", "outcome": outcome, "people": people}]


def _on_page(desk: TestClient) -> list[list[str]]:
    box = desk.get(WEEK).text.partition('<section class="sections" id="extra-1"')[2]
    rows = re.findall(r"<tr>.*?</tr>", box.partition("</section>")[0], re.DOTALL)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", one, re.DOTALL) for one in rows]
    return [[words(cell).strip() for cell in one] for one in cells]


def _in_word(desk: TestClient) -> list[list[str]]:
    word: Any = Document(io.BytesIO(desk.get(f"{WEEK}.docx").content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
    return next((rows for rows in tables if rows[0] == HEADINGS), [])


def _in_excel(desk: TestClient) -> list[list[str]]:
    rows = read_xlsx(desk.get(f"{WEEK}.xlsx").content, 1)
    return [[str(cell) for cell in row] for row in rows] if rows[0] == HEADINGS else []


def test_new_results_are_separate_and_lead_to_their_visits(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(
        lan.visit(world.duc, services=_service("did_it", 2)),
        lan.visit(world.mai, services=_service("explained", 1)),
    )
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == []
    assert desk.get(LIST).status_code == 404
    desk.post(EXTRAS, data={"wanted": ["outcomes"], "version": "0"})
    page = _on_page(desk)
    assert page == _in_word(desk) == _in_excel(desk)
    assert page[0] == HEADINGS
    assert page[1][1:] == ["2", "1", "0", "0"]
    assert f'href="{LIST}"' in desk.get(WEEK).text
    assert "Báo cáo: 2. Danh sách: 2." in words(desk.get(LIST).text)
    assert desk.get(f"{WEEK}/outcomes/newest/vneid_install").status_code == 404
    late = lan.visit(world.duc, services=_service("did_it", 3))
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    lan.now = clock()
    lan.exchange(late)
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == page
    shown = words(desk.get(LIST).text)
    assert "Báo cáo: 2. Danh sách: 5." in shown
    assert "Kỳ đã chốt giữ số lúc chốt" in shown
