"""*Có bản mới. Cập nhật*: two real builds, one after the other at one address, with records waiting."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.builds import GREETING, NEXT_GREETING, next_version
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import deny_background_sync, fill_visit, sign_in, wait_for_heading, wait_until
from tests.world import World

OFFER = "Có bản mới."
SYNC = "**/api/v1/sync"
UPDATE = "async () => (await navigator.serviceWorker.getRegistration()).update()"
HOLD_MESSAGES = """() => {
    navigator.serviceWorker.controller.marked = true;
    const send = ServiceWorker.prototype.postMessage;
    ServiceWorker.prototype.postMessage = function (word) {
        window.release = () => send.call(this, word);
    };
}"""
LATER = "new URL(document.querySelector('[data-later]').dataset.later, location).href"
CACHED = "async () => (await (await caches.open((await caches.keys())[0])).keys()).map((one) => one.url)"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next_version(tmp_path_factory.mktemp("newer"))


@pytest.fixture
def lan(open_profile: Opener, server: Server) -> BrowserContext:
    """Lan's phone, controlled by the worker of the first version."""
    context = open_profile("lan")
    sign_in(context.pages[0])
    context.pages[0].reload()
    wait_for_heading(context.pages[0], re.compile(GREETING))
    return context


def test_queue_is_still_there_after_an_update_and_is_sent_once(
    lan: BrowserContext, server: Server, newer: Path, world: World, database: Database
) -> None:
    page = lan.pages[0]
    deny_background_sync(lan)
    lan.route(SYNC, lambda route: route.abort())
    server.stop()
    for household in world.households[world.dong][:3]:
        _record(page, household)
    before = page.evaluate(CACHED)
    server.root = newer
    server.start()

    page.goto("/field/")
    expect(page.get_by_text(OFFER)).to_be_visible()
    wait_for_heading(page, re.compile(GREETING))
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, re.compile(NEXT_GREETING))
    expect(page.get_by_role("status").get_by_text("Đã cập nhật. 3 lượt vẫn còn trên máy.")).to_be_visible()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    expect(page.get_by_role("link", name="3 lượt trên máy, chưa gửi")).to_be_visible()
    assert {name for name in page.evaluate(CACHED) if "field-" in name}.isdisjoint(before)

    page.get_by_role("link", name="Đã ghi").click()
    _let_through_after_a_press(page)
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(3)
    page.reload()
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(3)
    assert sorted(_visited(database)) == sorted(world.households[world.dong][:3])


def test_version_that_is_too_old_for_the_server_delivers_and_is_updated(
    lan: BrowserContext, server: Server, newer: Path, world: World, database: Database
) -> None:
    page = lan.pages[0]
    server.stop()
    _record(page, world.duc)
    server.root = newer
    server.environment["TUNGNHA_MIN_BUILD"] = "9"
    server.start()
    page.goto("/field/")
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, re.compile(NEXT_GREETING))
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(1)
    assert _visited(database) == [world.duc]


def test_update_in_one_tab_does_not_reload_a_form_in_another(
    lan: BrowserContext, server: Server, newer: Path, world: World, database: Database
) -> None:
    writing = lan.pages[0]
    writing.goto(f"/field/households/{world.duc}/visit")
    fill_visit(writing)
    note = writing.get_by_label("Ghi chú", exact=False)
    writing.get_by_text("Thêm ghi chú").click()
    note.fill("Đang ghi dở")
    writing.evaluate("window.isSame = true")
    _restart_with(server, newer)
    writing.evaluate(UPDATE)
    other = lan.new_page()
    other.goto("/field/")
    expect(other.get_by_text(OFFER)).to_be_visible()
    expect(writing.get_by_text(OFFER)).to_have_count(0)
    other.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(other, re.compile(NEXT_GREETING))

    writing.wait_for_timeout(500)
    assert writing.evaluate("window.isSame")
    expect(note).to_have_value("Đang ghi dở")
    writing.get_by_role("button", name="Lưu").click()
    wait_for_heading(writing, "Đã lưu trên máy")
    expect(writing.get_by_text(OFFER)).to_have_count(0)
    expect(writing.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_be_visible(timeout=75_000)
    assert _visited(database) == [world.duc]

    writing.get_by_role("link", name="Xong").click()
    wait_for_heading(writing, re.compile(GREETING))
    expect(writing.get_by_text(OFFER)).to_be_visible()
    writing.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(writing, re.compile(NEXT_GREETING))
    expect(writing.get_by_text("Đã cập nhật.", exact=True)).to_be_visible()


def test_older_tab_that_asks_for_a_file_of_its_build_comes_back_with_the_newer_one(
    lan: BrowserContext, server: Server, newer: Path, world: World
) -> None:
    writing = lan.pages[0]
    writing.goto(f"/field/households/{world.duc}/visit")
    writing.get_by_text("Cài VNeID", exact=True).first.click()
    # What the browser's own cache may still have is not relied upon.
    lan.route(writing.evaluate(LATER), lambda route: route.abort())
    _restart_with(server, newer)
    other = lan.new_page()
    other.goto("/field/")
    other.evaluate(UPDATE)
    other.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(other, re.compile(NEXT_GREETING))

    writing.get_by_role("link", name="Xem hướng dẫn").click()
    wait_for_heading(writing, "Phần này chưa có trên máy")
    writing.get_by_role("link", name="Về Hôm nay").click()
    wait_for_heading(writing, re.compile(NEXT_GREETING))
    writing.get_by_role("link", name="Cài đặt").click()
    wait_for_heading(writing, "Cài đặt")
    writing.goto(f"/field/households/{world.duc}/visit")
    expect(writing.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()


def test_form_opened_after_the_tap_on_update_is_not_reloaded(
    lan: BrowserContext, server: Server, newer: Path, world: World
) -> None:
    """A person can open a form before the new worker is active."""
    page = lan.pages[0]
    _restart_with(server, newer)
    page.evaluate(UPDATE)
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.evaluate(HOLD_MESSAGES)
    page.get_by_role("button", name="Cập nhật").click()
    page.get_by_role("link", name="Hộ dân").click()
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    wait_until(page, "window.release !== undefined")
    page.evaluate("window.release()")
    wait_until(page, "!navigator.serviceWorker.controller.marked")
    page.wait_for_timeout(500)
    expect(page.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.get_by_role("link", name="Xong").click()
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, re.compile(NEXT_GREETING))


def _let_through_after_a_press(page: Page) -> None:
    """Exchanges fail until a press: the phone tries again by itself and would be faster."""
    pressed: list[str] = []
    page.on("console", lambda message: pressed.append(message.text) if message.text == "pressed" else None)
    page.evaluate("addEventListener('click', () => console.info('pressed'), { capture: true })")
    page.context.route(SYNC, lambda route: route.continue_() if pressed else route.abort())


def _restart_with(server: Server, newer: Path) -> None:
    server.stop()
    server.root = newer
    server.start()


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")


def _visited(database: Database) -> list[str]:
    return database.read(lambda session: [visit.household_id for visit in session.exec(select(Visit))])
