"""A desk session that ends while somebody types: the text is still there after the sign-in."""

import pytest
from playwright.sync_api import Page
from sqlmodel import Session, delete

from app.commune.accounts.models import SignInSession
from app.core.db import Database
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, wait_for_heading
from tests.world import World

NOTE = "Chưa rõ việc nào, hỏi lại hộ"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_what_was_typed_or_clicked_before_the_session_ended_is_there_after_the_sign_in(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser(DESKTOP)
    LanPhone(context.request).record(world.duc, world.mai)
    page = context.pages[0]
    desk_sign_in(page)
    _click_a_visit(page, database)
    _return_with_a_reason(page, database, "Trần Thị Mai")
    page = open_browser(DESKTOP, java_script_enabled=False).pages[0]
    desk_sign_in(page)
    _return_with_a_reason(page, database, "Nguyễn Văn Đức")


def _return_with_a_reason(page: Page, database: Database, name: str) -> None:
    """The typed reason reaches the visit."""
    page.goto("/desk/visits")
    page.get_by_role("row").filter(has_text=name).get_by_role("link").first.click()
    page.get_by_role("link", name="Trả lại").click()
    page.get_by_role("radio", name="Khác").last.check()
    page.get_by_label("Lời nhắn cho người ghi").last.fill(NOTE)
    database.write(_end_sessions)
    page.get_by_role("button", name="Trả lại").last.click()
    wait_for_heading(page, "Bàn làm việc của cán bộ")
    page.get_by_text("Những gì vừa nhập vẫn còn").wait_for()
    _sign_in_again(page)
    wait_for_heading(page, "Gửi lại việc vừa làm?")
    page.get_by_text(NOTE).wait_for()
    page.get_by_role("button", name="Gửi lại").click()
    page.get_by_text(NOTE).first.wait_for()
    page.get_by_text("Hoàng Văn Bình").first.wait_for()
    assert "/desk/visits" in page.url


def _click_a_visit(page: Page, database: Database) -> None:
    """The visit is open."""
    database.write(_end_sessions)
    page.get_by_role("link", name="12 · Nguyễn Văn Đức").click()
    wait_for_heading(page, "Bàn làm việc của cán bộ")
    _sign_in_again(page)
    page.get_by_role("link", name="Trả lại").wait_for()


def _sign_in_again(page: Page) -> None:
    page.get_by_label("Tên đăng nhập").fill("binh")
    page.get_by_label("Mật khẩu").fill("mat-khau-binh")
    page.get_by_role("button", name="Đăng nhập").click()


def _end_sessions(session: Session) -> None:
    session.execute(delete(SignInSession))
