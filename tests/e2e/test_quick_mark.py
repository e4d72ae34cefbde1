"""Ghi nhanh without a network: one tap for each household, undone, stored, and then sent once."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, grow_list, set_quick_mark, sign_in, wait_for_heading
from tests.world import World, add_households

FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_one_tap_records_one_visit(
    open_profile: Opener, server: Server, world: World, database: Database
) -> None:
    add_households(database, world, 40)
    phone = open_profile("lan", windows=False)
    page = phone.pages[0]
    sign_in(page)
    server.stop()
    _open(page)
    _button(page, "Đã gặp", "12 · Nguyễn Văn Đức").click()
    expect(page.get_by_text("Chọn một việc trước, rồi bấm Đã gặp.")).to_be_visible()
    set_quick_mark(page)
    page.reload()
    _check_that_the_first_row_is_in_view(page)
    _button(page, "Đã gặp", "12 · Nguyễn Văn Đức").dblclick()
    expect(_row(page, "Nguyễn Văn Đức")).to_contain_text("Đã lưu trên máy")
    expect(_row(page, "Nguyễn Văn Đức")).to_contain_text(re.compile(r"Đã gặp lúc \d\d:\d\d.* · Cài VNeID"))
    _check_that_the_list_stays(page)
    _undo_a_tap(page)

    phone.close()
    page = open_profile("lan", windows=False).pages[0]
    _open(page)
    expect(page.get_by_text("Cài VNeID · Làm hộ")).to_be_visible()
    expect(_row(page, "Nguyễn Văn Đức")).to_contain_text("Đã lưu trên máy")

    server.start()
    page.reload()
    expect(_row(page, "Nguyễn Văn Đức")).to_contain_text(re.compile(r"Đã gửi \d\d:\d\d"), timeout=75_000)
    assert _stored(database) == [("Nguyễn Văn Thử 20", "not_home", True), ("Nguyễn Văn Đức", "helped", True)]


def _check_that_the_first_row_is_in_view(page: Page) -> None:
    """With service and outcome set, nothing has to be scrolled for the first tap."""
    expect(page.get_by_text("Cài VNeID · Tự làm được")).to_be_visible()
    first, bar = box_of(page.locator("li.entry").first), box_of(page.locator(".bar"))
    assert first["y"] + first["height"] <= bar["y"]


def _check_that_the_list_stays(page: Page) -> None:
    """Far down in a filtered list, a tapped row keeps its place on the screen."""
    page.get_by_role("link", name=re.compile("^Chưa gặp")).click()
    grow_list(page, 43)
    row = _row(page, "Nguyễn Văn Thử 20")
    row.scroll_into_view_if_needed()
    page.evaluate(FRAMES)  # rows that were out of sight are laid out in the next frame
    before = _top(row)
    _double_tap_in_place(page, _button(page, "Vắng", "120 · Nguyễn Văn Thử 20"))
    expect(row).to_contain_text("Đã lưu trên máy")
    expect(row).to_be_focused()
    assert _top(row) == pytest.approx(before, abs=1)
    setting = page.locator("#setting > .others")
    expect(setting).to_be_in_viewport()  # however far down
    setting.click()
    page.locator("#setting").get_by_text("Làm hộ", exact=True).click()
    expect(page.get_by_text("Cài VNeID · Làm hộ")).to_be_in_viewport()
    expect(page.locator("li.entry")).to_have_count(43)


def _double_tap_in_place(page: Page, button: Locator) -> None:
    """Without Playwright's own scrolling, which would move the list."""
    box = box_of(button)
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def _undo_a_tap(page: Page) -> None:
    page.get_by_label("Tên hoặc số nhà").fill("mai 14")
    expect(page.get_by_role("listitem")).to_have_count(1)
    _button(page, "Đã gặp", "14 · Trần Thị Mai").click()
    _button(page, "Hoàn tác", "14 · Trần Thị Mai").dblclick()
    expect(_row(page, "Trần Thị Mai")).to_contain_text("Chưa gặp")
    expect(page.get_by_role("listitem")).to_have_count(1)


def _open(page: Page) -> None:
    page.goto("/field/households")
    page.get_by_role("link", name="Ghi nhanh").click()
    wait_for_heading(page, "Ghi nhanh")


def _top(row: Locator) -> float:
    return box_of(row)["y"]


def _row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(re.compile(f"{name}$")))


def _button(page: Page, name: str, household: str) -> Locator:
    return page.get_by_role("button", name=f"{name} {household}", exact=True)


def _stored(database: Database) -> list[tuple[str, str, bool]]:
    """Household, result and `quick` of every visit that is not withdrawn."""

    def work(session: Any) -> list[tuple[str, str, bool]]:
        names = {household.id: household.head_name for household in session.exec(select(Household))}
        visits = session.exec(select(Visit)).all()
        return sorted(
            (names[visit.household_id], visit.result, visit.quick)
            for visit in visits
            if not visit.withdrawn_at
        )

    return database.read(work)
