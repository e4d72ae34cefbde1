"""What was saved is sent with every page closed: by the service worker, when the browser calls it."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, heading, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TAGS = "navigator.serviceWorker.ready.then((registration) => registration.sync.getTags())"


def test_sent_with_every_page_closed(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser("lan")
    page = context.pages[0]
    sign_in(page)
    call = _caller(context, server)
    server.stop()
    find_household(page, "duc")
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    assert page.evaluate(TAGS) == ["tungnha-sync"]
    page.close()

    server.start()
    call()
    elsewhere = context.pages[0]
    for _ in range(100):
        if _visits(database):
            break
        elsewhere.wait_for_timeout(100)
    assert _visits(database) == 1


def _caller(context: BrowserContext, server: Server) -> Any:
    """A page elsewhere, through whose developer tools the browser's call can be made."""
    elsewhere: Page = context.new_page()
    devtools = context.new_cdp_session(elsewhere)
    known: list[dict[str, Any]] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    elsewhere.wait_for_timeout(200)

    def call() -> None:
        (registration,) = {one["registrationId"] for one in known if one["scopeURL"].startswith(server.url)}
        devtools.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": server.url,
                "registrationId": registration,
                "tag": "tungnha-sync",
                "lastChance": False,
            },
        )

    return call


def _visits(database: Database) -> int:
    return database.read(lambda session: len(session.exec(select(Visit)).all()))
