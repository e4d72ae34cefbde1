"""Back and Forward without a network keep text, scroll position, focus and title; nothing is saved twice."""

import time

import pytest
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit, VisitVersion
from tests.e2e.engines.client import wait_for
from tests.e2e.engines.conftest import Browse
from tests.e2e.engines.person import Person
from tests.e2e.server import Server
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NAME = "Nguyễn Văn Thử 9"
LIST, HOUSEHOLD, FORM, SAVED = "Hộ dân", f"Hộ {NAME}", "Ghi lượt thăm", "Đã lưu trên máy"
HALF_A_ROW = 32
"""Pixels. A driver scrolls a little before it clicks."""
ROW = f"[...document.querySelectorAll('li')].find(({{textContent}}) => textContent.includes('{NAME}'))"
SCROLLED = "return document.getElementById('main').scrollTop"
POSITION = f"return Math.round({ROW}.getBoundingClientRect().top)"


def test_back_and_forward_through_list_household_form_and_saved(
    browse: Browse, server: Server, world: World, database: Database
) -> None:
    add_households(database, world, 20)
    lan = browse()
    lan.sign_in()
    server.stop()
    lan.press("Hộ dân")
    lan.arrives(LIST)
    position = _scroll(lan)
    lan.press(f"109 · {NAME}", beginning=True)
    lan.arrives(HOUSEHOLD)
    lan.press("Ghi")
    lan.arrives(FORM)
    _check_that_the_draft_stays(lan, position)
    _check_that_a_refused_form_is_no_history_entry(lan)
    lan.fill_visit()
    lan.press("Lưu")
    lan.arrives(SAVED)
    _check_that_the_form_cannot_be_saved_again(lan)

    server.start()
    lan.open("/field/log")
    lan.step("Đã gửi", seconds=75)
    assert _stored(database) == (["Bà hỏi về mức 2"], 0)


def _scroll(lan: Person) -> int:
    """Scrolls to the row; returns where it is on the screen."""
    wait_for(lambda: lan.client.find(f"return {ROW}"), NAME)
    lan.client.run(f"{ROW}.scrollIntoView({{block: 'center'}})")
    wait_for(lambda: lan.client.run(SCROLLED), "a list that scrolls")
    time.sleep(0.5)  # until the rows that came into sight are drawn
    position: int = lan.client.run(POSITION)
    return position


def _check_that_the_draft_stays(lan: Person, position: int) -> None:
    lan.press("Thêm ghi chú")
    lan.write("Ghi chú", "Bà hỏi về mức 2")
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.client.back()
    lan.arrives(LIST)
    wait_for(lambda: abs(lan.client.run(POSITION) - position) <= HALF_A_ROW, "the row where it was")
    lan.client.forward()
    lan.arrives(HOUSEHOLD)
    lan.client.forward()
    lan.arrives(FORM)
    lan.sees("Tiếp tục phần đang ghi dở.")
    lan.has("Ghi chú", "Bà hỏi về mức 2")


def _check_that_a_refused_form_is_no_history_entry(lan: Person) -> None:
    lan.press("Lưu")
    lan.sees("Chọn một kết quả trước khi lưu.")
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.client.forward()
    lan.arrives(FORM)
    lan.has("Ghi chú", "Bà hỏi về mức 2")


def _check_that_the_form_cannot_be_saved_again(lan: Person) -> None:
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.step("Chưa gửi")
    lan.client.forward()
    lan.arrives(SAVED)
    lan.reload()
    lan.arrives(SAVED)
    # Back before the page is drawn, and before it can follow links.
    lan.client.reload()
    lan.client.back()
    lan.arrives(HOUSEHOLD)
    lan.client.back()
    lan.arrives(LIST)
    lan.client.forward()
    lan.arrives(HOUSEHOLD)


def _stored(database: Database) -> tuple[list[str], int]:
    """Notes of the visits, and the number of their versions."""
    notes = database.read(lambda session: [visit.note for visit in session.exec(select(Visit))])
    return notes, database.read(lambda session: len(session.exec(select(VisitVersion)).all()))
