"""Visits are sent while no page is open: by the service worker, on the browser's sync event."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

IS_REGISTERED = """navigator.serviceWorker.ready.then((registration) => registration.sync.getTags())
    .then((tags) => tags.length === 1 && tags[0] === "tung-nha-sync")"""


def test_visit_is_sent_while_no_page_is_open(
    open_profile: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_profile("lan")
    page = context.pages[0]
    sign_in(page)
    elsewhere = context.new_page()
    dispatch_sync = _sync_dispatcher(elsewhere, server)
    server.stop()
    find_household(page, "duc")
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    wait_until(page, IS_REGISTERED)
    page.close()

    server.start()
    dispatch_sync()
    wait_until(elsewhere, lambda: _visits(database) == 1, 60)


def _sync_dispatcher(page: Page, server: Server) -> Callable[[], None]:
    """A function that dispatches the sync event to the server's worker, through the developer tools of a
    page."""
    devtools = page.context.new_cdp_session(page)
    known: list[dict[str, Any]] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")

    def registrations() -> set[str]:
        return {one["registrationId"] for one in known if one["scopeURL"].startswith(server.url)}

    wait_until(page, lambda: len(registrations()) == 1)

    def dispatch() -> None:
        (registration,) = registrations()
        devtools.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": server.url,
                "registrationId": registration,
                "tag": "tung-nha-sync",
                "lastChance": False,
            },
        )

    return dispatch


def _visits(database: Database) -> int:
    return database.read(lambda session: len(session.exec(select(Visit)).all()))
