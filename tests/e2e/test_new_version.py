"""*Có bản mới. Cập nhật*: two real builds, one after the other at the same address, with records waiting."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.builds import IS, WAS, next_version
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, heading, sign_in, until
from tests.world import World

OFFER = "Có bản mới."
SYNC = "**/api/v1/sync"
LOOK = "async () => (await navigator.serviceWorker.getRegistration()).update()"
HOLD = """() => {
    navigator.serviceWorker.controller.marked = true;
    const send = ServiceWorker.prototype.postMessage;
    ServiceWorker.prototype.postMessage = function (word) {
        window.letGo = () => send.call(this, word);
    };
}"""
KEPT = "async () => (await (await caches.open((await caches.keys())[0])).keys()).map((one) => one.url)"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next_version(tmp_path_factory.mktemp("newer"))


@pytest.fixture
def lan(open_browser: Opener, server: Server) -> BrowserContext:
    """Lan's phone, under the worker of the version before."""
    context = open_browser("lan")
    sign_in(context.pages[0])
    context.pages[0].reload()
    heading(context.pages[0], re.compile(WAS))
    return context


def test_what_waited_is_still_there_after_it_and_is_sent_once(
    lan: BrowserContext, server: Server, newer: Path, world: World, database: Database
) -> None:
    page = lan.pages[0]
    lan.route(SYNC, lambda route: route.abort())
    server.stop()
    for household in world.homes[world.dong][:3]:
        _record(page, household)
    before = page.evaluate(KEPT)
    server.root = newer
    server.start()

    page.goto("/field/")
    expect(page.get_by_text(OFFER)).to_be_visible()
    heading(page, re.compile(WAS))
    page.get_by_role("button", name="Cập nhật").click()
    heading(page, re.compile(IS))
    expect(page.get_by_role("status").get_by_text("Đã cập nhật. 3 lượt vẫn còn trên máy.")).to_be_visible()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    expect(page.get_by_role("link", name="3 lượt trên máy, chưa gửi")).to_be_visible()
    assert {name for name in page.evaluate(KEPT) if "field-" in name}.isdisjoint(before)

    lan.unroute(SYNC)
    page.get_by_role("link", name="Đã ghi").click()
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(3)
    page.reload()
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(3)
    assert sorted(_visited(database)) == sorted(world.homes[world.dong][:3])


def test_a_version_that_the_server_calls_too_old_delivers_and_is_changed(
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
    heading(page, re.compile(IS))
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(1)
    assert _visited(database) == [world.duc]


def test_nobody_is_disturbed_while_recording(
    lan: BrowserContext, server: Server, newer: Path, world: World, database: Database
) -> None:
    writing = lan.pages[0]
    writing.goto(f"/field/households/{world.duc}/visit")
    fill_visit(writing)
    note = writing.get_by_label("Ghi chú", exact=False)
    writing.get_by_text("Thêm ghi chú").click()
    note.fill("Đang ghi dở")
    writing.evaluate("window.mark = 1")
    _take_over(server, newer)
    writing.evaluate(LOOK)
    other = lan.new_page()
    other.goto("/field/")
    expect(other.get_by_text(OFFER)).to_be_visible()
    expect(writing.get_by_text(OFFER)).to_have_count(0)
    other.get_by_role("button", name="Cập nhật").click()
    heading(other, re.compile(IS))

    writing.wait_for_timeout(500)
    assert writing.evaluate("window.mark") == 1
    expect(note).to_have_value("Đang ghi dở")
    writing.get_by_role("button", name="Lưu").click()
    heading(writing, "Đã lưu trên máy")
    expect(writing.get_by_text(OFFER)).to_have_count(0)
    expect(writing.get_by_text(re.compile("Đã gửi"))).to_be_visible(timeout=75_000)
    assert _visited(database) == [world.duc]

    writing.get_by_role("link", name="Xong").click()
    heading(writing, re.compile(WAS))
    expect(writing.get_by_text(OFFER)).to_be_visible()
    writing.get_by_role("button", name="Cập nhật").click()
    heading(writing, re.compile(IS))
    expect(writing.get_by_text("Đã cập nhật.", exact=True)).to_be_visible()


def test_who_has_gone_on_to_record_is_left_alone(
    lan: BrowserContext, server: Server, newer: Path, world: World
) -> None:
    """The tap on *Cập nhật* and the way to a form may be quicker than the worker."""
    page = lan.pages[0]
    _take_over(server, newer)
    page.evaluate(LOOK)
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.evaluate(HOLD)
    page.get_by_role("button", name="Cập nhật").click()
    page.get_by_role("link", name="Hộ dân").click()
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.evaluate("window.letGo()")
    until(page, "!navigator.serviceWorker.controller.marked")
    page.wait_for_timeout(500)
    expect(page.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    page.get_by_role("link", name="Xong").click()
    page.get_by_role("button", name="Cập nhật").click()
    heading(page, re.compile(IS))


def _take_over(server: Server, newer: Path) -> None:
    server.stop()
    server.root = newer
    server.start()


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")


def _visited(database: Database) -> list[str]:
    return database.read(lambda session: [visit.household_id for visit in session.exec(select(Visit))])
