"""*Có bản mới. Cập nhật*: two real builds, one after the other at one address, with records waiting."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.builds import GREETING, NEXT_GREETING, next_version
from tests.e2e.conftest import Opener
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import (
    IN_ACCOUNT,
    deny_background_sync,
    fill_visit,
    sign_in,
    wait_for_heading,
    wait_until,
)
from tests.world import World, add_households

OFFER = "Có bản mới."
SYNC = "**/api/v1/sync"
UPDATE = "async () => (await navigator.serviceWorker.getRegistration()).update()"
MARK_WORKER = """() => {
    navigator.serviceWorker.controller.marked = true;
    const note = () => setTimeout(() => { window.wasTold = true; });
    navigator.serviceWorker.addEventListener("controllerchange", note);
}"""
# The page has heard of its new worker, and done at once what it does about it.
IS_REPLACED = "window.wasTold === true && !navigator.serviceWorker.controller.marked"
HOLD_MESSAGES = """() => {
    const send = ServiceWorker.prototype.postMessage;
    ServiceWorker.prototype.postMessage = function (word) {
        window.release = () => send.call(this, word);
    };
}"""
LATER = "new URL(document.querySelector('[data-later]').dataset.later, location).href"
DRAFTS = IN_ACCOUNT % "(done, db) => done(db.transaction('drafts').objectStore('drafts').count())"
CACHED = "async () => (await (await caches.open((await caches.keys())[0])).keys()).map((one) => one.url)"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next_version(tmp_path_factory.mktemp("newer"))


class Versions:
    """The two builds, at one address: the one that runs is replaced by the other."""

    def __init__(self, server: Server, newer: Path) -> None:
        self._server = server
        self._roots = [ROOT, newer]
        self._greetings = [GREETING, NEXT_GREETING]

    @property
    def greeting(self) -> re.Pattern[str]:
        """How *Hôm nay* greets in the build that runs."""
        return re.compile(self._greetings[self._roots.index(self._server.root)])

    def replace(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Run the other build; returns how the one before and the new one greet."""
        before = self.greeting
        self._server.stop()
        self._server.root = next(root for root in self._roots if root != self._server.root)
        self._server.start()
        return before, self.greeting


def test_records_and_forms_outlive_updates(
    open_browser: Opener, server: Server, newer: Path, world: World, database: Database
) -> None:
    """Each part begins with one build and ends with the other, on one phone."""
    *queued, _unvisited = add_households(database, world, 4)
    context = open_browser()
    deny_background_sync(context)
    sign_in(context.pages[0])
    versions = Versions(server, newer)
    _update_with_a_queue(_controlled(context, versions), versions, queued)
    assert sorted(_visited(database)) == sorted(queued)
    duc, mai, uoc = world.households[world.dong]
    server.environment["TUNGNHA_MIN_BUILD"] = "9"
    _update_a_version_that_is_too_old(_controlled(context, versions), server, versions, duc)
    assert _visited(database).count(duc) == 1
    del server.environment["TUNGNHA_MIN_BUILD"]
    _update_beside_a_form(_controlled(context, versions), versions, mai)
    assert _visited(database).count(mai) == 1
    _open_a_form_after_the_tap_on_update(_controlled(context, versions), versions)
    _ask_for_a_file_of_the_build_before(_controlled(context, versions), versions, uoc)


def _controlled(context: BrowserContext, versions: Versions) -> Page:
    """The one page, controlled by the worker of the build that runs."""
    page = context.new_page()
    for other in context.pages[:-1]:
        other.close()
    page.goto("/field/")
    page.reload()
    wait_for_heading(page, versions.greeting)
    return page


def _update_with_a_queue(page: Page, versions: Versions, households: list[str]) -> None:
    """The queue is still there, and is sent once."""
    page.context.route(SYNC, lambda route: route.abort())
    for household in households:
        _record(page, household)
    before = page.evaluate(CACHED)
    greeting, next_greeting = versions.replace()

    page.goto("/field/")
    expect(page.get_by_text(OFFER)).to_be_visible()
    wait_for_heading(page, greeting)
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, next_greeting)
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
    page.context.unroute(SYNC)


def _update_a_version_that_is_too_old(page: Page, server: Server, versions: Versions, household: str) -> None:
    """A version that is too old for the server delivers, and is updated."""
    server.stop()
    _record(page, household)
    _, next_greeting = versions.replace()
    page.goto("/field/")
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, next_greeting)
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(4)


def _update_beside_a_form(writing: Page, versions: Versions, household: str) -> None:
    """An update in one tab does not reload a form in another."""
    writing.goto(f"/field/households/{household}/visit")
    fill_visit(writing)
    note = writing.get_by_label("Ghi chú", exact=False)
    writing.get_by_text("Thêm ghi chú").click()
    note.fill("Đang ghi dở")
    writing.evaluate("window.isSame = true")
    greeting, next_greeting = versions.replace()
    writing.evaluate(UPDATE)
    writing.evaluate(MARK_WORKER)
    other = writing.context.new_page()
    other.goto("/field/")
    expect(other.get_by_text(OFFER)).to_be_visible()
    expect(writing.get_by_text(OFFER)).to_have_count(0)
    other.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(other, next_greeting)

    _wait_until_replaced(writing)
    assert writing.evaluate("window.isSame")
    expect(note).to_have_value("Đang ghi dở")
    writing.get_by_role("button", name="Lưu").click()
    wait_for_heading(writing, "Đã lưu trên máy")
    expect(writing.get_by_text(OFFER)).to_have_count(0)
    expect(writing.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_be_visible(timeout=75_000)
    assert writing.evaluate("window.isSame")

    writing.get_by_role("link", name="Xong").click()
    wait_for_heading(writing, greeting)
    expect(writing.get_by_text(OFFER)).to_be_visible()
    writing.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(writing, next_greeting)
    expect(writing.get_by_text("Đã cập nhật.", exact=True)).to_be_visible()


def _ask_for_a_file_of_the_build_before(writing: Page, versions: Versions, household: str) -> None:
    """The older tab comes back with the newer build."""
    form = f"/field/households/{household}/visit"
    writing.goto(form)
    writing.locator(".chip:has([name=service])").get_by_text("Cài VNeID", exact=True).click()
    wait_until(writing, f"({DRAFTS})().then((count) => count === 1)")  # it is written while the form is shown
    writing.goto("/field/")  # a page without a form has loaded no more than it shows
    # What the browser's own cache may still have is not relied upon.
    later = writing.evaluate(LATER)
    writing.context.route(later, lambda route: route.abort())
    _, next_greeting = versions.replace()
    other = writing.context.new_page()
    other.goto("/field/")
    other.evaluate(UPDATE)
    other.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(other, next_greeting)

    writing.get_by_role("link", name="Cẩm nang").click()
    wait_for_heading(writing, "Phần này chưa có trên máy")
    writing.get_by_role("link", name="Về Hôm nay").click()
    wait_for_heading(writing, next_greeting)
    writing.get_by_role("link", name="Cài đặt").click()
    wait_for_heading(writing, "Cài đặt")
    writing.goto(form)
    expect(writing.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()
    writing.context.unroute(later)


def _open_a_form_after_the_tap_on_update(page: Page, versions: Versions) -> None:
    """A person can open a form before the new worker is active: it is not reloaded."""
    _, next_greeting = versions.replace()
    page.evaluate(UPDATE)
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.evaluate(MARK_WORKER)
    page.evaluate(HOLD_MESSAGES)
    page.get_by_role("button", name="Cập nhật").click()
    page.get_by_role("link", name="Hộ dân").click()
    page.get_by_role("link", name="Ghi 103 · Nguyễn Văn Thử 3").click()
    fill_visit(page)
    wait_until(page, "window.release !== undefined")
    page.evaluate("window.isSame = true")
    page.evaluate("window.release()")
    _wait_until_replaced(page)
    expect(page.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    assert page.evaluate("window.isSame")
    page.get_by_role("link", name="Xong").click()
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, next_greeting)


def _wait_until_replaced(page: Page) -> None:
    """Until the newer worker controls the page. It is activated when the older one is idle. With developer
    tools, as here, Chromium does not stop an idle worker: it took five minutes when a request had reached the
    older one late."""
    tools = page.context.new_cdp_session(page)
    running: dict[str, bool] = {}

    def note(update: dict[str, list[dict[str, str]]]) -> None:
        for worker in update["versions"]:
            is_older = worker["status"] == "activated" and worker["runningStatus"] == "running"
            running[worker["versionId"]] = is_older

    def is_replaced() -> bool:
        if page.evaluate(IS_REPLACED):
            return True
        for version in [version for version, is_older in running.items() if is_older]:
            tools.send("ServiceWorker.stopWorker", {"versionId": version})
        return False

    tools.on("ServiceWorker.workerVersionUpdated", note)
    tools.send("ServiceWorker.enable")
    wait_until(page, is_replaced)
    tools.detach()


def _let_through_after_a_press(page: Page) -> None:
    """Exchanges fail until a press: the phone tries again by itself and would be faster."""
    pressed: list[str] = []
    page.on("console", lambda message: pressed.append(message.text) if message.text == "pressed" else None)
    page.evaluate("addEventListener('click', () => console.info('pressed'), { capture: true })")
    page.context.route(SYNC, lambda route: route.continue_() if pressed else route.abort())


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")


def _visited(database: Database) -> list[str]:
    return database.read(lambda session: [visit.household_id for visit in session.exec(select(Visit))])
