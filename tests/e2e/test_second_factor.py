"""The second factor in a real browser: an app's code, a virtual authenticator's passkey, and the keyboard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect
from sqlalchemy import update

from app.commune.accounts import people
from app.commune.accounts.models import SignInSession
from app.commune.accounts.sign_in import record_sign_in
from app.core.db import Database
from tests.e2e.accessibility import violations_in_both_schemes
from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.server import Server
from tests.e2e.steps import wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STEP = "/desk/second-factor"


@pytest.fixture
def server(database_url: str, world: World, tmp_path: Path) -> Iterator[Server]:
    """A production server, under the name of this machine: passkeys belong to names."""
    server = Server(database_url, tmp_path / "server.log", settings={"TUNGNHA_MODE": "production"})
    server.url = server.url.replace("127.0.0.1", "localhost")
    server.start()
    yield server
    server.stop()


def test_app_is_set_up_and_shown_by_the_keyboard_alone(open_browser: Opener) -> None:
    page = open_browser(PHONE, reduced_motion="reduce").pages[0]
    sign_in(page)
    wait_for_heading(page, "Đặt xác thực hai lớp")
    looked_at(page)
    secret = page.locator("input[name=secret]").input_value()
    page.get_by_label("6 số đang hiện").focus()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.get_by_text("Mã chưa đúng.").wait_for()
    looked_at(page)
    page.get_by_label("6 số đang hiện").focus()
    page.keyboard.type(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    wait_for_heading(page, "Mười mã dự phòng")
    looked_at(page)
    codes = page.locator(".recovery-codes li").all_inner_texts()
    page.get_by_role("link", name="Đã cất mã").focus()
    page.keyboard.press("Enter")
    wait_for_heading(page, "Tổng quan")
    page.goto(STEP)
    looked_at(page)
    other = open_browser(PHONE, reduced_motion="reduce").pages[0]
    sign_in(other)
    wait_for_heading(other, "Xác thực hai lớp")
    looked_at(other)
    expect(other.get_by_label("Mã xác thực")).to_be_focused()
    expect(other.get_by_role("button", name="Dùng khóa truy cập")).to_be_hidden()
    other.keyboard.type("123456")
    other.keyboard.press("Enter")
    other.get_by_text("Mã chưa đúng, hoặc đã dùng rồi.").wait_for()
    looked_at(other)
    other.get_by_label("Mã xác thực").fill(codes[0])
    other.keyboard.press("Enter")
    wait_for_heading(other, "Tổng quan")


@pytest.mark.parametrize("width", [1366, 1024])
def test_code_is_scanned_and_typed_without_scrolling(open_browser: Opener, width: int) -> None:
    page = open_browser({"width": width, "height": 768}, reduced_motion="reduce").pages[0]
    add_authenticator(page)
    sign_in(page)
    wait_for_heading(page, "Đặt xác thực hai lớp")
    page.get_by_label("6 số đang hiện").fill("000000")
    expect_in_sight(page, page.get_by_role("img"), page.get_by_role("button", name="Lưu"))
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Mã chưa đúng.").wait_for()
    expect_in_sight(page, page.get_by_role("img"), page.get_by_role("button", name="Lưu"))
    looked_at(page)
    set_up_app(page)
    other = open_browser({"width": width, "height": 768}, reduced_motion="reduce").pages[0]
    sign_in(other)
    wait_for_heading(other, "Xác thực hai lớp")
    expect_in_sight(other, other.get_by_label("Mã xác thực"), other.get_by_role("button", name="Tiếp tục"))


def test_lost_factor_is_asked_and_stopped_on_pages_for_everybody(open_browser: Opener) -> None:
    page = open_browser(DESKTOP, reduced_motion="reduce").pages[0]
    sign_in(page)
    set_up_app(page)
    other = open_browser(PHONE, reduced_motion="reduce").pages[0]
    sign_in(other)
    other.get_by_role("link", name="Mất cả điện thoại").click()
    wait_for_heading(other, "Mất cả điện thoại và mã dự phòng")
    looked_at(other)
    other.get_by_role("button", name="Xin xác nhận").click()
    other.get_by_text("chưa ai xác nhận").wait_for()
    looked_at(other)
    page.goto("/desk/")
    page.get_by_role("link", name="báo mất lớp thứ hai").click()
    wait_for_heading(page, "Lớp thứ hai của Hoàng Văn Bình")
    looked_at(page)
    page.get_by_role("button", name="Dừng, giữ lớp cũ").click()
    wait_for_heading(page, "Tổng quan")
    other.reload()
    other.get_by_role("button", name="Xin xác nhận").wait_for()


def test_own_browser_says_that_a_factor_was_lost_and_stops_it_with_one_tap(open_browser: Opener) -> None:
    page = open_browser(PHONE, reduced_motion="reduce").pages[0]
    sign_in(page)
    set_up_app(page)
    other = open_browser(DESKTOP, reduced_motion="reduce").pages[0]
    sign_in(other)
    for is_signed_in in (True, False):
        other.goto(f"{STEP}/lost")
        other.get_by_role("button", name="Xin xác nhận").click()
        other.get_by_text("chưa ai xác nhận").wait_for()
        looked_at(other)
        if is_signed_in:
            page.goto("/desk/people")
        else:
            page.context.clear_cookies(name="__Host-desk")
            page.goto("/desk/sign-in")
            page.get_by_label("Tên đăng nhập").fill("binh")
            page.get_by_label("Mật khẩu").fill("mật khẩu cũ")
            page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_role("button", name="Không phải tôi, dừng lại").wait_for()
        looked_at(page)
        page.get_by_role("button", name="Không phải tôi, dừng lại").click()
        wait_for_heading(page, "Đã dừng")
        looked_at(page)
        other.reload()
        other.get_by_role("button", name="Xin xác nhận").wait_for()


def test_passkey_is_set_up_shown_and_sends_what_was_typed(open_browser: Opener) -> None:
    context = open_browser(DESKTOP, reduced_motion="reduce")
    page = context.pages[0]
    add_authenticator(page)
    sign_in(page)
    page.get_by_role("button", name="Dùng khóa truy cập của máy này").click()
    wait_for_heading(page, "Mười mã dự phòng")
    page.get_by_role("link", name="Đã cất mã").click()
    wait_for_heading(page, "Tổng quan")
    page.goto(STEP)
    expect(page.get_by_text("Khóa truy cập", exact=True)).to_be_visible()
    looked_at(page)
    page.goto("/desk/teams/new")
    page.get_by_label("Tên tổ").fill("Tổ Chưa Gửi")
    context.clear_cookies()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_label("Mật khẩu").wait_for()
    page.get_by_label("Tên đăng nhập").fill("binh")
    page.get_by_label("Mật khẩu").fill("mat-khau-binh")
    page.get_by_role("button", name="Đăng nhập").click()
    wait_for_heading(page, "Xác thực hai lớp")
    looked_at(page)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    wait_for_heading(page, "Gửi lại việc vừa làm?")
    expect(page.get_by_text("Tổ Chưa Gửi")).to_be_visible()


def test_passkey_that_is_refused_leaves_the_code(open_browser: Opener) -> None:
    page = open_browser(DESKTOP, reduced_motion="reduce").pages[0]
    session, authenticator = add_authenticator(page)
    sign_in(page)
    page.get_by_role("button", name="Dùng khóa truy cập của máy này").click()
    wait_for_heading(page, "Mười mã dự phòng")
    codes = page.locator(".recovery-codes li").all_inner_texts()
    page.context.clear_cookies()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    sign_in(page)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.get_by_text("Chưa dùng được khóa truy cập.").wait_for()
    looked_at(page)
    page.get_by_label("Mã xác thực").fill(codes[0])
    page.keyboard.press("Enter")
    wait_for_heading(page, "Tổng quan")


def test_desk_that_is_idle_is_covered_and_goes_on_as_it_was_typed(
    open_browser: Opener, database: Database
) -> None:
    page = open_browser(DESKTOP, reduced_motion="reduce").pages[0]
    page.clock.install()
    sign_in(page)
    set_up_app(page)
    page.goto("/desk/teams/new")
    page.get_by_label("Tên tổ").fill("Tổ Chưa Gửi")
    let_time_pass(page, database)
    wait_for_heading(page, "Mở khóa bàn làm việc")
    looked_at(page)
    expect(page.get_by_label("Mật khẩu")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.type("sai")
    page.keyboard.press("Enter")
    page.get_by_text("Mật khẩu chưa đúng.").wait_for()
    looked_at(page)
    page.get_by_label("Mật khẩu").fill("mat-khau-binh")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Tên tổ")).to_have_value("Tổ Chưa Gửi")
    page.get_by_label("Thôn Đông").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("main")).to_contain_text("Tổ Chưa Gửi")


def test_passkey_uncovers_an_idle_desk(open_browser: Opener, database: Database) -> None:
    page = open_browser(PHONE, reduced_motion="reduce").pages[0]
    page.clock.install()
    add_authenticator(page)
    sign_in(page)
    page.get_by_role("button", name="Dùng khóa truy cập của máy này").click()
    page.get_by_role("link", name="Đã cất mã").click()
    page.goto("/desk/teams/new")
    page.get_by_label("Tên tổ").fill("Tổ Chưa Gửi")
    let_time_pass(page, database)
    wait_for_heading(page, "Mở khóa bàn làm việc")
    page.get_by_role("button", name="Dùng khóa truy cập").wait_for()
    looked_at(page)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Tên tổ")).to_have_value("Tổ Chưa Gửi")


def test_page_of_a_session_that_ended_does_not_stay_on_the_screen(open_browser: Opener) -> None:
    page = open_browser(DESKTOP).pages[0]
    page.clock.install()
    sign_in(page)
    set_up_app(page)
    page.goto("/desk/households")
    wait_for_heading(page, "Hộ dân")
    page.context.clear_cookies()
    page.clock.fast_forward("16:00")
    page.clock.run_for(31_000)
    page.get_by_role("button", name="Đăng nhập").wait_for()
    assert page.url.endswith("/desk/sign-in?next=/desk/households")


def test_account_that_nobody_uses_is_listed_and_ended_by_the_keyboard(
    open_browser: Opener, database: Database, world: World
) -> None:
    used = datetime.now(UTC) - timedelta(days=50)
    database.write(lambda session: people.add_supervisor(session, world.commune_id, "Nông Thị Cúc", "cuc.nt"))
    database.write(lambda session: record_sign_in(session, "cuc.nt", used))
    page = open_browser(PHONE, reduced_motion="reduce").pages[0]
    sign_in(page)
    set_up_app(page)
    page.goto("/desk/supervisors")
    page.get_by_text("Không dùng từ 45 ngày trở lên").wait_for()
    looked_at(page)
    page.get_by_role("link", name="Cho nghỉ… Nông Thị Cúc").focus()
    page.keyboard.press("Enter")
    wait_for_heading(page, "Cho Nông Thị Cúc nghỉ?")
    page.get_by_role("button", name="Cho nghỉ").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Đã cho nghỉ.").wait_for()


def let_time_pass(page: Page, database: Database) -> None:
    """Sixteen minutes, for the page and for the server."""
    used = datetime.now(UTC) - timedelta(minutes=16)
    database.write(lambda session: session.execute(update(SignInSession).values(last_used_at=used)))
    page.clock.fast_forward("16:00")
    page.clock.run_for(31_000)


def sign_in(page: Page) -> None:
    page.goto("/desk/sign-in")
    page.get_by_label("Tên đăng nhập").fill("binh")
    page.get_by_label("Mật khẩu").fill("mat-khau-binh")
    page.get_by_role("button", name="Đăng nhập").click()


def set_up_app(page: Page) -> None:
    secret = page.locator("input[name=secret]").input_value()
    page.get_by_label("6 số đang hiện").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Mười mã dự phòng")


def add_authenticator(page: Page) -> tuple[CDPSession, str]:
    """Give the page's browser the fingerprint reader of a laptop, which says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(answer["authenticatorId"])


def expect_in_sight(page: Page, *parts: Locator) -> None:
    """Each part is whole in the window, from its beginning."""
    page.evaluate("scrollTo(0, 0)")
    for part in parts:
        expect(part).to_be_in_viewport(ratio=1)


def looked_at(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the window."""
    assert violations_in_both_schemes(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
