"""Pictures of the handbooks, which `make pictures` takes, and `make pictures ONLY=handbook` them alone."""

import re
import shutil
from collections.abc import Callable

from playwright.sync_api import Page

from app.upkeep import demo
from tests.e2e.picture_files import SCREENS, take
from tests.e2e.server import ROOT
from tests.e2e.steps import desk_sign_in, wait_for_heading, wait_for_later_pages

FOLDER = ROOT / "static" / "handbook"
# Small enough for a line of a handbook to have it at its own size: letters stay as large as on the screen.
LAPTOP = {"width": 1024, "height": 600}
# The same as on the page of screens.
COPIES = ("phone-visit", "phone-saved", "phone-log")
_LIST = (
    "STT,Chủ hộ,Số nhà,Ngõ,Thôn\n"
    "1,Lò Thị Hoa,70,Ngõ 1,Thôn Đông\n"
    "2,Hà Văn Sự,71,Ngõ 1,Thôn Đông\n"
    "3,Vi Thị Mẫu,,Ngõ 2,Thôn Đông\n"
)


def take_all(desk: Page, phone: Page) -> None:
    """Replace static/handbook/*.webp; the pictures of docs/screens have been taken."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    desk.set_viewport_size({"width": LAPTOP["width"], "height": LAPTOP["height"]})
    _, name, password = demo.SUPERVISOR
    desk_sign_in(desk, name, password)
    for picture, show in DESK.items():
        show(desk)
        take(desk, FOLDER / f"{picture}.webp")
    for picture, show in PHONE.items():
        show(phone)
        take(phone, FOLDER / f"{picture}.webp")
    for picture in COPIES:
        shutil.copyfile(SCREENS / f"{picture}.webp", FOLDER / f"{picture}.webp")


def _overview(page: Page) -> None:
    page.goto("/desk/")
    wait_for_heading(page, "Tổng quan")


def _visit(page: Page) -> None:
    page.goto("/desk/visits")
    page.locator('a[href*="/desk/visits/"]').first.click()
    page.get_by_role("link", name="Trả lại").wait_for()


def _import(page: Page) -> None:
    page.goto("/desk/imports")
    file = {"name": "Danh sách hộ Thôn Đông.csv", "mimeType": "text/csv", "buffer": _LIST.encode()}
    page.get_by_label("Tệp danh sách hộ").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Tải lên và đọc").click()
    page.get_by_role("button", name=re.compile(r"^Nhập \d+ hộ mới")).wait_for()


def _report(page: Page) -> None:
    page.goto("/desk/reports")
    months = page.locator("section").filter(has=page.get_by_role("heading", name="Tháng", exact=True))
    months.get_by_role("link").nth(1).click()
    wait_for_heading(page, re.compile("^Báo cáo: Tháng"))


def _practice(page: Page) -> None:
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    wait_for_later_pages(page)
    page.get_by_role("link", name="Tập dùng").click()
    wait_for_heading(page, "Tập dùng")
    page.get_by_role("button", name="Bắt đầu tập").click()
    page.get_by_role("button", name="Thôi tập").first.wait_for()


DESK: dict[str, Callable[[Page], None]] = {
    "desk-import": _import,
    "desk-overview": _overview,
    "desk-visit": _visit,
    "desk-report": _report,
}
PHONE: dict[str, Callable[[Page], None]] = {"phone-practice": _practice}
NAMES = {*DESK, *PHONE, *COPIES}
