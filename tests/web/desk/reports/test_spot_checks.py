"""/desk/spot-checks: from the draw to what the report prints of it."""

import io
import re
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.reading import read_xlsx
from tests.web.desk.desk_client import words
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ID = "0190b6a0-0000-7000-8000-00000000000"
REPORT = "/desk/reports/2026-11"
FOUND = (
    "Tháng 11/2026, hậu kiểm 3 trong 6 hộ đã gặp: 1 đúng, 1 không đúng, 1 không gặp. "
    "Ước tính 50,0 % số hộ đã gặp ghi đúng, trong khoảng từ 9,5 % đến 90,5 % (tin cậy 95 %)."
)


def _draw(desk: TestClient, number: int, **form: str) -> Any:
    return desk.post("/desk/spot-checks", data={"id": f"{ID}{number}", "period": "2026-11"} | form)


def _households(page: str) -> list[str]:
    return re.findall(r'name="household" value="([^"]*)"', page)


def _answer(desk: TestClient, number: int, *answers: str, seen: str = "") -> Any:
    address = f"/desk/spot-checks/{ID}{number}"
    ids = _households(desk.get(address).text)
    before = [seen] + [""] * (len(ids) - 1)
    form = {"household": ids, "seen": before, "answer": [*answers]}
    return desk.post(f"{address}/answers", data=form)


def _section(desk: TestClient) -> str:
    page = desk.get(REPORT).text
    return words(page.partition('<section id="spot-checks"')[2].partition("</section>")[0].partition(">")[2])


def _word(desk: TestClient) -> list[str]:
    word: Any = Document(io.BytesIO(desk.get(f"{REPORT}.docx").content))
    return [words(one.text) for one in word.paragraphs]


def test_draw_its_sheet_and_answers_become_a_line_of_the_report(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    assert _section(desk) == "Hậu kiểm tháng này"
    assert "Tháng này chưa có hộ nào đã gặp." in words(desk.get("/desk/spot-checks/new?period=2026-11").text)
    lan.exchange(*(lan.visit(id) for id in add_households(database, world, 6)))
    form = words(desk.get("/desk/spot-checks/new?period=2026-11").text)
    assert "Máy rút trong 6 hộ đã gặp và còn trong danh sách, chia theo thôn và người ghi: 1 nhóm." in form
    assert "Lý do rút lại" not in form
    wrong = _draw(desk, 1, size="7")
    assert (wrong.status_code, "Ghi số hộ từ 1 đến 6." in words(wrong.text)) == (422, True)
    drawn = _draw(desk, 1, size="3")
    assert drawn.headers["location"] == f"/desk/spot-checks/{ID}1"
    sheet = words(desk.get(f"/desk/spot-checks/{ID}1/sheet").text)
    assert "Phiếu hậu kiểm, Tháng 11/2026" in sheet
    assert sheet.count("Nguyễn Thị Lan: Đã hỗ trợ") == 3
    assert _section(desk).startswith("Tháng 11/2026, hậu kiểm 3 trong 6 hộ đã gặp: chưa có kết quả.")
    saved = _answer(desk, 1, "confirmed", "refuted", "not_met")
    page = words(desk.get(saved.headers["location"]).text)
    assert "Đã lưu kết quả hậu kiểm." in page
    assert FOUND in page
    assert "Rút lại bằng số này hôm nay vẫn ra đúng các hộ dưới đây." in page
    assert _section(desk).startswith(FOUND)
    assert FOUND in _word(desk)
    cells = [words(str(cell)) for row in read_xlsx(desk.get(f"{REPORT}.xlsx").content, 1) for cell in row]
    assert FOUND in cells
    entries = database.read(stored_entries)
    events = [entry["what"] for entry in entries if entry["what"].startswith("spot_check.")]
    assert sorted(events) == ["spot_check.answered", "spot_check.drawn"]


def test_second_draw_is_listed_with_who_and_why(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(*(lan.visit(id) for id in add_households(database, world, 6)))
    _draw(desk, 1, size="3")
    _answer(desk, 1, "confirmed", "refuted", "not_met")
    refused = _draw(desk, 2, size="2")
    assert (refused.status_code, "Ghi lý do rút lại" in words(refused.text)) == (422, True)
    assert _draw(desk, 2, size="2", reason="Phiếu ướt mưa").status_code == 303
    second = "Tháng 11/2026, hậu kiểm 2 trong 6 hộ đã gặp: chưa có kết quả. Rút lần 2 ngày 24/11/2026"
    for shown in (_section(desk), words(desk.get("/desk/spot-checks").text), "\n".join(_word(desk))):
        assert FOUND in shown
        assert f"{second}, người rút: Hoàng Văn Bình, lý do: Phiếu ướt mưa" in shown


def test_closed_report_stays_as_it_was_and_a_colleagues_answer_too(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(*(lan.visit(id) for id in add_households(database, world, 6)))
    _draw(desk, 1, size="3")
    _answer(desk, 1, "confirmed", "refuted", "not_met")
    clock.forward(days=8)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert desk.post(f"{REPORT}/close", data={"reason": "Ghi dồn"}).status_code == 303
    stale = _answer(desk, 1, "refuted", "refuted", "not_met", seen="not_met")
    assert stale.status_code == 409
    assert "Đồng nghiệp ghi: Đúng" in words(stale.text)
    assert _answer(desk, 1, "refuted", "refuted", "not_met", seen="confirmed").status_code == 303
    page = words(desk.get(f"/desk/spot-checks/{ID}1").text)
    assert "hậu kiểm 3 trong 6 hộ đã gặp: 0 đúng, 2 không đúng, 1 không gặp." in page
    assert "Báo cáo tháng này chốt lúc" in page
    assert _section(desk).startswith(FOUND)
    assert FOUND in _word(desk)


@pytest.mark.parametrize("path", ["new?period=2026-13", "new?period=2026-W48", "new?period=2027-01", "x"])
def test_what_is_no_month_and_no_draw_is_not_found(desk: TestClient, path: str) -> None:
    assert desk.get(f"/desk/spot-checks/{path}").status_code == 404


def test_addresses_of_another_commune_and_odd_forms_change_nothing(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(*(lan.visit(id) for id in add_households(database, world, 6)))
    for form in ({"size": "3", "period": ""}, {"size": "9" * 30}, {"size": "²"}, {"id": "../x", "size": "3"}):
        assert _draw(desk, 1, **form).status_code in {404, 422}
    _draw(desk, 1, size="3")
    address = f"/desk/spot-checks/{ID}1/answers"
    for odd in ({}, {"household": ["x"] * 501, "seen": ["x"], "answer": ["x"]}):
        assert desk.post(address, data=odd).status_code == 422
    unknown = {"household": [world.duc], "seen": [""], "answer": ["confirmed"]}
    assert desk.post(address, data=unknown).status_code == 303
    assert "chưa có kết quả" in _section(desk)
