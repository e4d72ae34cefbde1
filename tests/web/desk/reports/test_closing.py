"""Closing and reopening at the desk: asked once, with what is in the way."""

import io
from collections.abc import Callable
from typing import Any

from docx import Document
from fastapi.testclient import TestClient

from app.core.clock import wire_time
from app.reports.forms.document import format_instant
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.reading import read_texts
from tests.web.desk.desk_client import UNCLEAR, Page, words
from tests.world import World

Browser = Callable[[], TestClient]
WEEK = "/desk/reports/2026-W48"


def _next_week(desk: TestClient, clock: FakeClock) -> None:
    """The week is over, and so is the session."""
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def test_period_is_closed_with_its_consequences_and_reopened_with_a_reason(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    assert "Chốt kỳ…" not in desk.get(WEEK).text
    _next_week(desk, clock)
    before = read_texts(desk.get(WEEK).text)
    assert "Số liệu của kỳ được giữ nguyên" in words(desk.get(f"{WEEK}/close").text)
    closed = desk.post(f"{WEEK}/close")
    page = desk.get(closed.headers["location"]).text
    assert "Đã chốt kỳ." in words(page)
    assert read_texts(page) == before
    assert "Tuần 48/2026" in words(desk.get("/desk/reports").text).partition("Đã chốt")[2]
    refused = desk.post(f"{WEEK}/reopen", data={"reason": " "})
    assert refused.status_code == 422
    assert "Ghi lý do mở lại." in words(refused.text)
    reopened = desk.post(f"{WEEK}/reopen", data={"reason": "Nhập thiếu"})
    assert "Đã mở lại kỳ." in words(desk.get(reopened.headers["location"]).text)


def test_page_and_word_say_draft_or_final_and_who_closed_and_reopened_and_why(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    _next_week(desk, clock)
    assert "Bản dự thảo: kỳ chưa chốt" in words(desk.get(WEEK).text)
    assert _word(desk) == (True, [])
    desk.post(f"{WEEK}/close")
    first = f"Chốt: Hoàng Văn Bình, {format_instant(clock())}."
    page = words(desk.get(WEEK).text)
    assert f"Bản chính thức: kỳ đã chốt {first}" in page
    assert "dự thảo" not in page
    assert _word(desk) == (False, [first])
    clock.forward(minutes=5)
    desk.post(f"{WEEK}/reopen", data={"reason": "Nhập thiếu"})
    second = f"Mở lại: Hoàng Văn Bình, {format_instant(clock())}. Lý do: Nhập thiếu"
    page = words(desk.get(WEEK).text)
    assert f"Bản dự thảo: kỳ đã mở lại, chưa chốt lại {first} {second}" in page
    assert _word(desk) == (True, [first, second])
    clock.forward(minutes=5)
    desk.post(f"{WEEK}/close", data={"reason": "Máy hỏng"})
    assert _word(desk)[1][:2] == [first, second]
    assert len(_word(desk)[1]) == 3
    assert "không chốt" in words(desk.get("/desk/reports/2026-11-23..2026-11-24").text)


def _word(desk: TestClient) -> tuple[bool, list[str]]:
    """Whether the Word file is a draft, and its lines of closings and reopenings."""
    word: Any = Document(io.BytesIO(desk.get(f"{WEEK}.docx").content))
    cells = [cell.text for table in word.tables for cell in table._cells]
    lines = "\n".join([*(one.text for one in word.paragraphs), *cells]).split("\n")
    return "DỰ THẢO" in lines, [line for line in lines if line.startswith(("Chốt: ", "Mở lại: "))]


def test_what_is_in_the_way_is_named_and_needs_a_reason(
    desk: TestClient, lan: Phone, clock: FakeClock
) -> None:
    clock.forward(minutes=6)  # a contact is written down every few minutes
    lan.exchange(queue={"count": 3, "oldest_at": wire_time(clock()), "next_seq": 4, "held": [1, 2, 3]})
    _next_week(desk, clock)
    assert "1 máy còn 3 bản ghi chưa gửi" in words(desk.get(WEEK).text)
    refused = desk.post(f"{WEEK}/close")
    assert refused.status_code == 422
    assert "Ghi lý do chốt khi còn việc chưa xong." in words(refused.text)
    long = desk.post(f"{WEEK}/close", data={"reason": "x" * 301})
    assert "Nhiều nhất 300 ký tự." in words(long.text)
    desk.post(f"{WEEK}/close", data={"reason": "Máy hỏng"})
    assert "Lý do: Máy hỏng" in words(desk.get("/desk/reports").text)


def test_visit_of_a_closed_period_is_not_returned(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    _next_week(desk, clock)
    desk.post(f"{WEEK}/close")
    address = f"/desk/visits/{visit['data']['id']}"
    page = desk.get(address).text
    assert f'href="{address}/return"' not in page
    assert "Lượt này đã tính trong kỳ đã chốt." in words(page)
    listed = Page(desk)
    for refused in (
        desk.post(f"{address}/return", data={"version": "1", **UNCLEAR}),
        listed.send(*listed.boxes, state="returned", **UNCLEAR),
    ):
        assert refused.status_code == 409
        assert "đã tính trong kỳ đã chốt" in words(refused.text)
        assert UNCLEAR["note"] in refused.text, "what was typed comes back, in the desk's frame"
        assert "Báo cáo" in words(refused.text)
    assert desk.post(f"{address}/accept", data={"version": "1"}).status_code == 303


def test_supervisor_next_door_finds_no_closed_period(
    desk: TestClient, browser: Browser, clock: FakeClock
) -> None:
    _next_week(desk, clock)
    desk.post(f"{WEEK}/close")
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert "Đã chốt" not in hoa.get("/desk/reports").text
    assert hoa.get(f"{WEEK}/reopen").status_code == 404
    assert hoa.post(f"{WEEK}/reopen", data={"reason": "x"}).status_code == 404
