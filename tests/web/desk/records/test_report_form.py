"""/desk/settings/report-form: what is refused, and which reports have what was saved."""

import io
from typing import Any

from docx import Document
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

PATH = "/desk/settings/report-form"
WEEK = "/desk/reports/2026-W48"


def test_page_brings_back_what_was_typed_with_a_sentence(desk: TestClient) -> None:
    refused = desk.post(PATH, data={"series": "Công văn", "addressees": "Sở <Khoa học>", "version": "0"})
    assert refused.status_code == 422
    assert {"Chọn ai ký.", "Ghi như BC-UBND; báo cáo của phòng có ký hiệu của phòng, như BC-VHXH."} <= set(
        _errors(refused.text)
    )
    assert "Sở &lt;Khoa học&gt;" in refused.text
    saved = desk.post(PATH, data={"signature": "chairman", "addressees": "Sở Nội vụ", "version": "0"})
    assert saved.headers["location"] == f"{PATH}?done=1"
    stale = desk.post(PATH, data={"signature": "head", "addressees": "Sở Y tế", "version": "0"})
    assert stale.status_code == 409
    assert "Mẫu vừa được người khác lưu." in words(stale.text)
    assert "Sở Y tế" in stale.text
    again = desk.post(PATH, data={"signature": "head", "addressees": "Sở Y tế", "version": "1"})
    assert "Đã lưu mẫu." in words(desk.get(again.headers["location"]).text)
    assert desk.post(PATH, data={"signature": "head\x07", "version": "2"}).status_code == 422
    assert (
        desk.post(PATH, data={"signature": "head", "receivers": "a\x07b", "version": "2"}).status_code == 422
    )


def _errors(page: str) -> list[str]:
    parts = page.split('class="error"')[1:]
    return [words("<p" + part.partition("</p>")[0]).strip() for part in parts]


def test_later_reports_have_the_form_and_a_closed_one_keeps_its_own(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(PATH, data={"signature": "chairman", "addressees": "Sở Nội vụ", "version": "0"})
    assert _printed(desk, "2026-W48") == ["CHỦ TỊCH", "Kính gửi: Sở Nội vụ", "DỰ THẢO"]
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    desk.post(PATH, data={"signature": "head", "addressees": "Sở Y tế", "version": "1"})
    assert _printed(desk, "2026-W48") == ["CHỦ TỊCH", "Kính gửi: Sở Nội vụ", ""], "closed: final"
    assert _printed(desk, "2026-12") == ["TRƯỞNG PHÒNG", "Kính gửi: Sở Y tế", "DỰ THẢO"]
    desk.post(f"{WEEK}/reopen", data={"reason": "Nhập thiếu"})
    assert _printed(desk, "2026-W48") == ["TRƯỞNG PHÒNG", "Kính gửi: Sở Y tế", "DỰ THẢO"]


def _printed(desk: TestClient, code: str) -> list[str]:
    """Who signs, to whom it goes, and whether it is a draft."""
    word: Any = Document(io.BytesIO(desk.get(f"/desk/reports/{code}.docx").content))
    signature = word.tables[2].rows[0].cells[1].text.split("\n")
    (whom,) = (one.text for one in word.paragraphs if one.text.startswith("Kính gửi"))
    draft = "DỰ THẢO" if "DỰ THẢO" in word.tables[0].rows[0].cells[0].text else ""
    return [[line for line in signature if line.strip()][-1], whom, draft]
