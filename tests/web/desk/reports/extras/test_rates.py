"""/desk/reports/{period}/rates: rates of somebody else, printed as they were typed, with whose they are."""

import io
import re
from typing import Any

from docx import Document
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.reading import read_xlsx
from tests.web.desk.desk_client import words
from tests.world import World

EXTRAS = "/desk/settings/report-extras"
WEEK = "/desk/reports/2026-W48"
RATES = f"{WEEK}/rates"
ONLINE = "Tỷ lệ hồ sơ nộp trực tuyến (theo bộ phận một cửa, ngày 20/11/2026)"
TYPED = {"name": "Tỷ lệ hồ sơ nộp trực tuyến", "source": "bộ phận một cửa", "as_of": "20/11/2026"}


def _type(desk: TestClient, id: str, value: str, **values: str) -> Any:
    return desk.post(f"{RATES}/{id}", data=TYPED | {"value": value} | values)


def _on_page(desk: TestClient) -> list[list[str]]:
    box = desk.get(WEEK).text.partition('<section class="sections" id="extra-1"')[2]
    rows = re.findall(r"<tr>.*?</tr>", box.partition("</section>")[0], re.DOTALL)
    return [
        [words(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", one, re.DOTALL)] for one in rows
    ][1:]


def _in_word(desk: TestClient) -> list[list[str]]:
    word: Any = Document(io.BytesIO(desk.get(f"{WEEK}.docx").content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
    return next((rows[1:] for rows in tables if rows[0] == ["Số liệu", "Trị số"]), [])


def _in_excel(desk: TestClient) -> list[list[str]]:
    rows = read_xlsx(desk.get(f"{WEEK}.xlsx").content, 1)
    return rows[1:] if rows[0] == ["Số liệu", "Trị số"] else []


def test_rates_are_printed_as_they_were_typed_until_they_are_removed(
    desk: TestClient, database: Database
) -> None:
    assert _type(desk, "r1", "87,5 %").status_code == 404
    assert "do nơi khác cung cấp" not in desk.get(WEEK).text
    desk.post(EXTRAS, data={"wanted": ["rates"], "version": "0"})
    assert f'href="{RATES}"' in desk.get(WEEK).text
    _type(desk, "r1", "87,5 %")
    _type(desk, "r1", "12 %")  # the same form again
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == [[ONLINE, "87,5 %"]]
    assert 'value="87,5 %"' in desk.get(f"{RATES}?edit=r1").text
    _type(desk, "r2", "1.240 / 1.850", replaces="r1")
    assert _type(desk, "r3", "5", replaces="r1").status_code == 409, "a colleague has corrected it"
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == [[ONLINE, "1.240 / 1.850"]]
    desk.post(f"{RATES}/r2/remove")
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == []
    assert "Đã bỏ: Hoàng Văn Bình" in words(desk.get(RATES).text)
    desk.post(f"{RATES}/r1/restore")
    assert _on_page(desk) == [[ONLINE, "87,5 %"]]
    noted = [one for one in database.read(stored_entries) if str(one["what"]).startswith("rate.")]
    assert len(noted) == 5
    assert not any("một cửa" in str(one) or "87,5" in str(one) for one in noted), "the log has no texts"
    desk.post(EXTRAS, data={"version": "1"})
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == []


def test_what_is_not_understood_comes_back_with_a_sentence(desk: TestClient) -> None:
    desk.post(EXTRAS, data={"wanted": ["rates"], "version": "0"})
    refused = desk.post(
        f"{RATES}/r1", data={"name": "Tỷ lệ <mức 2>", "value": "gần hết", "as_of": "31/12/2026"}
    )
    assert refused.status_code == 422
    assert "Tỷ lệ &lt;mức 2&gt;" in refused.text
    assert refused.text.count('aria-invalid="true"') == 3
    for value in ("=1+1", "87,5 % %", "0912345678", "1.24", "-5", ""):
        assert _type(desk, "r1", value).status_code == 422, value
    assert _type(desk, "r1", "5 %", name="a\x07").status_code == 409
    assert desk.get("/desk/reports/2026-11-01..2026-11-03/rates").status_code == 404, "any dates take none"


def test_closed_report_keeps_its_rates(desk: TestClient, lan: Phone, world: World, clock: FakeClock) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(EXTRAS, data={"wanted": ["rates"], "version": "0"})
    _type(desk, "r1", "87,5 %")
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    assert _type(desk, "r2", "5 %").status_code == 409
    assert desk.post(f"{RATES}/r1/remove").status_code == 409
    assert desk.get(RATES).status_code == 404
    assert _on_page(desk) == _in_word(desk) == _in_excel(desk) == [[ONLINE, "87,5 %"]]
