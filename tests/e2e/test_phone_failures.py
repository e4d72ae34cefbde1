"""What nobody catches in the page or in the worker reaches the operator with the next exchange."""

import re

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from app.core.db import Database
from app.sync.phone_failures import PhoneFailure
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, sign_in, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_failures_of_page_and_worker_arrive_with_the_next_exchange_and_name_nobody(
    open_browser: Opener, server: Server, world: World, database: Database, page_errors: list[str]
) -> None:
    context = open_browser()
    page = context.pages[0]
    sign_in(page)
    page.evaluate("navigator.serviceWorker.ready")
    page.evaluate("setTimeout(() => { throw new TypeError('Nguyễn Văn Đức') })")
    page.evaluate("setTimeout(() => Promise.reject(new RangeError('nhà 12')))")
    context.service_workers[0].evaluate("setTimeout(() => Promise.reject(new ReferenceError('Đức')))")
    page.wait_for_function(
        """() => new Promise((done) => {
          const opening = indexedDB.open("tung-nha");
          opening.onsuccess = () => {
            const read = opening.result.transaction("settings").objectStore("settings").get("failures");
            read.onsuccess = () => done(Object.keys(read.result ?? {}).length === 3);
          };
        })"""
    )
    assert len(page_errors) == 2
    page_errors.clear()  # they were meant
    find_household(page, "duc")
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text(re.compile("Đã (lưu|gửi)")).first).to_be_visible()

    def stored() -> list[PhoneFailure]:
        return list(database.read(lambda session: session.exec(select(PhoneFailure)).all()))

    wait_until(page, lambda: len(stored()) == 3)
    assert sorted(one.code.split()[0] for one in stored()) == ["RangeError", "ReferenceError", "TypeError"]
    assert {re.sub(r"\d+", "1", one.browser) for one in stored()} == {"Chrome 1"}
    assert not re.search("Đức|nhà", " ".join(f"{one.code} {one.build} {one.browser}" for one in stored()))
