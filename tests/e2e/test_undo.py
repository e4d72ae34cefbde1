"""*Hoàn tác* in a real browser: it undoes the last action only."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_undo_of_an_edit_restores_the_content_and_keeps_the_visit(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto(f"/field/households/{world.duc}/visit")
    fill_visit(page)
    _save(page)

    _open_from_log(page)
    _save(page)
    expect(page.get_by_role("button", name="Hoàn tác")).to_have_count(0)

    _open_from_log(page)
    page.get_by_text("Thêm ghi chú").click()
    page.get_by_label("Ghi chú", exact=True).fill("Nhầm hộ")
    _save(page)
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Lượt này trở lại như trước khi sửa.")).to_be_visible()
    expect(page.get_by_text("Nhầm hộ")).to_have_count(0)
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for()
    wait_until(page, lambda: _visits(database) == [("", None)], 75)


def _visits(database: Database) -> list[tuple[str, datetime | None]]:
    return database.read(
        lambda session: [(visit.note, visit.withdrawn_at) for visit in session.exec(select(Visit))]
    )


def _save(page: Page) -> None:
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.get_by_text("Đã gửi").first.wait_for()


def _open_from_log(page: Page) -> None:
    page.goto("/field/log")
    page.get_by_role("link", name="12 · Nguyễn Văn Đức").click()
    wait_for_heading(page, re.compile("^Lượt thăm "))
    page.get_by_role("link", name="Sửa", exact=True).click()
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
