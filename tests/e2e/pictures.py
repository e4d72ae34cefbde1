"""Screenshots of the demo commune for docs/screens, the manifest and the handbooks: `make pictures`."""

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from app.core.clock import utc_now
from app.core.db import Database
from app.upkeep import demo
from app.upkeep.migrations import upgrade
from tests.e2e import handbook_pictures
from tests.e2e.conftest import ARGUMENTS, DESKTOP, PHONE
from tests.e2e.picture_files import SCREENS, take
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import (
    desk_sign_in,
    fill_visit,
    find_household,
    set_quick_mark,
    sign_in,
    wait_for_heading,
)
from tests.e2e.test_gate import ZALO
from tests.machine import chromium

# What the browser shows before it installs the app.
MANIFEST = ROOT / "static" / "icons"
IN_MANIFEST = ("today", "households")
Opener = Callable[..., Page]


def main(only_handbook: bool) -> None:
    """Replace docs/screens/*.webp, the copies that the manifest names, and the pictures of the handbooks."""
    with _demo() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)

        def opened(size: dict[str, int], **options: object) -> Page:
            return _page(browser, server, size, options)

        if not only_handbook:
            _screens(opened)
        handbook_pictures.take_all(opened(DESKTOP), opened(PHONE, device_scale_factor=2))


def _screens(opened: Opener) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    for old in SCREENS.glob("*.webp"):
        old.unlink()
    _before_sign_in(opened)
    _phone(opened(PHONE, device_scale_factor=2))
    _phone_in_the_dark(opened(PHONE, device_scale_factor=2, color_scheme="dark"))
    _desk(opened(DESKTOP))
    _desk_in_the_dark(opened(DESKTOP, color_scheme="dark"))
    for name in IN_MANIFEST:
        shutil.copyfile(SCREENS / f"phone-{name}.webp", MANIFEST / f"screen-{name}.webp")


@contextmanager
def _demo() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.sqlite3"
        database = Database(url)
        upgrade(database)
        database.write(lambda session: demo.load(session, utc_now()))
        database.close()
        server = Server(url, Path(folder) / "server.log")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _page(browser: Browser, server: Server, size: dict[str, int], options: dict[str, object]) -> Page:
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": size["width"], "height": size["height"]},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
        **options,  # type: ignore[arg-type]
    )
    return context.new_page()


def _before_sign_in(opened: Opener) -> None:
    page = opened(PHONE, device_scale_factor=2, user_agent=ZALO)
    page.goto("/field/")
    wait_for_heading(page, "Còn một bước nữa")
    _take(page, "phone-gate")
    page = opened(PHONE, device_scale_factor=2)
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    _take(page, "phone-sign-in")


def _phone(page: Page) -> None:
    sign_in(page, *demo.VOLUNTEERS[0][1:])
    page.context.set_offline(True)
    find_household(page, "nguyen")
    page.wait_for_timeout(400)
    _take(page, "phone-households")
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.evaluate("document.activeElement.blur(); document.querySelector('.sheet').scrollTo(0, 0)")
    _take(page, "phone-visit")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    _take(page, "phone-saved")
    page.goto("/field/households/map")
    wait_for_heading(page, "Sơ đồ thôn")
    _take(page, "phone-map")
    page.goto("/field/households/quick")
    set_quick_mark(page)
    page.get_by_role("button", name=re.compile("^Vắng")).first.click()
    page.get_by_role("button", name=re.compile("^Hoàn tác")).wait_for()
    page.evaluate("document.querySelector('main').scrollTo(0, 150)")
    _take(page, "phone-quick")
    page.goto("/field/")
    wait_for_heading(page, re.compile("Xin chào"))
    _take(page, "phone-today")
    page.goto("/field/log")
    wait_for_heading(page, "Đã ghi")
    _take(page, "phone-log")
    page.goto("/field/households?q=nguyen")
    page.get_by_role("main").get_by_role("listitem").first.get_by_role("link").first.click()
    wait_for_heading(page, re.compile("^Hộ Nguyễn"))
    _take(page, "phone-household")
    page.locator("section .rows a").first.click()
    wait_for_heading(page, re.compile("^Lượt thăm "))
    _take(page, "phone-visit-page")
    page.context.set_offline(False)


def _phone_in_the_dark(page: Page) -> None:
    sign_in(page, *demo.VOLUNTEERS[0][1:])
    _take(page, "phone-today-dark")
    page.goto("/field/settings")
    page.get_by_role("button", name="Bật", exact=True).click()
    page.get_by_role("button", name="Tắt", exact=True).wait_for()
    page.goto("/field/households?show=all")
    wait_for_heading(page, "Hộ dân")
    _take(page, "phone-households-sunlight")


def _desk(page: Page) -> None:
    _, name, password = demo.SUPERVISOR
    desk_sign_in(page, name, password)
    _take(page, "desk-visits")
    for box in page.get_by_role("checkbox", name=re.compile("^Chọn lượt")).all()[:3]:
        box.check()
    _take(page, "desk-bulk")
    page.goto("/desk/visits")
    page.locator('a[href*="/desk/visits/"]').first.click()
    page.get_by_role("link", name="Trả lại").wait_for()
    _take(page, "desk-visit")
    for name in ("overview", "flags", "coverage", "outreach"):
        page.goto("/desk/" if name == "overview" else f"/desk/{name}")
        _take(page, f"desk-{name}")
    page.goto("/desk/coverage")
    page.get_by_role("link", name=re.compile("^Sơ đồ")).first.click()
    wait_for_heading(page, re.compile("^Sơ đồ"))
    _take(page, "desk-map")
    page.goto("/desk/samples/new")
    page.get_by_role("button", name="Lấy mẫu").click()
    page.get_by_text("lượt chưa duyệt, ").first.wait_for()
    _take(page, "desk-sample")
    page.goto("/desk/reports")
    months = page.locator("section").filter(has=page.get_by_role("heading", name="Tháng", exact=True))
    months.get_by_role("link").nth(1).click()
    wait_for_heading(page, re.compile("^Báo cáo: Tháng"))
    _take(page, "desk-report")
    page.goto("/desk/devices")
    wait_for_heading(page, "Máy của tổ")
    _take(page, "desk-devices")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto("/desk/visits")
    wait_for_heading(page, "Lượt thăm")
    _take(page, "desk-visits-narrow")


def _desk_in_the_dark(page: Page) -> None:
    _, name, password = demo.SUPERVISOR
    desk_sign_in(page, name, password)
    _take(page, "desk-visits-dark")


def _take(page: Page, name: str) -> None:
    take(page, SCREENS / f"{name}.webp")


if __name__ == "__main__":
    main(only_handbook=sys.argv[1:] == ["handbook"])
