"""A second visit to a household on one day: it is asked about once, and nothing typed is lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, set_quick_mark, sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ASKED = "Hộ này đã ghi hôm nay"
NOTE = "Bà cụ hỏi thêm"


def test_household_that_was_recorded_today_is_asked_about_once(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    server.stop()
    _open(page, world.duc)
    _fill(page, "Lần đầu")
    _save(page)
    wait_for_heading(page, "Đã lưu trên máy")
    _ask_and_look_at_what_was_recorded(page, world)
    _go_on_from_the_list(page)
    _tap_in_the_list(page, server, database)
    wait_until(page, lambda: len(_notes(database)) == 4, 75)
    assert sorted(_notes(database)) == [("", True), (NOTE, False), ("Lần ba", False), ("Lần đầu", False)]


def _ask_and_look_at_what_was_recorded(page: Page, world: World) -> None:
    _open(page, world.duc)
    _fill(page, NOTE)
    _save(page)
    wait_for_heading(page, ASKED)
    expect(page.get_by_text(re.compile(r"^\d\d:\d\d · Mình ghi$"))).to_be_visible()
    page.get_by_role("link", name="Sửa lượt đã ghi").click()
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    expect(page).to_have_url(re.compile("/edit$"))


def _go_on_from_the_list(page: Page) -> None:
    """What was typed is in the household's row; it has been asked about."""
    page.goto("/field/households")
    page.get_by_role("link", name="Đang ghi dở: Lượt thăm").click()
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    expect(page.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()
    expect(page.get_by_label("Ghi chú", exact=True)).to_have_value(NOTE)
    _save(page)
    wait_for_heading(page, "Đã lưu trên máy")
    # The next one is another visit, and is recorded from the question.
    page.goto(re.sub("/visits/.*", "/households", page.url))
    page.get_by_role("link", name="Ghi 12 · Nguyễn Văn Đức").click()
    _fill(page, "Lần ba")
    _save(page)
    wait_for_heading(page, ASKED)
    page.get_by_role("button", name="Ghi thêm lượt nữa").click()
    wait_for_heading(page, "Đã lưu trên máy")


def _tap_in_the_list(page: Page, server: Server, database: Database) -> None:
    """The question outlives an exchange, after which the list is drawn anew."""
    page.goto("/field/households/quick")
    set_quick_mark(page)
    row = page.get_by_role("listitem").filter(has_text="Nguyễn Văn Đức")
    _button(row, "Đã gặp").dblclick()
    expect(row).to_contain_text(re.compile(r"Đã hỗ trợ: Cài VNeID · \d\d:\d\d · Mình ghi"))
    server.start()
    wait_until(page, lambda: len(_notes(database)) == 3, 75)
    expect(page.get_by_text("Đã gửi 3 lượt.")).to_be_visible()
    for undone in (True, False):
        if not undone:
            _button(row, "Đã gặp").click()
        _button(row, "Ghi thêm lượt nữa").click()
        expect(row).to_contain_text("Đã lưu trên máy")
        if undone:
            _button(row, "Hoàn tác").click()
            expect(_button(row, "Đã gặp")).to_be_visible()


def _open(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")


def _fill(page: Page, note: str) -> None:
    fill_visit(page)
    page.get_by_text("Thêm ghi chú").click()
    page.get_by_label("Ghi chú", exact=True).fill(note)


def _save(page: Page) -> None:
    page.get_by_role("button", name="Lưu").click()


def _button(row: Locator, name: str) -> Locator:
    return row.get_by_role("button", name=f"{name} 12 · Nguyễn Văn Đức", exact=True)


def _notes(database: Database) -> list[tuple[str, bool]]:
    """Note and `quick` of every visit that is not withdrawn."""

    def work(session: Any) -> list[tuple[str, bool]]:
        return [(visit.note, visit.quick) for visit in session.exec(select(Visit)) if not visit.withdrawn_at]

    return database.read(work)
