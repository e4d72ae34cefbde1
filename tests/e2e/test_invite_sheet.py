"""An invite from the printed sheet to the sign-in: by the QR code, whose secret reaches no address or log."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import recording_app
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.screens_invites import people_import
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, wait_for_heading, wait_until
from tests.e2e.test_gate import SAFARI, ZALO
from tests.qr import read_pdf
from tests.world import World

ADDRESS = re.compile(r"(http://[^#]+/field/sign-in)#invite=(\d{8})&phone=0900000077")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_printed_qr_code_fills_the_form_and_signs_in(
    open_browser: Opener, server: Server, world: World, tmp_path: Path
) -> None:
    server.stop()
    server.use_app(f"{recording_app.__name__}:create_app")
    server.start()
    desk = open_browser(DESKTOP).pages[0]
    _invite(desk)
    pages = read_pdf(desk.pdf(format="A4"))
    assert len(pages) == 1, "one sheet of paper"
    found = ADDRESS.fullmatch(pages[0][0])
    assert found
    phone = open_browser().pages[0]
    phone.goto(found[0])
    wait_for_heading(phone, "Đăng nhập")
    expect(phone.get_by_label("Mã mời")).to_have_value(found[2])
    expect(phone.get_by_label("Số điện thoại")).to_have_value("0900000077")
    phone.wait_for_url(found[1])
    phone.get_by_role("button", name="Đăng nhập").click()
    wait_for_heading(phone, re.compile("Xin chào"))
    phone.go_back()
    assert "invite" not in phone.evaluate("location.href")
    requests = (tmp_path / recording_app.FILE).read_text("utf-8")
    assert "/field/sign-in" in requests
    assert "referer" in requests
    for seen in (requests, (tmp_path / "server.log").read_text("utf-8")):
        assert found[2] not in seen


def test_list_is_printed_as_six_invites_a_page(open_browser: Opener, server: Server, world: World) -> None:
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    assert list(people_import(desk))[-1] == "desk-people-import-cards"
    for paper in ("A4", "Letter"):
        pages = read_pdf(desk.pdf(format=paper))
        assert [len(codes) for codes in pages] == [6, 1], paper
    numbers = sorted(code.rpartition("=")[2] for page in pages for code in page)
    assert numbers == [f"09000000{last}" for last in range(77, 84)]
    phone = open_browser().pages[0]
    phone.goto(pages[1][0])
    phone.get_by_role("button", name="Đăng nhập").click()
    wait_for_heading(phone, re.compile("Xin chào"))


def test_address_pasted_into_an_open_sign_in_page_fills_it(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto("/field/sign-in#invite=10000001&phone=0900000001")
    expect(page.get_by_label("Mã mời")).to_have_value("10000001")
    wait_until(page, "!location.hash")


def test_zalo_passes_the_invite_on_to_the_browser_that_can_use_it(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser(user_agent=ZALO).pages[0]
    address = f"{server.url}/field/sign-in#invite=10000001&phone=0900000001"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    wait_for_heading(page, "Còn một bước nữa")
    link = page.get_by_role("link", name="Mở bằng Chrome").get_attribute("href") or ""
    assert link.rpartition("#")[0] == address.replace("http://", "intent://")
    page.get_by_role("button", name="Sao chép đường dẫn").click()
    expect(page.get_by_text("Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_person_who_stays_in_safari_keeps_the_invite(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser(user_agent=SAFARI).pages[0]
    page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: false })")
    page.goto("/field/sign-in#invite=10000001&phone=0900000001")
    page.get_by_role("button", name="Dùng luôn ở đây").click()
    expect(page.get_by_label("Mã mời")).to_have_value("10000001")


def _invite(desk: Page) -> None:
    desk_sign_in(desk)
    desk.goto("/desk/people/new")
    desk.get_by_label("Họ và tên").fill("Lò Thị Hoa")
    desk.get_by_label("Số điện thoại").fill("0900 000 077")
    desk.get_by_label("Tổ", exact=True).select_option(index=1)
    desk.get_by_role("button", name="Cấp mã mời").click()
    wait_for_heading(desk, "Mã mời của Lò Thị Hoa")
