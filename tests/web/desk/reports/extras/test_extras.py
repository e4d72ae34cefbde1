"""/desk/settings/report-extras: nothing shows until it is wanted; page, Word and Excel say the same."""

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

PATH = "/desk/settings/report-extras"
WEEK = "/desk/reports/2026-W48"
HEADING = "Người trưởng thành (theo Công an xã, ngày 31/10/2026)"


def _type(desk: TestClient, world: World, dong: str, version: int = 0, tay: str = "900") -> Any:
    data = {
        "version": str(version), "source": "Công an xã", "as_of": "31/10/2026",
        "hamlet": [world.dong, world.tay], "count": [dong, tay],
    }  # fmt: skip
    return desk.post(f"{PATH}/adults", data=data)


def _on_page(desk: TestClient) -> list[list[str]]:
    """The first row and the last of the table of an extra, or nothing."""
    box = desk.get(WEEK).text.partition('<section class="sections" id="extra-1"')[2]
    rows = re.findall(r"<tr.*?</tr>", box.partition("</section>")[0], re.DOTALL)
    return [
        [words(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows
    ]


def _in_word(desk: TestClient) -> list[list[str]]:
    word: Any = Document(io.BytesIO(desk.get(f"{WEEK}.docx").content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
    return next((rows for rows in tables if rows[0][1:2] == [HEADING]), [])


def _in_excel(desk: TestClient) -> list[list[str]]:
    rows = read_xlsx(desk.get(f"{WEEK}.xlsx").content, 1)
    if rows[0][1] != HEADING:
        return []
    return [
        ["–" if one is None else f"{one:,}".replace(",", ".") if isinstance(one, int) else one for one in row]
        for row in rows
    ]


def test_nothing_shows_until_it_is_wanted_and_then_page_word_and_excel_say_the_same(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    assert _type(desk, world, "1.850").status_code == 404
    assert desk.get(f"{PATH}/adults").status_code == 404
    assert _on_page(desk) == _in_word(desk) == []
    saved = desk.post(PATH, data={"wanted": ["adults"], "version": "0"})
    assert "Đã lưu." in words(desk.get(saved.headers["location"]).text)
    assert _on_page(desk) == _in_word(desk) == [], "wanted, and nothing typed"
    assert _type(desk, world, "1.850").headers["location"] == f"{PATH}/adults?done=saved"
    page = _on_page(desk)
    assert page[0][1:] == [HEADING, "Từng Nhà: hộ trong danh sách", "Từng Nhà: hộ được hướng dẫn, lũy kế"]
    assert page[-1][:2] == ["Toàn xã", "2.750"]
    assert page[1][1] == "1.850"
    assert "%" not in "".join(map("".join, page)), "numbers of different things are not divided"
    assert _in_word(desk) == _in_excel(desk) == page
    desk.post(PATH, data={"version": "1"})
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == []
    assert "trưởng thành" not in desk.get(WEEK).text


def test_closed_report_keeps_the_numbers_that_it_was_closed_with(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(PATH, data={"wanted": ["adults"], "version": "0"})
    _type(desk, world, "1850", tay="")
    printed = _on_page(desk)
    assert [printed[1][1], printed[2][1], printed[-1][1]] == ["1.850", "–", "–"], "what is unknown is no zero"
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    desk.post(f"{PATH}/adults/undo", data={"version": "1"})
    _type(desk, world, "1.700")
    desk.post(PATH, data={"version": "1"})
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == printed
    desk.post(f"{WEEK}/reopen", data={"reason": "Nhập thiếu"})
    assert _on_page(desk) == []


def test_form_brings_back_what_was_typed_with_a_sentence_and_undoes(desk: TestClient, world: World) -> None:
    desk.post(PATH, data={"wanted": ["adults"], "version": "0"})
    refused = _type(desk, world, "nhiều <lắm>")
    assert refused.status_code == 422
    assert "nhiều &lt;lắm&gt;" in refused.text
    assert "Ghi một số từ 0 đến 100.000, hoặc để trống." in words(refused.text)
    odd = desk.post(f"{PATH}/adults", data={"version": "0", "source": "a\x07b", "as_of": "x"})
    assert odd.status_code == 422
    _type(desk, world, "1850")
    stale = _type(desk, world, "1900")
    assert stale.status_code == 409
    assert 'value="1900"' in stale.text
    assert desk.post(f"{PATH}/adults/undo", data={"version": "7"}).status_code == 409
    _type(desk, world, "1900", version=1)
    desk.post(f"{PATH}/adults/undo", data={"version": "2"})
    page = desk.get(f"{PATH}/adults").text
    assert 'value="1.850"' in page
    assert "Đã hoàn tác: Hoàng Văn Bình" in words(page)
    assert desk.post(f"{PATH}/taxes", data={"version": "0"}).status_code == 404


def test_choice_of_a_colleague_is_not_overwritten_unseen(desk: TestClient) -> None:
    desk.post(PATH, data={"wanted": ["businesses"], "version": "0"})
    assert desk.post(PATH, data={"wanted": ["adults"], "version": "0"}).status_code == 409
    assert desk.post(PATH, data={"wanted": ["taxes"], "version": "1"}).status_code == 422
    assert "Bình lưu lúc" in words(desk.get(PATH).text)
