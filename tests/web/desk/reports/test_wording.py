"""/desk/reports/{period}/wording: sentences that are edited, marked, outdated, taken back, and closed."""

import io
import re
from html import unescape
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

WEEK = "/desk/reports/2026-W48"
WORDING = f"{WEEK}/wording"
TWO = "Trong tuần 48/2026 có 2 hộ được hướng dẫn trên 2 hộ đã gặp, qua 2 lượt thăm hộ."


def _shown(desk: TestClient) -> str:
    page = desk.get(WEEK).text
    return words(page.partition('<section id="wording"')[2].partition("</section>")[0].partition(">")[2])


def _printed(desk: TestClient) -> str:
    word: Any = Document(io.BytesIO(desk.get(f"{WEEK}.docx").content))
    texts = [one.text for one in word.paragraphs]
    return "\n".join(texts[texts.index("I. Kết quả") : texts.index("II. Khó khăn, kiến nghị")])


def _generated(desk: TestClient) -> str:
    page = desk.get(WORDING).text
    return unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]).strip()


def test_edit_is_marked_and_says_when_its_figures_have_changed(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    assert TWO in _shown(desk)
    assert TWO in _printed(desk)
    assert "Đã sửa" not in _shown(desk)
    text = "Hai hộ được hướng dẫn.\nTổ sẽ đi tiếp <tuần sau>."
    saved = desk.post(WORDING, data={"text": text, "version": "0"})
    assert saved.headers["location"] == f"{WEEK}?done=worded#wording"
    mark = re.search(r"Đã sửa: .*", _printed(desk))
    assert mark
    assert mark[0].startswith("Đã sửa: Hoàng Văn Bình, ")
    assert "đã đổi" not in mark[0]
    assert "Hai hộ được hướng dẫn. Tổ sẽ đi tiếp <tuần sau>." in unescape(_shown(desk))
    assert TWO not in _shown(desk)
    assert {"Hai hộ được hướng dẫn.", "Tổ sẽ đi tiếp <tuần sau>."} <= set(_printed(desk).split("\n"))
    lan.exchange(lan.visit(world.duc))
    assert "số liệu đã đổi sau khi sửa" in _shown(desk)
    assert "số liệu đã đổi sau khi sửa" in _printed(desk)
    again = desk.post(WORDING, data={"text": text, "version": "1"})
    assert again.status_code == 303
    assert "đã đổi" not in _shown(desk), "whoever saves it again has seen the new figures"
    events = [one["what"] for one in database.read(stored_entries) if one["what"].startswith("report.w")]
    assert events == ["report.worded", "report.worded"]


def test_edit_is_taken_back_and_the_sentences_themselves_are_none(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    generated = _generated(desk)
    assert TWO in generated
    desk.post(WORDING, data={"text": generated, "version": "0"})
    assert "Đã sửa" not in _shown(desk)
    desk.post(WORDING, data={"text": "Khác.", "version": "0"})
    desk.post(f"{WORDING}/restore", data={"version": "1"})
    assert TWO in _shown(desk)
    stale = desk.post(WORDING, data={"text": "Của người đến sau.", "version": "0"})
    assert stale.status_code == 422
    assert "vừa được người khác sửa" in words(stale.text)
    assert "Của người đến sau." in stale.text
    assert TWO in _shown(desk)


def test_what_cannot_be_stored_comes_back_with_a_sentence(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    for text, sentence in (
        ("", "Ghi nhận xét"),
        ("a" * 3_001, "nhiều nhất 3000 ký tự"),
        ("Gọi 0912 345 678", "Có dãy số dài"),
        ("a\x07b", "Có ký tự lạ"),
    ):
        answer = desk.post(WORDING, data={"text": text, "version": "0"})
        assert answer.status_code == 422, text
        assert sentence in words(answer.text), text
    for code in ("2026-11-01..2026-11-30", "2027-05"):
        assert desk.get(f"/desk/reports/{code}/wording").status_code == 404, "cannot be edited"
        assert (
            desk.post(f"/desk/reports/{code}/wording", data={"text": "A", "version": "0"}).status_code == 422
        )


def test_closing_asks_about_an_edit_that_is_older_than_the_figures(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    late = lan.visit(world.mai)
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(WORDING, data={"text": "Một hộ được hướng dẫn.", "version": "0"})
    assert "Xem lại nhận xét" not in desk.get(f"{WEEK}/close").text
    lan.now = clock()  # else its clock is six days behind, and the visit of today
    lan.exchange(late)
    assert f'<a href="{WORDING}">Xem lại nhận xét</a>' in desk.get(f"{WEEK}/close").text


@pytest.mark.slow
def test_closed_report_keeps_its_sentences_whatever_happens_to_the_one_before(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(WORDING, data={"text": "Sửa trước khi chốt.", "version": "0"})
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    assert "Sửa trước khi chốt." in _shown(desk)
    assert "Đã sửa: Hoàng Văn Bình" in _shown(desk)
    assert "Sửa nhận xét" not in _shown(desk)
    assert desk.get(WORDING).status_code == 404
    refused = desk.post(WORDING, data={"text": "Sau khi chốt.", "version": "1"})
    assert refused.status_code == 422
    assert "Mở lại kỳ rồi lưu." in words(refused.text)
    assert "Sau khi chốt." in refused.text
    desk.post("/desk/reports/2026-W47/close", data={"reason": "Đã gọi"})
    lan.now = clock()
    lan.exchange(lan.visit(world.duc))
    assert "Sửa trước khi chốt." in _shown(desk)
    assert "đã đổi" not in _shown(desk)
    desk.post(f"{WEEK}/reopen", data={"reason": "Nhập thiếu"})
    assert "Sửa trước khi chốt." in _shown(desk), "the edit is there again"
