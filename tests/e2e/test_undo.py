"""*Hoàn tác* in a real browser: it takes back the last act, and no visit that was recorded before."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, heading, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_hoan_tac_after_an_edit_brings_back_what_stood_before_and_the_visit_stays(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser("lan").pages[0]
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
    (visit,) = database.read(lambda session: session.exec(select(Visit)).all())
    assert (visit.note, visit.withdrawn_at) == ("", None)


def _save(page: Page) -> None:
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    page.get_by_text("Đã gửi").first.wait_for()


def _open_from_log(page: Page) -> None:
    page.goto("/field/log")
    page.get_by_role("link", name="12 · Nguyễn Văn Đức").click()
    heading(page, "Hộ Nguyễn Văn Đức")
